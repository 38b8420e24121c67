/**
 * Hot path: from sent frames to one sample every two seconds.
 *
 * Counters are differences of running totals. What only the player knows is "unmeasured" in a
 * window without a report, and then falls into the next window that has one: nothing gets lost.
 */
import type { Gate } from "../../base/gate.ts";
import type { StageName } from "../../model/capture.ts";
import type { MetricName } from "../../model/metrics.ts";
import type { LentFrame } from "../../session/frame-queue.ts";
import { type SampleTakers, WindowSampler } from "../../session/window-sampler.ts";
import type { SentFrame } from "./sender.ts";

export const windowUs = 2_000_000;
const stages = ["capture", "submit", "encode", "send"] as const satisfies StageName[];
/** Two seconds at 240 fps, and then some. */
const frameCountMax = 512;
const fromPlayer = ["packets_dropped", "fec_recovered", "rtt_us"] as const satisfies MetricName[];

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
  readonly takers: SampleTakers;
  totals(): Totals;
};

export class Sampler {
  readonly #totals: () => Totals;
  readonly #windows: WindowSampler;
  #host: Totals;
  #player: Totals;

  constructor({ gate, takers, totals }: SamplerOptions) {
    this.#totals = totals;
    this.#host = totals();
    this.#player = this.#host;
    this.#windows = new WindowSampler({
      ...{ gate, takers, windowUs, stages, frameCountMax },
      onBegin: () => {
        this.#host = totals();
        this.#player = this.#host;
      },
      close: (window, nowUs) => window.close(nowUs, this.#counters()),
    });
  }

  /** Before the first packet of a frame. */
  onTaken(frame: LentFrame, takenUs: number): void {
    this.#windows.onTaken(frame, takenUs);
  }

  /** After its last. */
  onSent(frame: LentFrame, { takenUs, handedUs, byteCount }: SentFrame): void {
    const window = this.#windows.windowFor(frame);
    if (window === undefined) return;
    const times = window.stageUs;
    times[0] = frame.captureUs;
    times[1] = frame.submitUs;
    times[2] = frame.encodeUs;
    times[3] = handedUs - takenUs;
    window.addFrame(handedUs - frame.captureStartUs, byteCount, frame);
  }

  /** A few times a second: closes the window of a stream that stands still. */
  tick(nowUs: number): void {
    this.#windows.tick(nowUs);
  }

  #counters() {
    const now = this.#totals();
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
