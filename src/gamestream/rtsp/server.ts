/**
 * The RTSP port: takes the player that has just launched through OPTIONS to PLAY, one connection
 * per request. Only the launching host is answered, and only while its launch is pending.
 */
import type { Socket, TCPSocketListener } from "bun";
import { Failure } from "../../base/failure.ts";
import type { Launch } from "../launch.ts";
import type { Ports } from "../ports.ts";
import { type RtspAnswer, type RtspReading, readRtsp, rtspBytesMax, writeRtsp } from "./message.ts";
import { describe, type Offer, readAnnounce, type StreamSettings } from "./sdp.ts";

/** A request arrives in small pieces, but at once. */
const requestSecondsMax = 10;
const connectionCountMax = 16;

export type RtspDeps = {
  readonly ports: Ports;
  /** The offer to the player of this launch. */
  offer(launch: Launch): Offer;
  /** The launch that `address` may use now; checked for each request. */
  launchFor(address: string): Launch | undefined;
  /** The player has announced its choice. Returns the reason if it is refused. */
  announce(launch: Launch, settings: StreamSettings): string | undefined;
  /** For log and timeline: RTSP has no text that a player would show. */
  onRefused(address: string, reason: string): void;
};

type Connection = {
  held: Buffer;
  readonly launch: Launch | undefined;
};

export class RtspServer {
  readonly #deps: RtspDeps;
  #listener: TCPSocketListener<Connection> | undefined;
  #connectionCount = 0;

  constructor(deps: RtspDeps) {
    this.#deps = deps;
  }

  /** @throws Failure `port_taken` */
  listen(hostname: string): void {
    const port = this.#deps.ports.rtsp;
    try {
      this.#listener = Bun.listen<Connection>({
        hostname,
        port,
        socket: {
          open: (socket) => this.#open(socket),
          data: (socket, bytes) => this.#receive(socket, bytes),
          timeout: (socket) => void socket.end(),
          close: () => {
            this.#connectionCount -= 1;
          },
          error: () => undefined,
        },
      });
    } catch (cause) {
      throw new Failure("port_taken", `Cannot listen on TCP port "${port}"`, { cause });
    }
  }

  close(): void {
    this.#listener?.stop(true);
  }

  #open(socket: Socket<Connection>): void {
    this.#connectionCount += 1;
    const launch = this.#deps.launchFor(socket.remoteAddress);
    socket.data = { held: Buffer.alloc(0), launch };
    socket.timeout(requestSecondsMax);
    // At once, even if it would stay: strangers must not occupy the slots of a player.
    if (launch === undefined) socket.terminate();
    else if (this.#connectionCount > connectionCountMax) socket.end();
  }

  #receive(socket: Socket<Connection>, bytes: Buffer): void {
    const { launch } = socket.data;
    if (launch === undefined) return;
    // It may have been cancelled, replaced or removed since the connection was opened.
    if (this.#deps.launchFor(socket.remoteAddress) !== launch) {
      socket.terminate();
      return;
    }
    socket.data.held = Buffer.concat([socket.data.held, bytes]);
    const { held } = socket.data;
    const isSealed = launch.canSealRtsp;
    const request = isSealed ? readSealed(held, launch) : readRtsp(held.toString("latin1"));
    if (request === "incomplete" && held.length <= 2 * rtspBytesMax) return;
    if (typeof request === "object") {
      const plain = writeRtsp(request.sequence, this.#answer(request, launch));
      socket.write(isSealed ? launch.rtspSeal.seal(plain) : plain);
    }
    socket.end();
  }

  #answer(request: Exclude<RtspReading, string>, launch: Launch): RtspAnswer {
    switch (request.method) {
      case "OPTIONS":
      case "PLAY":
        return {};
      case "DESCRIBE":
        return { body: describe(this.#deps.offer(launch)) };
      case "SETUP":
        return this.#setUp(request.target, launch);
      case "ANNOUNCE":
        return this.#announce(request.body, launch);
      default:
        return { status: "501 Not Implemented" };
    }
  }

  #announce(body: string, launch: Launch): RtspAnswer {
    const settings = readAnnounce(body);
    const reason =
      settings === undefined
        ? "Cannot stream: what the player announces is incomplete or out of range"
        : this.#deps.announce(launch, settings);
    if (reason === undefined) return {};
    this.#deps.onRefused(launch.address, reason);
    return { status: "400 Bad Request" };
  }

  #setUp(target: string, launch: Launch): RtspAnswer {
    const { ports } = this.#deps;
    const session = "0;timeout = 90";
    const answer = (port: number, extra: Record<string, string>): RtspAnswer => ({
      headers: { Session: session, Transport: `server_port=${port}`, ...extra },
    });
    const ping = { "X-SS-Ping-Payload": launch.pingPayload };
    switch (/^streamid=(audio|video|control)\//.exec(target)?.[1]) {
      case "audio":
        return answer(ports.audio, ping);
      case "video":
        return answer(ports.video, ping);
      case "control":
        return answer(ports.control, { "X-SS-Connect-Data": `${launch.connectData}` });
      default:
        return { status: "404 Not Found" };
    }
  }
}

function readSealed(held: Buffer, { rtspSeal }: Launch): RtspReading {
  const opened = rtspSeal.open(held);
  return typeof opened === "object" ? readRtsp(opened.text) : opened;
}
