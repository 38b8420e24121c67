/**
 * Sends a session's sound: takes Opus packets as they come and hands them to the kernel, with
 * parity. What the kernel does not take is lost; sound is never sent again.
 */
import type { Peer } from "../../session/udp.ts";
import type { AudioPacketizer } from "./audio-packetizer.ts";
import type { Outlet } from "./port.ts";

export class SoundSender {
  /** Where the player's socket is; packets that come before it is known are dropped. */
  address: Peer | undefined;
  packetsSentCount = 0;
  readonly #packetizer: AudioPacketizer;
  readonly #outlet: Outlet;

  constructor(packetizer: AudioPacketizer, outlet: Outlet) {
    this.#packetizer = packetizer;
    this.#outlet = outlet;
  }

  push(opus: Uint8Array): void {
    if (this.address === undefined) return;
    this.packetsSentCount += this.#outlet(this.#packetizer.packetize(opus), 0, this.address);
  }
}
