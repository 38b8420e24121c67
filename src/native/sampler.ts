/**
 * Hot path: from sent frames to one sample every two seconds. A window opens with the first frame
 * measured after the gate opened, and anew for each capture; it closes when a later frame is taken
 * after its end, or by the clock when none comes.
 *
 * Counters are differences of running totals. What only the player knows is "unmeasured" in a
 * window without a report, and then falls into the next window that has one: nothing gets lost.
 */
import type { Gate } from "../base/gate.ts";
import type { CounterField, StageName, StatsSample } from "../model/capture.ts";
import { SampleWindow } from "../window/sample-window.ts";
import type { LentFrame, SentFrame } from "./sender.ts";

export const windowUs = 2_000_000;
/** A frame that is only late closes the window itself; this much later none is coming. */
const graceUs = 250_000;
const stages = ["capture", "submit", "encode", "send"] as const satisfies StageName[];
/** Two seconds at 240 fps, and then some. */
const frameCountMax = 512;
const fromPlayer = ["packets_dropped", "fec_recovered", "rtt_us"] as const satisfies CounterField[];

/** Running totals of a session. */
export type Totals = {
  readonly framesDropped: number;
  readonly missedSlots: number;
  readonly sendDropped: number;
  readonly packetsDropped: number;
  readonly fecRecovered: number;
  readonly framesLost: number;
  readonly idrRequests: number;
  readonly reports: number;
  readonly rttUs: number | undefined;
  readonly bitrateKbps: number;
};

export type SamplerOptions = {
  readonly gate: Gate;
  totals(): Totals;
  /** Once for each capture, before its first sample. */
  onRecording(captureNumber: number): void;
  onSample(captureNumber: number, sample: StatsSample): void;
  /** For the performance log, armed or not. */
  onWindow(sample: StatsSample): void;
};

export class Sampler {
  readonly #options: SamplerOptions;
  readonly #window = new SampleWindow({ stages, frameCountMax });
  #captureNumber = 0;
  #startUs: number | undefined;
  #host: Totals;
  #player: Totals;

  constructor(options: SamplerOptions) {
    this.#options = options;
    this.#host = options.totals();
    this.#player = this.#host;
  }

  /** Before the first packet of a frame. */
  onTaken(frame: LentFrame, takenUs: number): void {
    if (!(frame.isMeasured && this.#isSameCapture())) this.#startUs = undefined;
    if (!frame.isMeasured) return;
    if (this.#startUs === undefined) this.#begin(takenUs);
    else if (takenUs - this.#startUs >= windowUs) this.#next(takenUs);
  }

  /** After its last. */
  onSent(frame: LentFrame, { takenUs, handedUs, byteCount }: SentFrame): void {
    if (this.#startUs === undefined || !frame.isMeasured) return;
    const times = this.#window.stageUs;
    times[0] = frame.captureUs;
    times[1] = frame.submitUs;
    times[2] = frame.encodeUs;
    times[3] = handedUs - takenUs;
    this.#window.addFrame(handedUs - frame.captureStartUs, byteCount, frame.isRepeat);
  }

  /** A few times a second: closes the window of a stream that stands still. */
  tick(nowUs: number): void {
    if (this.#startUs === undefined || nowUs - this.#startUs < windowUs + graceUs) return;
    if (this.#isSameCapture()) this.#next(nowUs);
    else this.#startUs = undefined;
  }

  #isSameCapture(): boolean {
    const { gate } = this.#options;
    return gate.isMeasuring() && gate.captureNumber() === this.#captureNumber;
  }

  #begin(nowUs: number): void {
    const { gate, totals, onRecording } = this.#options;
    if (!gate.isMeasuring()) return;
    const captureNumber = gate.captureNumber();
    if (captureNumber !== 0 && captureNumber !== this.#captureNumber) onRecording(captureNumber);
    this.#captureNumber = captureNumber;
    this.#host = totals();
    this.#player = this.#host;
    this.#open(nowUs);
  }

  #open(nowUs: number): void {
    this.#startUs = nowUs;
    this.#window.open(nowUs);
  }

  #next(nowUs: number): void {
    const sample = this.#window.close(nowUs, this.#counters());
    const { gate, onSample, onWindow } = this.#options;
    if (gate.isPerf()) onWindow(sample);
    if (this.#captureNumber !== 0) onSample(this.#captureNumber, sample);
    this.#open(nowUs);
  }

  #counters() {
    const now = this.#options.totals();
    const hasReport = now.reports > this.#player.reports;
    const [host, player] = [this.#host, this.#player];
    this.#host = now;
    const counters = {
      bitrate_kbps: now.bitrateKbps,
      frames_dropped: now.framesDropped - host.framesDropped,
      missed_slots: now.missedSlots - host.missedSlots,
      send_dropped: now.sendDropped - host.sendDropped,
    };
    if (!hasReport) {
      return { ...counters, packets_dropped: 0, fec_recovered: 0, unmeasured: fromPlayer };
    }
    this.#player = now;
    return {
      ...counters,
      packets_dropped: now.packetsDropped - player.packetsDropped,
      fec_recovered: now.fecRecovered - player.fecRecovered,
      frames_lost: now.framesLost - player.framesLost,
      idr_requests: now.idrRequests - player.idrRequests,
      rtt_us: now.rttUs,
      unmeasured: now.rttUs === undefined ? (["rtt_us"] as const) : [],
    };
  }
}
