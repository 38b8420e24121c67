/**
 * A UDP port that players ping to say where they listen: 16 characters that only this launch knows,
 * then a counter. Nothing is sent anywhere before such a ping came, and whatever else comes is
 * dropped. Per frame: `send`.
 */
import { type Peer, UdpPort } from "../../session/udp.ts";

const pingBytes = 20;
const payloadBytes = 16;

/** Hands datagrams from index `first` on to the kernel; gives how many it took. Never throws. */
export type DatagramOutlet = (datagrams: readonly Uint8Array[], first: number, to: Peer) => number;

/** The words that open it, where it came from, and its number: players count their pings. */
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
