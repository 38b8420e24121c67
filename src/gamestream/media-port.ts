/**
 * A UDP port that players ping to say where they listen: 16 characters that only this launch knows,
 * then a counter. Nothing is sent anywhere before such a ping came, and whatever else comes is
 * dropped. Hot path: `send`.
 */
import { openUdp, type UdpAddress, type UdpSocket } from "./udp.ts";

const pingBytes = 20;
const payloadBytes = 16;
const sendTryCountMax = 3;

export class MediaPort {
  readonly #onPing: (payload: string, from: UdpAddress) => void;
  #socket: UdpSocket | undefined;

  constructor(onPing: (payload: string, from: UdpAddress) => void) {
    this.#onPing = onPing;
  }

  /** Rejects with `port_taken`. */
  async listen(at: { readonly hostname: string; readonly port: number }): Promise<void> {
    this.#socket = await openUdp(at, (bytes, from) => {
      if (bytes.length !== pingBytes) return;
      this.#onPing(bytes.toString("latin1", 0, payloadBytes), from);
    });
  }

  /** `[bytes, port, host, …]`; gives how many datagrams the kernel took. Never throws. */
  send(list: (Uint8Array | string | number)[]): number {
    for (let tryCount = 0; tryCount < sendTryCountMax; tryCount++) {
      try {
        return Math.max(0, this.#socket?.sendMany(list) ?? 0);
      } catch (cause) {
        // The ICMP answer to an earlier datagram shows up here once; then it can be sent.
        if (!isRefused(cause)) return 0;
      }
    }
    return 0;
  }

  close(): void {
    this.#socket?.close();
  }
}

function isRefused(cause: unknown): boolean {
  return cause instanceof Error && "code" in cause && cause.code === "ECONNREFUSED";
}
