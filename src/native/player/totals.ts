/** What a player's run comes to: the numbers of its live line and of its summary. */
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
  /** Slots of the frame rate between the first and the last frame from which none was sent. */
  readonly slots_skipped: number;
};

/** Exact up to 18 minutes at 60 fps, within 1.6 % beyond. */
const latencyCountMax = 65_536;
const rttCountMax = 4096;

/** A frame's number, +1 each frame that was sent, and when its capture began. */
type Place = { readonly number: number; readonly captureUs: number };

/** Counts what arrives of one session. */
export class PlayTotals {
  readonly #latencies = new TimeColumn(latencyCountMax);
  readonly #rtts = new TimeColumn(rttCountMax);
  #frameCount = 0;
  #byteCount = 0;
  #firstUs: number | undefined;
  #first: Place | undefined;
  #last: Place | undefined;
  #live = { sinceUs: 0, frames: 0, bytes: 0, latencyUs: 0, latencies: 0, lost: 0, received: 0 };

  /** Completion of the first frame. */
  get firstUs(): number | undefined {
    return this.#firstUs;
  }

  addFrame(frame: CompleteFrame, latencyUs: number | undefined): void {
    const { captureUs, completeUs, bytes } = frame;
    const byteCount = bytes.length;
    this.#firstUs ??= completeUs;
    this.#first ??= { number: frame.frame, captureUs };
    this.#last = { number: frame.frame, captureUs };
    this.#frameCount += 1;
    this.#byteCount += byteCount;
    this.#live.frames += 1;
    this.#live.bytes += byteCount;
    if (latencyUs === undefined) return;
    this.#latencies.add(latencyUs);
    this.#live.latencyUs += latencyUs;
    this.#live.latencies += 1;
  }

  addRtt(rttUs: number): void {
    this.#rtts.add(rttUs);
  }

  /** Since the last such line. */
  liveLine(player: Player, nowUs: number): string {
    const live = this.#live;
    const { receivedCount: received, lostCount: lost } = player.arrivals;
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
      packets_received: player.arrivals.receivedCount,
      packets_lost: player.arrivals.lostCount,
      fec_recovered: player.frames.recoveredCount,
      frames_lost: player.frames.lostCount,
      idr_requests: player.idrRequestCount,
      latency_p50_us: percentile(this.#latencies, 0.5),
      latency_p99_us: percentile(this.#latencies, 0.99),
      rtt_p50_us: percentile(this.#rtts, 0.5),
      slots_skipped: this.#skipped(opened.fps),
    };
  }
  /** Sent frames have numbers without a gap, so what is missing in time was never sent. */
  #skipped(fps: number): number {
    if (this.#first === undefined || this.#last === undefined) return 0;
    const slotCount = Math.round(((this.#last.captureUs - this.#first.captureUs) * fps) / 1e6);
    return Math.max(0, slotCount - (this.#last.number - this.#first.number));
  }
}
