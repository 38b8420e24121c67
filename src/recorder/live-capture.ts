/**
 * A capture in memory, while it records and until it is saved. Bounded: 5,400 samples (three hours
 * of one every two seconds), of which the oldest are kept, and 500 sessions by name.
 */
import type { Clock, Micros } from "../base/clock.ts";
import type {
  Capture,
  CaptureMeta,
  CaptureSession,
  StatsSample,
  StatsStatus,
} from "../model/capture.ts";
import { makeMeta } from "./meta.ts";

export const sampleCountMax = 5400;
export const sessionCountMax = 500;

/**
 * One capture from its start until it is saved. At its limits it keeps its content, and is marked
 * `truncated`.
 */
export class LiveCapture {
  /** The gate's number while this capture records; from 1. */
  readonly number: number;
  /** By the wall clock; only for people. Lengths come from the monotonic clock. */
  readonly startedUnixMs: number;
  readonly #clock: Clock;
  readonly #host: string;
  /** The zero of `t_ms`, on the monotonic clock. */
  readonly startedUs: Micros;
  readonly #sessions: CaptureSession[] = [];
  readonly #samples: StatsSample[] = [];
  #endedUs: Micros | undefined;
  #isTruncated = false;

  constructor(options: { number: number; clock: Clock; host: string }) {
    this.number = options.number;
    this.#clock = options.clock;
    this.#host = options.host;
    this.startedUnixMs = options.clock.wallMs();
    this.startedUs = options.clock.nowUs();
  }

  get sampleCount(): number {
    return this.#samples.length;
  }

  get isTruncated(): boolean {
    return this.#isTruncated;
  }

  /** Of the first session; "" while nobody has played. */
  get kind(): string {
    return this.#sessions[0]?.kind ?? "";
  }

  /** When it ended, on the monotonic clock; now while it records. */
  get endedUs(): Micros {
    return this.#endedUs ?? this.#clock.nowUs();
  }

  /** From now on its length is fixed. */
  end(): void {
    this.#endedUs ??= this.#clock.nowUs();
  }

  elapsedMs(): number {
    return Math.floor(((this.#endedUs ?? this.#clock.nowUs()) - this.startedUs) / 1000);
  }

  /** @returns false when the session is already known, or the limit is reached. */
  addSession(session: CaptureSession): boolean {
    if (this.#sessions.length >= sessionCountMax) return false;
    if (this.#sessions.some((known) => known.session_id === session.session_id)) return false;
    this.#sessions.push(session);
    return true;
  }

  /** @returns the sample as kept, stamped; `undefined` when the cap is reached. */
  addSample(sessionId: number, sample: StatsSample): StatsSample | undefined {
    if (this.#samples.length >= sampleCountMax) {
      this.#isTruncated = true;
      return undefined;
    }
    const stamped = { ...sample, t_ms: this.elapsedMs(), session_id: sessionId };
    this.#samples.push(stamped);
    return stamped;
  }

  /**
   * With the samples after the `after`-th. They are shared with the recorder: not to be changed.
   */
  snapshot(after = 0): Capture {
    return { meta: this.#meta(), samples: this.#samples.slice(Math.max(0, after)) };
  }

  #meta(): CaptureMeta {
    return makeMeta({
      startedUnixMs: this.startedUnixMs,
      durationMs: this.elapsedMs(),
      sessions: this.#sessions,
      sampleCount: this.#samples.length,
      isTruncated: this.#isTruncated,
      isRecovered: false,
      host: this.#host,
    });
  }
}

/** Of a recorder that holds no capture. */
export const idleStatus: StatsStatus = {
  armed: false,
  sample_count: 0,
  started_unix_ms: 0,
  kind: "",
  held: false,
  elapsed_ms: 0,
};
