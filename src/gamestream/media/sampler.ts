/**
 * Hot path: from sent frames to one sample a second.
 *
 * The stages of this path are capture, encode, packetize and send. The hand-over to the encoder
 * (submit elsewhere) is counted into encode: the picture is complete when it begins, and the
 * encoder has it when it ends.
 *
 * What is lost comes from the player's reports alone. They cover only blocks that needed repair, so
 * the figures are lower bounds; from a player that sends none they are not measured.
 */
import type { Gate } from "../../base/gate.ts";
import type { SampleWindow } from "../../measure/sample-window.ts";
import type { StageName, StatsSample } from "../../model/capture.ts";
import type { MetricName } from "../../model/metrics.ts";
import type { LentFrame } from "../../session/frame-queue.ts";
import { type SampleTakers, WindowSampler } from "../../session/window-sampler.ts";
import type { SentFrame } from "./video-sender.ts";

export const windowUs = 1_000_000;
export const stages = [
  "capture",
  "encode",
  "packetize",
  "send",
] as const satisfies readonly StageName[];
/** A second at 240 fps, and then some. */
const frameCountMax = 300;
const fromReports = ["packets_dropped", "fec_recovered"] as const satisfies MetricName[];

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
  readonly takers: SampleTakers;
  totals(): Totals;
};

export class Sampler {
  readonly #options: SamplerOptions;
  readonly #windows: WindowSampler;
  #before: Totals;

  constructor(options: SamplerOptions) {
    const { gate, takers, totals } = options;
    this.#options = options;
    this.#before = totals();
    this.#windows = new WindowSampler({
      ...{ gate, takers, windowUs, stages, frameCountMax },
      onBegin: () => {
        this.#before = totals();
      },
      close: (window, nowUs) => this.#close(window, nowUs),
    });
  }

  /** Before a frame is cut into packets. */
  onTaken(frame: LentFrame, takenUs: number): void {
    this.#windows.onTaken(frame, takenUs);
  }

  /** After its last packet. */
  onSent(frame: LentFrame, { takenUs, sealedUs, handedUs, byteCount }: SentFrame): void {
    const window = this.#windows.windowFor(frame);
    if (window === undefined) return;
    const times = window.stageUs;
    times[0] = frame.captureUs;
    times[1] = frame.submitUs + frame.encodeUs;
    times[2] = sealedUs - takenUs;
    times[3] = handedUs - sealedUs;
    window.addFrame(handedUs - frame.captureStartUs, byteCount, frame);
  }

  /** A few times a second: closes the window of a stream that stands still. */
  tick(nowUs: number): void {
    this.#windows.tick(nowUs);
  }

  #close(window: SampleWindow, nowUs: number): StatsSample {
    const { totals, reportsLoss } = this.#options;
    const [before, now] = [this.#before, totals()];
    this.#before = now;
    const unmeasured: MetricName[] = reportsLoss ? [] : [...fromReports];
    if (now.rttUs === undefined) unmeasured.push("rtt_us");
    const sample = window.close(nowUs, {
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
