/**
 * Sends a session's sound: takes Opus packets as they arrive and passes them to the kernel, with
 * parity. Packets that the kernel refuses are lost; sound is never resent.
 */
import type { SoundOptions } from "../../audio/link.ts";
import { SoundLatency } from "../../audio/sound-latency.ts";
import { openSound, type SoundStream } from "../../audio/sound-stream.ts";
import type { Peer } from "../../session/udp.ts";
import type { AudioPacketizer } from "./audio-packetizer.ts";
import type { DatagramOutlet } from "./port.ts";

/** The sound of one session; silent until its player's socket is known. */
export class SoundSender {
  packetsSentCount = 0;
  readonly latency = new SoundLatency();
  readonly #packetizer: AudioPacketizer;
  readonly #outlet: DatagramOutlet;
  /** Where the player's socket is. */
  #address: Peer | undefined;
  #options: SoundOptions | undefined;
  #stream: SoundStream | undefined;
  #isClosed = false;

  constructor(packetizer: AudioPacketizer, outlet: DatagramOutlet) {
    this.#packetizer = packetizer;
    this.#outlet = outlet;
  }

  /** The player listens here. */
  moveTo(address: Peer): void {
    this.#address = address;
    this.#open();
  }

  /** There is a picture, so sound may begin; the worker is started when its player is known. */
  start(options: SoundOptions): void {
    this.#options = options;
    this.#open();
  }

  /** Resolves when its worker is gone. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#stream?.close();
  }

  #open(): void {
    if (this.#isClosed || this.#options === undefined || this.#address === undefined) return;
    this.#stream ??= openSound(this.#options, {
      path: "gamestream",
      latency: this.latency,
      onPacket: (opus) => this.#push(opus),
    });
  }

  #push(opus: Uint8Array): void {
    if (this.#address === undefined) return;
    this.packetsSentCount += this.#outlet(this.#packetizer.packetize(opus), 0, this.#address);
  }
}
