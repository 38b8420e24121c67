/**
 * Hot path: from sent frames to one sample a second. A window opens with the first frame measured
 * after the gate opened, and anew for each capture; it closes when a later frame is taken after its
 * end, or by the clock when none comes.
 *
 * The stages of this path are capture, encode, packetize and send. The hand-over to the encoder
 * (submit elsewhere) is counted into encode: the picture is complete when it begins, and the
 * encoder has it when it ends.
 *
 * What is lost comes from the player's reports alone. They cover only blocks that needed repair, so
 * the figures are lower bounds; from a player that sends none they are not measured.
 */
import type { Gate } from "../base/gate.ts";
import type { CounterField, StageName, StatsSample } from "../model/capture.ts";
import { SampleWindow } from "../window/sample-window.ts";
import type { LentFrame, SentFrame } from "./video-sender.ts";

export const windowUs = 1_000_000;
/** A frame that is only late closes the window itself; this much later none is coming. */
const graceUs = 250_000;
export const stages = [
  "capture",
  "encode",
  "packetize",
  "send",
] as const satisfies readonly StageName[];
/** A second at 240 fps, and then some. */
const frameCountMax = 300;
const fromReports = ["packets_dropped", "fec_recovered"] as const satisfies CounterField[];

/** Running totals of a session. */
export type Totals = {
  readonly framesDropped: number;
  readonly missedSlots: number;
  readonly sendDropped: number;
  readonly packetsDropped: number;
  readonly fecRecovered: number;
  readonly framesLost: number;
  readonly idrRequests: number;
  readonly invalidations: number;
  readonly reports: number;
  readonly rttUs: number | undefined;
  readonly bitrateKbps: number;
};

export type SamplerOptions = {
  readonly gate: Gate;
  /** The player sends loss reports when there is something to report. */
  readonly reportsLoss: boolean;
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
  #before: Totals;

  constructor(options: SamplerOptions) {
    this.#options = options;
    this.#before = options.totals();
  }

  /** Before a frame is cut into packets. */
  onTaken(frame: LentFrame, takenUs: number): void {
    if (!(frame.isMeasured && this.#isSameCapture())) this.#startUs = undefined;
    if (!frame.isMeasured) return;
    if (this.#startUs === undefined) this.#begin(takenUs);
    else if (takenUs - this.#startUs >= windowUs) this.#next(takenUs);
  }

  /** After its last packet. */
  onSent(frame: LentFrame, { takenUs, sealedUs, handedUs, byteCount }: SentFrame): void {
    if (this.#startUs === undefined || !frame.isMeasured) return;
    const times = this.#window.stageUs;
    times[0] = frame.captureUs;
    times[1] = frame.submitUs + frame.encodeUs;
    times[2] = sealedUs - takenUs;
    times[3] = handedUs - sealedUs;
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
    const captureNumber = gate.captureNumber();
    if (captureNumber !== 0 && captureNumber !== this.#captureNumber) onRecording(captureNumber);
    this.#captureNumber = captureNumber;
    this.#before = totals();
    this.#open(nowUs);
  }

  #open(nowUs: number): void {
    this.#startUs = nowUs;
    this.#window.open(nowUs);
  }

  #next(nowUs: number): void {
    const { gate, onSample, onWindow } = this.#options;
    const sample = this.#close(nowUs);
    if (gate.isPerf()) onWindow(sample);
    if (this.#captureNumber !== 0) onSample(this.#captureNumber, sample);
    this.#open(nowUs);
  }

  #close(nowUs: number): StatsSample {
    const { totals, reportsLoss } = this.#options;
    const [before, now] = [this.#before, totals()];
    this.#before = now;
    const unmeasured: CounterField[] = reportsLoss ? [] : [...fromReports];
    if (now.rttUs === undefined) unmeasured.push("rtt_us");
    const sample = this.#window.close(nowUs, {
      bitrate_kbps: now.bitrateKbps,
      frames_dropped: now.framesDropped - before.framesDropped,
      missed_slots: now.missedSlots - before.missedSlots,
      send_dropped: now.sendDropped - before.sendDropped,
      packets_dropped: now.packetsDropped - before.packetsDropped,
      fec_recovered: now.fecRecovered - before.fecRecovered,
      frames_lost: now.framesLost - before.framesLost,
      idr_requests: now.idrRequests - before.idrRequests,
      rtt_us: now.rttUs,
      unmeasured,
      lower_bounds: reportsLoss ? fromReports : [],
    });
    return {
      ...sample,
      rfi_requests: now.invalidations - before.invalidations,
      ...(reportsLoss ? { fec_reports: now.reports - before.reports } : {}),
    };
  }
}
