/**
 * Hot path: when a session's windows begin and end. One opens with the first frame measured after
 * the gate opened, and anew for each capture; it closes when a later frame is taken after its end,
 * or by the clock when none comes. What a sample says is the path's.
 */
import type { Gate } from "../base/gate.ts";
import { SampleWindow } from "../measure/sample-window.ts";
import type { StageName, StatsSample } from "../model/capture.ts";
import type { LentFrame } from "./frame-queue.ts";

/** A frame that is only late closes the window itself; this much later none is coming. */
const graceUs = 250_000;

/** Who is told of samples. */
export type SampleTakers = {
  /** Once for each capture, before its first sample. */
  onRecording(captureNumber: number): void;
  onSample(captureNumber: number, sample: StatsSample): void;
  /** For the performance log, armed or not. */
  onWindow(sample: StatsSample): void;
};

export type WindowSamplerOptions = {
  readonly gate: Gate;
  readonly windowUs: number;
  readonly stages: readonly StageName[];
  /** With so many frames in a window percentiles are exact. */
  readonly frameCountMax: number;
  readonly takers: SampleTakers;
  /** A window begins after a pause: what was counted before does not belong to it. */
  onBegin(): void;
  /** The sample of the window that ends now. */
  close(window: SampleWindow, nowUs: number): StatsSample;
};

export class WindowSampler {
  readonly #options: WindowSamplerOptions;
  readonly #window: SampleWindow;
  #captureNumber = 0;
  #startUs: number | undefined;

  constructor(options: WindowSamplerOptions) {
    this.#options = options;
    this.#window = new SampleWindow(options);
  }

  /** Where this frame's stage times go; `undefined` when it is not measured. */
  windowFor(frame: LentFrame): SampleWindow | undefined {
    return this.#startUs === undefined || !frame.isMeasured ? undefined : this.#window;
  }

  /** Before a frame is cut into packets. */
  onTaken(frame: LentFrame, takenUs: number): void {
    if (!(frame.isMeasured && this.#isSameCapture())) this.#startUs = undefined;
    if (!frame.isMeasured) return;
    if (this.#startUs === undefined) this.#begin(takenUs);
    else if (takenUs - this.#startUs >= this.#options.windowUs) this.#next(takenUs);
  }

  /** A few times a second: closes the window of a stream that stands still. */
  tick(nowUs: number): void {
    const isOver = nowUs - (this.#startUs ?? nowUs) >= this.#options.windowUs + graceUs;
    if (!isOver) return;
    if (this.#isSameCapture()) this.#next(nowUs);
    else this.#startUs = undefined;
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
    onBegin();
    this.#open(nowUs);
  }

  #open(nowUs: number): void {
    this.#startUs = nowUs;
    this.#window.open(nowUs);
  }

  #next(nowUs: number): void {
    const { gate, takers, close } = this.#options;
    const sample = close(this.#window, nowUs);
    if (gate.isPerf()) takers.onWindow(sample);
    if (this.#captureNumber !== 0) takers.onSample(this.#captureNumber, sample);
    this.#open(nowUs);
  }
}
