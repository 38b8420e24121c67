/**
 * What a peer publishes to this host: one broadcast `viewer/<id>` with its reports in the track
 * `qoe.json`. Everything in it is foreign input. It is counted as it is read; anything else that a
 * peer announces is ignored.
 */
import { type Connection, type Group, Path, type Track } from "@moq/net";
import type { BroadcastCounter, Counters } from "../counters/counters.ts";
import type { TrackGuard } from "../counters/guards.ts";
import type { Tier } from "../model/counters.ts";

export const viewerPrefix = "viewer";
export const reportTrack = "qoe.json";
const viewerId = /^[A-Za-z0-9-]{1,64}$/;
/**
 * A report is half a kilobyte, and 30 bytes for each frame of its second: 15 KB with 480 frames. A
 * larger one is counted and not parsed.
 */
export const reportBytesMax = 24_576;

type Options = {
  readonly connection: Connection.Established;
  readonly tier: Tier;
  readonly counters: Counters;
  onFrame(payload: Uint8Array): void;
};

type Reading = { readonly id: string; close(): void };

/**
 * The publications of one connection to this host: the reports of viewers. Everything else is
 * ignored.
 */
export class Ingress {
  readonly #options: Options;
  readonly #announced;
  #reading: Reading | undefined;

  constructor(options: Options) {
    this.#options = options;
    this.#announced = options.connection.announced(Path.from(viewerPrefix));
  }

  /** Follows the peer's announcements until it disconnects. */
  async run(): Promise<void> {
    try {
      for (;;) {
        const event = await this.#announced.next();
        if (event === undefined) return;
        if (event.active) this.#open(event.path);
        else if (this.#reading?.id === event.path) this.#stop();
      }
    } catch {
      // The peer disconnected.
    } finally {
      this.#stop();
    }
  }

  close(): void {
    this.#announced.close();
    this.#stop();
  }

  /** A second broadcast at the same time is ignored. */
  #open(id: string): void {
    if (this.#reading !== undefined || !viewerId.test(id)) return;
    const { connection, counters, tier } = this.#options;
    const path = `${viewerPrefix}/${id}`;
    const counter = counters.broadcast({ path, tier });
    const broadcast = counter.open("subscriber");
    const consumer = connection.consume(Path.from(path));
    const subscriber = consumer.subscribe(reportTrack, {});
    this.#reading = {
      id,
      close: () => {
        subscriber.close();
        consumer.close();
        broadcast.close();
      },
    };
    void this.#read(subscriber, counter);
  }

  #stop(): void {
    this.#reading?.close();
    this.#reading = undefined;
  }

  async #read(subscriber: Track.Subscriber, counter: BroadcastCounter): Promise<void> {
    using guard = counter.track("subscriber");
    try {
      for (;;) {
        const group = await subscriber.recvGroup();
        if (group === undefined) return;
        guard.group();
        await this.#readGroup(group, guard);
      }
    } catch {
      // The peer disconnected.
    }
  }

  async #readGroup(group: Group.Consumer, guard: TrackGuard): Promise<void> {
    for (;;) {
      const frame = await group.readFrame();
      if (frame === undefined) return;
      guard.frame();
      guard.bytes(frame.payload.byteLength);
      if (frame.payload.byteLength <= reportBytesMax) this.#options.onFrame(frame.payload);
    }
  }
}
