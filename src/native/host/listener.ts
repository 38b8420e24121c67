/**
 * The TLS port: who may connect, and how often. TLS 1.3 with the host's certificate; a player's own
 * certificate is requested and checked later. Connections are limited in total and per address; if
 * all slots are taken a stranger is dropped, and one that does not finish its handshake is cut.
 */
import type { AddressInfo, Socket } from "node:net";
import { createServer, type Server, type TLSSocket } from "node:tls";
import type { Identity } from "../../base/identity.ts";
import { type Cancel, timers } from "../../base/scheduler.ts";
import { Places } from "../../session/places.ts";

export const connectionCountMax = 64;
export const connectionCountMaxPerAddress = 16;
const handshakeMsMax = 5000;

export type ListenerOptions = {
  readonly host: string;
  readonly port: number;
  readonly identity: Identity;
  onConnection(socket: TLSSocket): void;
};

export class Listener {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  readonly #places = new Places<Socket>({
    countMax: connectionCountMax,
    perAddressMax: connectionCountMaxPerAddress,
  });

  private constructor(options: ListenerOptions) {
    this.#server = createServer({
      cert: options.identity.certificatePem,
      key: options.identity.keyPem,
      requestCert: true,
      rejectUnauthorized: false,
      minVersion: "TLSv1.3",
    });
    const deadlines = new WeakMap<Socket, Cancel>();
    this.#server.on("connection", (socket: Socket) => {
      if (this.#admit(socket)) {
        const cancel = timers.after(handshakeMsMax, () => socket.destroy());
        deadlines.set(socket, cancel);
        socket.on("close", cancel);
      }
    });
    this.#server.on("secureConnection", (socket: TLSSocket) => {
      deadlines.get(socket)?.();
      if (!socket.destroyed) options.onConnection(socket);
    });
    // The peer does not speak TLS; the runtime has already closed the connection.
    this.#server.on("tlsClientError", () => undefined);
  }

  /** Resolves when listening. */
  static async open(options: ListenerOptions): Promise<Listener> {
    const listener = new Listener(options);
    await new Promise<void>((resolve, reject) => {
      listener.#server.once("error", reject);
      listener.#server.listen({ host: options.host, port: options.port }, resolve);
    });
    return listener;
  }

  get port(): number {
    // Listening on TCP: the address is never a path.
    return (this.#server.address() as AddressInfo).port;
  }

  get connectionCount(): number {
    return this.#sockets.size;
  }

  /** Connections refused or cut because there were too many. */
  get turnedAwayCount(): number {
    return this.#places.turnedAwayCount;
  }

  /** Its player was admitted: no stranger displaces it any more. */
  keep(socket: Socket): void {
    this.#places.keep(socket);
  }

  close(): void {
    this.#server.close();
    for (const socket of this.#sockets) socket.destroy();
  }

  #admit(socket: Socket): boolean {
    socket.on("error", () => socket.destroy());
    const leaving = this.#places.enter(socket, socket.remoteAddress ?? "");
    leaving?.destroy();
    if (leaving === socket) return false;
    this.#sockets.add(socket);
    socket.on("close", () => {
      this.#sockets.delete(socket);
      this.#places.leave(socket);
    });
    return true;
  }
}
