/** A MoQ endpoint on a real listener on loopback, and clients of the unmodified library. */
import { Connection } from "@moq/net";
import { problem, refusalOf } from "../../src/api/edge/problem.ts";
import { systemClock } from "../../src/base/clock.ts";
import { Failure } from "../../src/base/failure.ts";
import { quietConsole } from "../../src/base/library-console.ts";
import { type Scheduler, systemScheduler } from "../../src/base/scheduler.ts";
import { type CounterSettings, Counters } from "../../src/counters/counters.ts";
import type { Tier } from "../../src/model/counters.ts";
import { MoqEndpoint, socketLimits } from "../../src/moq/endpoint.ts";
import { LatestTrack } from "../../src/moq/latest-track.ts";
import { Origin } from "../../src/moq/origin.ts";
import type { ServerSocket } from "../../src/moq/socket-pipe.ts";
import { statsOutlet } from "../../src/moq/stats-outlet.ts";
import type { SocketEvents } from "../../src/ports/sockets.ts";

export const key = "a-key-for-tests";

type Options = CounterSettings & {
  readonly onReport?: (peerId: number, payload: Uint8Array, relayed: string | undefined) => void;
  readonly onGone?: (peerId: number) => void;
  readonly tier?: Tier;
  readonly sees?: (path: string) => boolean;
  /** Of the counters; a test's own lets it move their time. */
  readonly scheduler?: Scheduler;
};

export class MoqHost implements AsyncDisposable {
  readonly origin: Origin = new Origin(() => this.counters);
  readonly counters: Counters;
  readonly endpoint: MoqEndpoint;
  readonly #server;
  readonly #quiet = quietConsole(console);
  readonly #connections = new Set<Connection.Established>();

  constructor({
    onReport = () => undefined,
    onGone = () => undefined,
    tier = "external",
    sees,
    ...options
  }: Options = {}) {
    this.counters = new Counters({
      scheduler: systemScheduler(),
      ...options,
      outlet: statsOutlet(this.origin),
      clock: systemClock(),
    });
    this.endpoint = new MoqEndpoint({
      origin: this.origin,
      counters: () => this.counters,
      admit: ({ url }) => {
        if (new URL(url).searchParams.get("key") === key) return { tier, sees };
        throw new Failure("unauthorized", "it has no key");
      },
      onReport,
      onGone,
    });
    this.#server = Bun.serve<SocketEvents<ServerSocket>>({
      hostname: "127.0.0.1",
      port: 0,
      fetch: (request, server) => {
        try {
          this.endpoint.upgrade(request, server);
        } catch (error) {
          return problem(refusalOf(error, request));
        }
        return undefined;
      },
      websocket: {
        ...socketLimits,
        open: (socket) => socket.data.open(socket),
        message: (socket, message) => socket.data.message(socket, message),
        drain: (socket) => socket.data.drain(),
        close: (socket, code, reason) => socket.data.close(socket, code, reason),
      },
    });
  }

  get port(): number {
    return this.#server.port ?? 0;
  }

  get url(): URL {
    return new URL(`http://127.0.0.1:${this.port}/moq?key=${key}`);
  }

  /** A client of the library; it is closed with the host. */
  async connect(query = ""): Promise<Connection.Established> {
    const connection = await Connection.connect(new URL(this.url.href + query));
    connection.closed.catch(() => undefined);
    this.#connections.add(connection);
    return connection;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const connection of this.#connections) connection.close();
    this.endpoint.stop();
    this.counters.stop();
    await this.#server.stop(true);
    this.#quiet[Symbol.dispose]();
  }
}

/** A broadcast with one track of which only the newest value matters. */
export function publishNumbers(host: { readonly origin: Origin }, path = "live/1") {
  const track = new LatestTrack("numbers.json");
  const source = { path, tracks: [track] };
  if (!host.origin.publish(source)) throw new Error(`"${path}" is taken`);
  return { track, source };
}
