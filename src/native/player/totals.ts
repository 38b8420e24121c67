/** The totals of a player's run: the numbers of its live line and of its summary. */
import { TimeColumn } from "../../measure/time-column.ts";
import type { CompleteFrame } from "./assembly.ts";
import type { Player } from "./player.ts";

/** One line of JSON at the end of `onglass play`; `frames` = complete frames forwarded. */
export type PlaySummary = {
  readonly session_id: number;
  readonly kind: "native";
  readonly width: number;
  readonly height: number;
  readonly fps: number;
  readonly codec: string;
  /** From the first complete frame on. */
  readonly seconds: number;
  readonly frames: number;
  readonly bytes: number;
  readonly packets_received: number;
  readonly packets_lost: number;
  readonly fec_recovered: number;
  readonly frames_lost: number;
  readonly idr_requests: number;
  /** Start of capture to frame complete; null when nothing was measured. */
  readonly latency_p50_us: number | null;
  readonly latency_p99_us: number | null;
  readonly rtt_p50_us: number | null;
  /**
   * Slots of the frame rate between the first and the last frame of a session without a sent frame.
   */
  readonly slots_skipped: number;
  /** New sessions after the link was lost; `session_id` is that of the last. */
  readonly reconnects: number;
  /** From the last frame before to the first frame after each of them; part of `seconds`. */
  readonly interrupted_seconds: number;
};

/** A player's counts of its session, continued in the next. */
type SessionCounts = Pick<
  PlaySummary,
  | "packets_received"
  | "packets_lost"
  | "fec_recovered"
  | "frames_lost"
  | "idr_requests"
  | "slots_skipped"
>;

/** Exact up to 18 minutes at 60 fps, within 1.6 % beyond. */
const latencyCountMax = 65_536;
const rttCountMax = 4096;

/** A frame's number, +1 each frame that was sent, and when its capture began. */
type Place = { readonly number: number; readonly captureUs: number; readonly completeUs: number };

/** Counts the arrivals of one session, and of those that continue it. */
export class PlayTotals {
  readonly #latencies = new TimeColumn(latencyCountMax);
  readonly #rtts = new TimeColumn(rttCountMax);
  #frameCount = 0;
  #byteCount = 0;
  #firstUs: number | undefined;
  #first: Place | undefined;
  #last: Place | undefined;
  /** Of earlier sessions. */
  #past: SessionCounts | undefined;
  #reconnectCount = 0;
  #interruptedUs = 0;
  #live = { sinceUs: 0, frames: 0, bytes: 0, latencyUs: 0, latencies: 0, lost: 0, received: 0 };

  /** Completion of the first frame. */
  get firstUs(): number | undefined {
    return this.#firstUs;
  }

  addFrame(frame: CompleteFrame, latencyUs: number | undefined): void {
    const { captureUs, completeUs, bytes } = frame;
    const byteCount = bytes.length;
    this.#firstUs ??= completeUs;
    const place = { number: frame.frame, captureUs, completeUs };
    this.#first ??= place;
    this.#last = place;
    this.#frameCount += 1;
    this.#byteCount += byteCount;
    this.#live.frames += 1;
    this.#live.bytes += byteCount;
    if (latencyUs === undefined) return;
    this.#latencies.add(latencyUs);
    this.#live.latencyUs += latencyUs;
    this.#live.latencies += 1;
  }

  /**
   * The next frame is the first of a new session. Gives how long there was none.
   * @param lost the player of the session before
   * @param completeUs of that frame
   */
  goOn(lost: Player, completeUs: number): number {
    const awayUs = completeUs - (this.#last?.completeUs ?? completeUs);
    this.#interruptedUs += awayUs;
    this.#past = this.#counts(lost);
    this.#reconnectCount += 1;
    this.#first = undefined;
    this.#last = undefined;
    return awayUs;
  }

  addRtt(rttUs: number): void {
    this.#rtts.add(rttUs);
  }

  /** Since the last such line. */
  liveLine(player: Player, nowUs: number): string {
    const live = this.#live;
    const { packets_received: received, packets_lost: lost } = this.#counts(player);
    const sinceUs = live.sinceUs === 0 ? (this.#firstUs ?? nowUs) : live.sinceUs;
    const seconds = Math.max(1, nowUs - sinceUs) / 1e6;
    const lostNow = Math.max(0, lost - live.lost);
    const sentNow = Math.max(1, received - live.received + lostNow);
    const latencyMs =
      live.latencies === 0 ? "–" : (live.latencyUs / live.latencies / 1e3).toFixed(1);
    this.#live = {
      sinceUs: nowUs,
      frames: 0,
      bytes: 0,
      latencyUs: 0,
      latencies: 0,
      lost,
      received,
    };
    return [
      `${(live.frames / seconds).toFixed(1)} fps`,
      `${((live.bytes * 8) / 1e6 / seconds).toFixed(2)} Mbit/s`,
      `latency ${latencyMs} ms`,
      `loss ${((lostNow / sentNow) * 100).toFixed(2)}%`,
    ].join("   ");
  }

  summary(player: Player, endUs: number): PlaySummary {
    const { opened } = player;
    const percentile = (column: TimeColumn, share: number) =>
      column.count === 0 ? null : Math.round(column.percentile(share));
    this.#latencies.sort();
    this.#rtts.sort();
    const seconds = this.#firstUs === undefined ? 0 : (endUs - this.#firstUs) / 1e6;
    return {
      session_id: opened.session_id,
      kind: "native",
      width: opened.width,
      height: opened.height,
      fps: opened.fps,
      codec: opened.codec,
      seconds: Math.round(seconds * 1000) / 1000,
      frames: this.#frameCount,
      bytes: this.#byteCount,
      ...this.#counts(player),
      latency_p50_us: percentile(this.#latencies, 0.5),
      latency_p99_us: percentile(this.#latencies, 0.99),
      rtt_p50_us: percentile(this.#rtts, 0.5),
      reconnects: this.#reconnectCount,
      interrupted_seconds: Math.round(this.#interruptedUs / 1000) / 1000,
    };
  }

  #counts({ arrivals, frames, idrRequestCount, opened }: Player): SessionCounts {
    const past = this.#past;
    return {
      packets_received: arrivals.receivedCount + (past?.packets_received ?? 0),
      packets_lost: arrivals.lostCount + (past?.packets_lost ?? 0),
      fec_recovered: frames.recoveredCount + (past?.fec_recovered ?? 0),
      frames_lost: frames.lostCount + (past?.frames_lost ?? 0),
      idr_requests: idrRequestCount + (past?.idr_requests ?? 0),
      slots_skipped: this.#skipped(opened.fps) + (past?.slots_skipped ?? 0),
    };
  }

  /** Sent frames have consecutive numbers, so a gap in time was never sent. */
  #skipped(fps: number): number {
    if (this.#first === undefined || this.#last === undefined) return 0;
    const slotCount = Math.round(((this.#last.captureUs - this.#first.captureUs) * fps) / 1e6);
    return Math.max(0, slotCount - (this.#last.number - this.#first.number));
  }
}
