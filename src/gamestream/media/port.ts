/**
 * A UDP port that players ping to report where they listen: 16 characters that only this launch
 * knows, then a counter. Nothing is sent before such a ping, and everything else is dropped. Per
 * frame: `send`.
 */
import { type Peer, UdpPort } from "../../session/udp.ts";

const pingBytes = 20;
const payloadBytes = 16;

/**
 * Passes datagrams from index `first` on to the kernel; returns how many it accepted. Never throws.
 */
export type DatagramOutlet = (datagrams: readonly Uint8Array[], first: number, to: Peer) => number;

/** The secret of a ping, its origin, and its number: players count their pings. */
type OnPing = (payload: string, from: Peer, count: number) => void;

export class MediaPort {
  readonly #onPing: OnPing;
  #udp: UdpPort | undefined;

  constructor(onPing: OnPing) {
    this.#onPing = onPing;
  }

  /** Rejects with `port_taken`. */
  async listen(at: Peer): Promise<void> {
    this.#udp = await UdpPort.open(at, {
      onDatagram: (bytes, from) => {
        if (bytes.length !== pingBytes) return;
        const ping = Buffer.from(bytes);
        const payload = ping.toString("latin1", 0, payloadBytes);
        this.#onPing(payload, from, ping.readUInt32BE(payloadBytes));
      },
    });
  }

  readonly send: DatagramOutlet = (datagrams, first, to) =>
    this.#udp?.send(datagrams, first, to) ?? 0;

  close(): void {
    this.#udp?.close();
  }
}
