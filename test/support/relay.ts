/**
 * A stretch of network between player and host, on loopback: passes the control connection on and
 * treats every datagram as a test wants. Its counts are the truth that reports are held against.
 */
type Direction = "to player" | "to host";
/** What becomes of a datagram: how many times it is passed on, or kept back behind the next. */
export type Fate = 0 | 1 | 2 | "behind the next";

type Parts = {
  readonly listener: Bun.TCPSocketListener<{ upstream?: Bun.Socket; held: Uint8Array[] }>;
  readonly outer: Bun.udp.Socket<"uint8array">;
  readonly inner: Bun.udp.ConnectedSocket<"uint8array">;
};

export class Relay implements Disposable {
  readonly #listener: Parts["listener"];
  readonly #outer: Parts["outer"];
  readonly #inner: Parts["inner"];
  #player: { port: number; address: string } | undefined;
  #kept: Uint8Array | undefined;
  fate: (direction: Direction, datagram: Uint8Array) => Fate = () => 1;
  /** Like a cable that was pulled: nothing passes, nobody is notified. */
  isCut = false;
  droppedToPlayerCount = 0;
  passedToPlayerCount = 0;

  private constructor(parts: Parts) {
    this.#listener = parts.listener;
    this.#outer = parts.outer;
    this.#inner = parts.inner;
  }

  static async open(hostPort: number): Promise<Relay> {
    let relay: Relay | undefined;
    const passable = () => relay?.isCut !== true;
    const listener = Bun.listen<{ upstream?: Bun.Socket; held: Uint8Array[] }>({
      hostname: "127.0.0.1",
      port: 0,
      socket: {
        open: (socket) => {
          socket.data = { held: [] };
          void Bun.connect({
            hostname: "127.0.0.1",
            port: hostPort,
            socket: {
              open: (upstream) => {
                socket.data.upstream = upstream;
                for (const chunk of socket.data.held.splice(0)) upstream.write(chunk);
              },
              data: (_upstream, chunk) => void (passable() && socket.write(chunk)),
              close: () => void (passable() && socket.end()),
              error: () => void socket.end(),
            },
          });
        },
        data: (socket, chunk) => {
          if (!passable()) return;
          if (socket.data.upstream === undefined) socket.data.held.push(chunk.slice());
          else socket.data.upstream.write(chunk);
        },
        close: (socket) => void (passable() && socket.data.upstream?.end()),
        error: (socket) => void socket.data.upstream?.end(),
      },
    });
    const error = () => undefined;
    const outer = await Bun.udpSocket({
      hostname: "127.0.0.1",
      port: listener.port,
      binaryType: "uint8array",
      socket: {
        error,
        data: (...[, datagram, port, address]) => relay?.toHost(datagram, { port, address }),
      },
    });
    const inner = await Bun.udpSocket({
      hostname: "127.0.0.1",
      port: 0,
      connect: { hostname: "127.0.0.1", port: hostPort },
      binaryType: "uint8array",
      socket: { error, data: (_s, datagram) => relay?.toPlayer(datagram) },
    });
    relay = new Relay({ listener, outer, inner });
    return relay;
  }

  get port(): number {
    return this.#listener.port;
  }

  [Symbol.dispose](): void {
    this.#listener.stop(true);
    this.#outer.close();
    this.#inner.close();
  }

  toHost(datagram: Uint8Array, from: { port: number; address: string }): void {
    this.#player = from;
    if (this.isCut || this.fate("to host", datagram) === 0) return;
    this.#inner.send(datagram);
  }

  toPlayer(datagram: Uint8Array): void {
    const fate = this.isCut ? 0 : this.fate("to player", datagram);
    if (fate === 0) this.droppedToPlayerCount += 1;
    else if (fate === "behind the next") this.#kept = datagram.slice();
    else {
      for (let copy = 0; copy < fate; copy++) this.#pass(datagram);
      if (this.#kept !== undefined) this.#pass(this.#kept);
      this.#kept = undefined;
    }
  }

  #pass(datagram: Uint8Array): void {
    const to = this.#player;
    if (to === undefined) return;
    this.passedToPlayerCount += 1;
    this.#outer.send(datagram, to.port, to.address);
  }
}
