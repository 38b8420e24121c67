/**
 * The RTSP port: takes the player that has just launched through OPTIONS to PLAY, one connection a
 * request. Only the launching host is answered, and only while its launch is pending.
 */
import type { Socket, TCPSocketListener } from "bun";
import { Failure } from "../../base/failure.ts";
import type { Launch } from "../launch.ts";
import type { Ports } from "../ports.ts";
import { type RtspAnswer, type RtspReading, readRtsp, rtspBytesMax, writeRtsp } from "./message.ts";
import { describe, type Offer, readAnnounce, type StreamSettings } from "./sdp.ts";
import { openRtsp, sealRtsp } from "./seal.ts";

/** A request comes in small pieces, but it comes at once. */
const requestSecondsMax = 10;
const connectionCountMax = 16;

export type RtspDeps = {
  readonly ports: Ports;
  readonly offer: Offer;
  /** The launch that `address` may take up now. */
  launchFor(address: string): Launch | undefined;
  /** The player has said what it wants. False refuses it. */
  announce(launch: Launch, settings: StreamSettings): boolean;
};

type Connection = {
  held: Buffer;
  readonly launch: Launch | undefined;
};

export class RtspServer {
  readonly #deps: RtspDeps;
  #listener: TCPSocketListener<Connection> | undefined;
  #connectionCount = 0;
  /** Each sealed answer has its own number for as long as we run; keys change with each launch. */
  #sealedCount = 0;

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
    // At once, also when it would stay: strangers must not take the places of a player.
    if (launch === undefined) socket.terminate();
    else if (this.#connectionCount > connectionCountMax) socket.end();
  }

  #receive(socket: Socket<Connection>, bytes: Buffer): void {
    const { launch } = socket.data;
    if (launch === undefined) return;
    socket.data.held = Buffer.concat([socket.data.held, bytes]);
    const { held } = socket.data;
    const isSealed = launch.canSealRtsp;
    const request = isSealed ? readSealed(held, launch.key) : readRtsp(held.toString("latin1"));
    if (request === "incomplete" && held.length <= 2 * rtspBytesMax) return;
    if (typeof request === "object") {
      const plain = writeRtsp(request.sequence, this.#answer(request, launch));
      socket.write(isSealed ? this.#seal(plain, launch.key) : plain);
    }
    socket.end();
  }

  #seal(plain: Buffer, key: Buffer): Buffer {
    this.#sealedCount += 1;
    return sealRtsp(plain, { key, sequence: this.#sealedCount, side: "host" });
  }

  #answer(request: Exclude<RtspReading, string>, launch: Launch): RtspAnswer {
    switch (request.method) {
      case "OPTIONS":
      case "PLAY":
        return {};
      case "DESCRIBE":
        return { body: describe(this.#deps.offer) };
      case "SETUP":
        return this.#setUp(request.target, launch);
      case "ANNOUNCE": {
        const settings = readAnnounce(request.body);
        const isTaken = settings !== undefined && this.#deps.announce(launch, settings);
        return isTaken ? {} : { status: "400 Bad Request" };
      }
      default:
        return { status: "501 Not Implemented" };
    }
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

function readSealed(held: Buffer, key: Buffer): RtspReading {
  const opened = openRtsp(held, { key, side: "client" });
  return typeof opened === "object" ? readRtsp(opened.text) : opened;
}
