/**
 * Per frame: from the fate of each frame to one sample per window. A window opens with the first
 * frame measured after the gate opened, and again for each capture; it closes when a later frame is
 * taken after its end, or by the clock when none comes. The path defines the content of a sample.
 */
import type { Gate } from "../base/gate.ts";
import { SampleWindow } from "../measure/sample-window.ts";
import type { StageName, StatsSample } from "../model/capture.ts";
import type { FrameRecord } from "./frame-record.ts";
import { type FrameInSlot, SlotCount, stallUs } from "./slot-count.ts";
import { sessionTickMs } from "./tick.ts";

/** The receiver of the samples. */
export type SampleTakers = {
  /** Once per capture, before its first sample. */
  onRecording(captureNumber: number): void;
  /** @param captureNumber 0 when only the history records it */
  onSample(captureNumber: number, sample: StatsSample): void;
  /** For the performance log, armed or not. */
  onWindow(sample: StatsSample): void;
};

/** The sampler's own data when a window closes. */
export type WindowEnd = {
  readonly nowUs: number;
  /** Slots of the window that passed without a frame. */
  readonly missedSlots: number;
};

/** The path's part of a window: length, stages, counters. */
export type WindowSamplerOptions = {
  readonly gate: Gate;
  readonly windowUs: number;
  readonly stages: readonly StageName[];
  /** With this many frames in a window percentiles are exact. */
  readonly frameCountMax: number;
  readonly takers: SampleTakers;
  /** How long a window waits for a late frame; a quarter of a second if left out. */
  readonly graceUs?: number;
  /** Current frame rate of the stream. */
  fps(): number;
  /** Writes the stage times of a frame, in the order of `stages`. */
  stageTimes(record: FrameRecord, times: Float64Array): void;
  /** A window begins after a pause: earlier counts do not belong to it. */
  onBegin(): void;
  /** The sample of the window that ends now; `undefined` when there is nothing to report. */
  close(window: SampleWindow, end: WindowEnd): StatsSample | undefined;
};

/** The samples of one session. */
export class WindowSampler {
  /** The stages of the path, and how a frame's times are found: rows are made of the same. */
  readonly path: Pick<WindowSamplerOptions, "stages" | "stageTimes">;
  readonly #options: WindowSamplerOptions;
  readonly #window: SampleWindow;
  readonly #slots = new SlotCount();
  #captureNumber = 0;
  #startUs: number | undefined;
  #missedBefore = 0;
  /** How long the process was stopped in this window. */
  #stoppedUs = 0;
  /** Longest of the window: how late the encode thread began, and this one ticked. */
  #encodePauseUs = 0;
  #sendPauseUs = 0;
  #tickUs: number | undefined;

  constructor(options: WindowSamplerOptions) {
    this.#options = options;
    this.path = options;
    this.#window = new SampleWindow(options);
  }

  /** A frame came out of the encoder, whatever happens to it. */
  onArrival(frame: FrameInSlot): void {
    this.#slots.onFrame(frame);
  }

  /** The whole process was stopped a moment ago; a window open across it is marked. */
  onStopped(stoppedUs: number): void {
    this.#stoppedUs += stoppedUs;
  }

  /** Before a frame that will be sent is processed. */
  onTaken(frame: { readonly isMeasured: boolean }, takenUs: number): void {
    if (!(frame.isMeasured && this.#isSameCapture())) this.#startUs = undefined;
    if (!frame.isMeasured) return;
    if (this.#startUs === undefined) this.#begin(takenUs);
    else if (takenUs - this.#startUs >= this.#options.windowUs) this.#next(takenUs);
  }

  /** The fate of a frame, when it is known. The record may be reused at once. */
  onFrame(record: FrameRecord): void {
    if (record.isMeasured) {
      this.#encodePauseUs = Math.max(this.#encodePauseUs, record.captureStartUs - record.dueUs);
    }
    if (this.#startUs === undefined || !record.isMeasured || !isHandedOver(record)) return;
    this.#options.stageTimes(record, this.#window.stageUs);
    const totalUs = record.handedUs - record.captureStartUs;
    this.#window.addFrame(totalUs, record.byteCount, record);
  }

  /**
   * A few times a second: opens and closes windows of a stream that stands still.
   * @param meantUs how long after the last tick this one was meant to come
   */
  tick(nowUs: number, meantUs = sessionTickMs * 1000): void {
    const pauseUs = nowUs - (this.#tickUs ?? nowUs) - meantUs;
    this.#tickUs = nowUs;
    this.#slots.onLook(nowUs, meantUs);
    if (pauseUs > this.#sendPauseUs) this.#sendPauseUs = pauseUs;
    if (this.#startUs !== undefined && !this.#isSameCapture()) this.#startUs = undefined;
    if (this.#startUs === undefined) {
      if (this.#slots.isStalled(nowUs)) this.#begin(nowUs);
      return;
    }
    const { windowUs, graceUs = stallUs } = this.#options;
    if (nowUs - this.#startUs >= windowUs + graceUs) this.#next(nowUs);
  }

  /** The stream's picture stands still, and no frame is due for a while. */
  isAtRest(nowUs: number): boolean {
    return this.#slots.isAtRest(nowUs);
  }

  /** Slots of the stream that passed without a frame, by the clock during a stall. */
  missedBy(nowUs: number): number {
    return this.#slots.missedBy(nowUs, this.#options.fps());
  }

  /** The session is over. A window that was open for half its length is reported too. */
  end(nowUs: number): void {
    const isWorthIt = nowUs - (this.#startUs ?? nowUs) >= this.#options.windowUs / 2;
    if (isWorthIt && this.#isSameCapture()) this.#next(nowUs);
    this.#startUs = undefined;
  }

  #isSameCapture(): boolean {
    const { gate } = this.#options;
    return gate.isMeasuring() && gate.captureNumber() === this.#captureNumber;
  }

  #begin(nowUs: number): void {
    const { gate, takers, onBegin } = this.#options;
    if (!gate.isMeasuring()) return;
    const captureNumber = gate.captureNumber();
    const isNew = captureNumber !== 0 && captureNumber !== this.#captureNumber;
    if (isNew) takers.onRecording(captureNumber);
    this.#captureNumber = captureNumber;
    this.#stoppedUs = 0;
    onBegin();
    this.#missedBefore = this.missedBy(nowUs);
    this.#open(nowUs);
  }

  #open(nowUs: number): void {
    this.#startUs = nowUs;
    this.#window.open(nowUs);
  }

  #next(nowUs: number): void {
    const { gate, takers, close } = this.#options;
    const missedCount = this.missedBy(nowUs);
    const missedSlots = missedCount - this.#missedBefore;
    this.#missedBefore = missedCount;
    const closed = close(this.#window, { nowUs, missedSlots });
    const stoppedUs = this.#stoppedUs;
    this.#stoppedUs = 0;
    if (closed !== undefined) {
      const paused = { ...closed, machine: { ...closed.machine, ...this.#takePauses() } };
      const sample = stoppedUs === 0 ? paused : { ...paused, stopped_us: stoppedUs };
      if (gate.isPerf()) takers.onWindow(sample);
      if (this.#captureNumber !== 0 || gate.isFollowed())
        takers.onSample(this.#captureNumber, sample);
    }
    this.#open(nowUs);
  }

  #takePauses(): { readonly encode_pause_us: number; readonly send_pause_us: number } {
    const pauses = { encode_pause_us: this.#encodePauseUs, send_pause_us: this.#sendPauseUs };
    this.#encodePauseUs = 0;
    this.#sendPauseUs = 0;
    return pauses;
  }
}

/** Perhaps not all of it, but it has times up to its end. */
function isHandedOver({ fate }: FrameRecord): boolean {
  return fate === "sent" || fate === "refused";
}
