/**
 * Per frame: a UDP socket, of a host or a player. Sending never throws: the caller counts what the
 * kernel refuses. An ICMP message about one peer is reported at the next send, so that call is
 * retried once.
 */
import { hasCode } from "../base/error-text.ts";
import { Failure } from "../base/failure.ts";
import { warn } from "../base/log.ts";
import { setSocketOption } from "../base/sockets.ts";

/** An address of a player. */
export type Peer = { readonly address: string; readonly port: number };

type OnDatagram = (datagram: Uint8Array, from: Peer) => void;

/** Room for a key frame that arrives while its reader is busy: some 90 packets fit by default. */
const receiveBufferBytes = 4 * 1024 * 1024;
/**
 * The kernel doubles this for its own overhead: about 110 packets of 1200 bytes. Enough for the
 * datagrams sent between two looks at the clock, and small enough that a slow link shows as refused
 * datagrams, a tenth of a second late at 10 Mbit/s, and not as a queue of seconds.
 */
const sendBufferBytes = 128 * 1024;
const solSocket = 1;
const soSndbuf = 7;
const soSndbufForce = 32;
const soRcvbuf = 8;
const soRcvbufForce = 33;
const ipProtoIp = 0;
const ipRecverr = 11;
const ipProtoIpv6 = 41;
const ipv6Recverr = 25;
const sendTryCountMax = 3;

/**
 * A UDP socket that never waits: the caller retries what the kernel refuses. Closed by its owner.
 */
export class UdpPort {
  readonly #socket: Bun.udp.Socket<"uint8array">;
  readonly #list: (Uint8Array | string | number)[] = [];

  private constructor(socket: Bun.udp.Socket<"uint8array">) {
    this.#socket = socket;
  }

  /** Rejects with `port_taken`. */
  static async open(
    { address, port }: Peer,
    { onDatagram }: { onDatagram: OnDatagram },
  ): Promise<UdpPort> {
    try {
      const socket = await Bun.udpSocket({
        hostname: address,
        port,
        binaryType: "uint8array",
        socket: {
          data: (...[, datagram, fromPort, fromAddress]) =>
            onDatagram(datagram, { address: fromAddress, port: fromPort }),
          // An ICMP message about a peer that disappeared; its session notices the silence.
          error: () => undefined,
        },
      });
      configure(socket);
      return new UdpPort(socket);
    } catch (cause) {
      throw new Failure("port_taken", `Cannot listen on UDP port "${port}"`, { cause });
    }
  }

  get port(): number {
    return this.#socket.port;
  }

  /** Sends `datagrams` from index `first` on; returns how many the kernel accepted. */
  send(datagrams: readonly Uint8Array[], first: number, to: Peer): number {
    const list = this.#list;
    list.length = 0;
    for (let index = first; index < datagrams.length; index++) {
      list.push(datagrams[index] ?? "", to.port, to.address);
    }
    for (let tryCount = 0; tryCount < sendTryCountMax; tryCount++) {
      try {
        return Math.max(0, this.#socket.sendMany(list));
      } catch (cause) {
        if (!isPeerGone(cause)) return 0;
      }
    }
    return 0;
  }

  close(): void {
    this.#socket.close();
  }
}

function configure(socket: Bun.udp.Socket<"uint8array">): void {
  const fd = "fd" in socket ? socket.fd : undefined;
  if (typeof fd !== "number" || fd < 0) return;
  const set = (level: number, option: number, value: number) =>
    setSocketOption(fd, { level, option, value });
  // Root gets the requested size, others up to the system's limit; a smaller one only reduces
  // tolerance.
  const isGrown =
    set(solSocket, soRcvbufForce, receiveBufferBytes) ||
    set(solSocket, soRcvbuf, receiveBufferBytes);
  const isBounded =
    set(solSocket, soSndbufForce, sendBufferBytes) || set(solSocket, soSndbuf, sendBufferBytes);
  // The runtime asks for the error queue. With it, ICMP about one player fails the next call for
  // another, and what is lost behind the socket's own buffer comes back as ENOBUFS, to be sent again.
  const isPlain = set(ipProtoIp, ipRecverr, 0) || set(ipProtoIpv6, ipv6Recverr, 0);
  if (!(isGrown && isBounded && isPlain)) {
    warn("socket_options_not_applied", { isGrown, isBounded, isPlain });
  }
}

function isPeerGone(cause: unknown): boolean {
  return hasCode(cause, "ECONNREFUSED");
}
