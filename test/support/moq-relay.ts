/** Somebody else's end of a relay connection: accepts hosts, and reads what they publish. */
import { Connection } from "@moq/net";
import QmuxSession, { selectSubprotocol } from "@moq/qmux";
import { SocketPipe } from "../../src/moq/socket-pipe.ts";

const versions = ["moq-lite-05"];
const wire = { protocols: versions, versions: { "moq-lite-05": null }, requireProtocol: true };
type Data = { readonly protocol: string; pipe?: SocketPipe };

export class TestRelay implements AsyncDisposable {
  readonly hosts: Connection.Established[] = [];
  /** What hosts gave as their token. */
  readonly tokens: (string | null)[] = [];
  readonly #server;

  constructor(port = 0) {
    this.#server = Bun.serve<Data>({
      hostname: "127.0.0.1",
      port,
      fetch: (request, server) => {
        this.tokens.push(new URL(request.url).searchParams.get("jwt"));
        const protocol =
          selectSubprotocol(request.headers.get("sec-websocket-protocol"), wire) ?? "";
        const headers = { "sec-websocket-protocol": protocol };
        if (server.upgrade(request, { headers, data: { protocol } })) return undefined;
        return new Response("no", { status: 400 });
      },
      websocket: {
        open: (socket) => {
          const pipe = new SocketPipe(socket, socket.data.protocol);
          socket.data.pipe = pipe;
          void this.#accept(pipe, socket.data.protocol);
        },
        message: (socket, message) => socket.data.pipe?.receive(message),
        drain: (socket) => socket.data.pipe?.drained(),
        close: (socket, code, reason) => socket.data.pipe?.ended(code, reason),
      },
    });
  }

  get port(): number {
    return this.#server.port ?? 0;
  }

  get url(): URL {
    return new URL(`http://127.0.0.1:${this.port}/relay?secret=hidden`);
  }

  async #accept(pipe: SocketPipe, protocol: string): Promise<void> {
    const session = QmuxSession.accept(pipe, { protocol });
    session.closed.catch(() => undefined);
    await session.ready;
    const connection = await Connection.accept(session, this.url);
    connection.closed.catch(() => undefined);
    this.hosts.push(connection);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server.stop(true);
  }
}
