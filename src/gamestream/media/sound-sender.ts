/**
 * Sends a session's sound: takes Opus packets as they come and hands them to the kernel, with
 * parity. What the kernel does not take is lost; sound is never sent again.
 */
import type { SoundOptions } from "../../audio/link.ts";
import type { Peer } from "../../session/udp.ts";
import type { AudioPacketizer } from "./audio-packetizer.ts";
import type { DatagramOutlet } from "./port.ts";
import { openSound, type SoundStream } from "./sound-stream.ts";

/** The sound of one session; silent until its player's socket is known. */
export class SoundSender {
  packetsSentCount = 0;
  readonly #packetizer: AudioPacketizer;
  readonly #outlet: DatagramOutlet;
  /** Where the player's socket is. */
  #address: Peer | undefined;
  #stream: SoundStream | undefined;
  #isClosed = false;

  constructor(packetizer: AudioPacketizer, outlet: DatagramOutlet) {
    this.#packetizer = packetizer;
    this.#outlet = outlet;
  }

  /** The player listens here; the first time its worker is started. */
  moveTo(address: Peer, options: SoundOptions): void {
    this.#address = address;
    if (!this.#isClosed) this.#stream ??= openSound(options, (opus) => this.#push(opus));
  }

  /** Resolves when its worker is gone. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#stream?.close();
  }

  #push(opus: Uint8Array): void {
    if (this.#address === undefined) return;
    this.packetsSentCount += this.#outlet(this.#packetizer.packetize(opus), 0, this.#address);
  }
}
