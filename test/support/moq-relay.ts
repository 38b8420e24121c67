/**
 * Somebody else's end of a relay connection: accepts hosts, and reads what they publish. Who comes with
 * the token of viewers gets the broadcasts of the host.
 */
import { Broadcast, Connection, Group, Path, type Track } from "@moq/net";
import QmuxSession, { selectSubprotocol } from "@moq/qmux";
import { SocketPipe } from "../../src/moq/socket-pipe.ts";

const versions = ["moq-lite-05"];
const wire = { protocols: versions, versions: { "moq-lite-05": null }, requireProtocol: true };
type Data = { readonly protocol: string; readonly token: string | null; pipe?: SocketPipe };

/** Of browsers: they may subscribe. */
export const viewerToken = "token-of-viewers";

export class TestRelay implements AsyncDisposable {
  readonly hosts: Connection.Established[] = [];
  /** What hosts gave as their token. */
  readonly tokens: (string | null)[] = [];
  readonly #firstHost = Promise.withResolvers<Connection.Established>();
  readonly #server;

  constructor(port = 0) {
    this.#server = Bun.serve<Data>({
      hostname: "127.0.0.1",
      port,
      fetch: (request, server) => {
        const token = new URL(request.url).searchParams.get("jwt");
        this.tokens.push(token);
        const protocol =
          selectSubprotocol(request.headers.get("sec-websocket-protocol"), wire) ?? "";
        const headers = { "sec-websocket-protocol": protocol };
        if (server.upgrade(request, { headers, data: { protocol, token } })) return undefined;
        return new Response("no", { status: 400 });
      },
      websocket: {
        open: (socket) => {
          const pipe = new SocketPipe(socket, socket.data.protocol);
          socket.data.pipe = pipe;
          void this.#accept(pipe, socket.data);
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

  async #accept(pipe: SocketPipe, { protocol, token }: Data): Promise<void> {
    const session = QmuxSession.accept(pipe, { protocol });
    session.closed.catch(() => undefined);
    await session.ready;
    const connection = await Connection.accept(session, this.url);
    connection.closed.catch(() => undefined);
    if (token === viewerToken) {
      await forwardAll(await this.#firstHost.promise, connection);
      return;
    }
    this.hosts.push(connection);
    this.#firstHost.resolve(connection);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server.stop(true);
  }
}

/** One of the two has left. */
const gone = () => undefined;

/** Until either goes. */
async function forwardAll(
  host: Connection.Established,
  viewer: Connection.Established,
): Promise<void> {
  const announced = host.announced(Path.from("live"));
  for (;;) {
    const event = await announced.next().catch(() => undefined);
    if (event === undefined) return;
    const path = Path.from("live", event.path);
    if (event.active) void forward(host.consume(path), publishTo(viewer, path)).catch(gone);
  }
}

function publishTo(viewer: Connection.Established, path: Path.Valid): Broadcast.Producer {
  const producer = new Broadcast.Producer();
  viewer.publish(path, producer);
  return producer;
}

async function forward(from: Broadcast.Consumer, to: Broadcast.Producer): Promise<void> {
  for (;;) {
    const request = await to.requested();
    if (request === undefined) return;
    const track = from.track(request.name);
    void copy(track.subscribe(), request.accept(await track.info())).catch(gone);
  }
}

async function copy(from: Track.Subscriber, to: Track.Producer): Promise<void> {
  for (;;) {
    const group = await from.recvGroup();
    if (group === undefined) return;
    const same = new Group.Producer(group.sequence);
    to.writeGroup(same);
    for (;;) {
      const frame = await group.readFrame();
      if (frame === undefined) break;
      same.writeFrame(frame);
    }
    same.close();
  }
}
