/**
 * The samples of one broadcast: a window a second. `frame` is on the hot path and only adds; the
 * sample is built when the window closes. The session announces itself in each capture anew.
 */
import type { Clock, Micros } from "../base/clock.ts";
import { Gate } from "../base/gate.ts";
import { log } from "../base/log.ts";
import type { Cancel, Scheduler } from "../base/scheduler.ts";
import { SampleWindow } from "../measure/sample-window.ts";
import type { CaptureSession, CodecName, Kind, StatsSample } from "../model/capture.ts";
import type { PublishedFrame } from "./published-frame.ts";

export const windowMs = 1000;
const stages = ["capture", "submit", "encode", "send"] as const;
/** Timers go off up to this early. */
const timerErrorUs = 2000;
/** Exact percentiles up to twice the highest rate. */
const frameCountMax = 512;
/** What a path over a socket cannot know: there are no datagrams. */
const unmeasured = ["packets_dropped", "send_dropped", "fec_recovered", "rtt_us"] as const;

/** How this room reaches the recorder. */
export type SampleSink = {
  registerSession(session: CaptureSession & { kind: Kind; codec: CodecName }): unknown;
  pushSample(sessionId: number, sample: StatsSample, captureNumber: number): void;
};

/** Totals of the broadcast so far, and what is so now. */
export type MeterFacts = {
  readonly session: CaptureSession & { kind: Kind; codec: CodecName };
  readonly bitrateKbps: number;
  /** Frames captured or encoded that no viewer was handed. */
  readonly droppedCount: number;
  readonly missedCount: number;
  readonly skippedCount: number;
  readonly idrRequestCount: number;
  readonly viewerCount: number;
};

type Options = {
  readonly gate: SharedArrayBuffer;
  readonly clock: Clock;
  readonly scheduler: Scheduler;
  readonly sink: SampleSink;
  readonly facts: () => MeterFacts;
  /** What viewers reported since the window before. */
  readonly clientFields: () => Partial<StatsSample>;
};

export class Meter {
  readonly #options: Options;
  readonly #gate: Gate;
  readonly #window = new SampleWindow({ stages, frameCountMax });
  #captureNumber = 0;
  #openedUs: Micros;
  #frameCount = 0;
  #before: MeterFacts;
  #cancel: Cancel | undefined;

  constructor(options: Options) {
    this.#options = options;
    this.#gate = new Gate(options.gate);
    this.#openedUs = options.clock.nowUs();
    this.#before = options.facts();
    this.#open();
    this.#cancel = options.scheduler.after(windowMs, () => this.#tick());
  }

  /** Hot path: a frame that at least one viewer was handed. */
  frame(frame: PublishedFrame): void {
    if (this.#gate.captureNumber() !== this.#captureNumber) this.#open();
    this.#frameCount += 1;
    if (!frame.isMeasured) {
      this.#window.addUntimedFrame(frame.byteCount, frame);
      return;
    }
    const { stageUs } = this.#window;
    stageUs[0] = frame.captureUs;
    stageUs[1] = frame.submitUs;
    stageUs[2] = frame.encodeUs;
    stageUs[3] = frame.sentUs - frame.arrivedUs;
    const totalUs = frame.sentUs - frame.captureStartUs;
    this.#window.addFrame(totalUs, frame.byteCount, frame);
  }

  stop(): void {
    this.#cancel?.();
  }

  /** A frame of a new capture may have begun the window anew since this was set. */
  #tick(): void {
    const { clock, scheduler } = this.#options;
    const nowUs = clock.nowUs();
    if (this.#gate.captureNumber() !== this.#captureNumber) this.#open();
    else if (nowUs - this.#openedUs >= windowMs * 1000 - timerErrorUs) this.#close(nowUs);
    const leftMs = windowMs - (clock.nowUs() - this.#openedUs) / 1000;
    this.#cancel = scheduler.after(Math.max(1, Math.ceil(leftMs)), () => this.#tick());
  }

  /** A window begins, in a capture or in none. Frames of another capture are not in it. */
  #open(): void {
    const { clock, facts, sink } = this.#options;
    this.#openedUs = clock.nowUs();
    this.#frameCount = 0;
    this.#before = facts();
    this.#window.open(this.#openedUs);
    const captureNumber = this.#gate.captureNumber();
    if (captureNumber !== this.#captureNumber && captureNumber !== 0) {
      sink.registerSession(this.#before.session);
    }
    this.#captureNumber = captureNumber;
  }

  #close(nowUs: Micros): void {
    const now = this.#options.facts();
    const client = this.#options.clientFields();
    const wasWatched = this.#frameCount > 0 || now.viewerCount > 0;
    if (wasWatched && this.#gate.isMeasuring()) this.#emit(nowUs, now, client);
    this.#open();
  }

  #emit(nowUs: Micros, now: MeterFacts, client: Partial<StatsSample>): void {
    const sample: StatsSample = {
      ...this.#window.close(nowUs, {
        bitrate_kbps: now.bitrateKbps,
        missed_slots: now.missedCount - this.#before.missedCount,
        frames_dropped: now.droppedCount - this.#before.droppedCount,
        packets_dropped: 0,
        send_dropped: 0,
        fec_recovered: 0,
        idr_requests: now.idrRequestCount - this.#before.idrRequestCount,
        unmeasured,
      }),
      viewers: now.viewerCount,
      viewer_skipped: now.skippedCount - this.#before.skippedCount,
      ...client,
    };
    const { session_id } = now.session;
    if (this.#gate.isPerf()) log("window", { kind: "moq", ...sample, session_id });
    if (this.#captureNumber === 0) return;
    this.#options.sink.pushSample(session_id, sample, this.#captureNumber);
  }
}
