/**
 * Sends a session's sound: takes Opus packets as they come and hands them to the kernel, with
 * parity. What the kernel does not take is lost; sound is never sent again.
 */
import type { AudioPacketizer } from "../stages/gamestream-audio.ts";
import type { UdpAddress } from "./udp.ts";

export class SoundSender {
  /** Where the player's socket is; packets that come before it is known are dropped. */
  address: UdpAddress | undefined;
  packetsSentCount = 0;
  readonly #packetizer: AudioPacketizer;
  readonly #outlet: (list: (Uint8Array | string | number)[]) => number;

  constructor(
    packetizer: AudioPacketizer,
    outlet: (list: (Uint8Array | string | number)[]) => number,
  ) {
    this.#packetizer = packetizer;
    this.#outlet = outlet;
  }

  push(opus: Uint8Array): void {
    const { address } = this;
    if (address === undefined) return;
    const list: (Uint8Array | string | number)[] = [];
    for (const datagram of this.#packetizer.packetize(opus)) {
      list.push(datagram, address.port, address.host);
    }
    this.packetsSentCount += this.#outlet(list);
  }
}
