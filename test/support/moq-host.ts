/** A MoQ endpoint on a real listener on loopback, and clients of the unmodified library. */
import { Connection, Path } from "@moq/net";
import { problem, refusalOf } from "../../src/api/problem.ts";
import { systemClock } from "../../src/base/clock.ts";
import { Failure } from "../../src/base/failure.ts";
import { type Scheduler, systemScheduler } from "../../src/base/scheduler.ts";
import { type CounterSettings, Counters } from "../../src/counters/counters.ts";
import type { Tier } from "../../src/model/counters.ts";
import { MoqEndpoint, type SocketEvents, socketLimits } from "../../src/moq/endpoint.ts";
import { LatestTrack } from "../../src/moq/latest-track.ts";
import { quietLibrary } from "../../src/moq/library-log.ts";
import { Origin } from "../../src/moq/origin.ts";
import { statsOutlet } from "../../src/moq/stats-outlet.ts";

export const key = "a-key-for-tests";

type Options = CounterSettings & {
  readonly onReport?: (peerId: number, payload: Uint8Array) => void;
  readonly tier?: Tier;
  /** Of the counters; a test's own lets it move their time. */
  readonly scheduler?: Scheduler;
};

export class MoqHost implements AsyncDisposable {
  readonly origin: Origin = new Origin(() => this.counters);
  readonly counters: Counters;
  readonly endpoint: MoqEndpoint;
  readonly #server;
  readonly #quiet = quietLibrary(console);
  readonly #connections = new Set<Connection.Established>();

  constructor({ onReport = () => undefined, tier = "external", ...options }: Options = {}) {
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
        if (new URL(url).searchParams.get("key") === key) return tier;
        throw new Failure("unauthorized", "it has no key");
      },
      onReport,
    });
    this.#server = Bun.serve<SocketEvents>({
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
  async connect(): Promise<Connection.Established> {
    const connection = await Connection.connect(this.url);
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
export function publishNumbers(host: MoqHost, path = "live/1") {
  const track = new LatestTrack("numbers.json");
  const source = { path, tracks: [track] };
  if (!host.origin.publish(source)) throw new Error(`"${path}" is taken`);
  return { track, source };
}

/** The announcements a client sees, as they come. */
export function followAnnouncements(connection: Connection.Established, prefix = "") {
  const active = new Set<string>();
  const events: string[] = [];
  const announced = connection.announced(Path.from(prefix));
  void (async () => {
    for (;;) {
      const event = await announced.next().catch(() => undefined);
      if (event === undefined) return;
      if (event.active) active.add(event.path);
      else active.delete(event.path);
      events.push(`${event.active ? "+" : "-"}${event.path}`);
    }
  })();
  return { active, events };
}

/** Reads every frame of a track as a client of the library does. */
export function readTrack(connection: Connection.Established, path: string, name: string) {
  const subscriber = connection.consume(Path.from(path)).subscribe(name, {});
  const frames: Uint8Array[] = [];
  const groups: number[] = [];
  const over = (async () => {
    for (;;) {
      const group = await subscriber.recvGroup();
      if (group === undefined) return;
      groups.push(group.sequence);
      for (;;) {
        const frame = await group.readFrame();
        if (frame === undefined) break;
        frames.push(frame.payload);
      }
    }
  })().catch((error: unknown) => error);
  return { frames, groups, over, close: () => subscriber.close() };
}

export function parseFrame(payload: Uint8Array | undefined): Record<string, unknown> {
  return JSON.parse(new TextDecoder().decode(payload)) as Record<string, unknown>;
}
