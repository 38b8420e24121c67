/**
 * Samples of the native path, one every two seconds.
 *
 * Counters are differences of running totals. Data that only the player knows is "unmeasured" in a
 * window without a report, and belongs to the next window that has one: nothing gets lost.
 */
import type { Gate } from "../../base/gate.ts";
import type { WindowCounters } from "../../measure/sample-window.ts";
import type { StageName } from "../../model/capture.ts";
import type { MetricName } from "../../model/metrics.ts";
import { stageTimes } from "../../session/frame-record.ts";
import { askedIn, nothingYet, type SessionTotals } from "../../session/session-totals.ts";
import { type SampleTakers, type WindowEnd, WindowSampler } from "../../session/window-sampler.ts";

export const windowUs = 2_000_000;
const stages = ["capture", "submit", "encode", "send"] as const satisfies StageName[];
/** Two seconds at 480 fps, and then some. */
const frameCountMax = 1024;
const fromPlayer = ["packets_dropped", "fec_recovered", "rtt_us"] as const satisfies MetricName[];

/** What a sampler of this path needs of its session. */
type Options = {
  readonly gate: Gate;
  readonly takers: SampleTakers;
  fps(): number;
  totals(): SessionTotals;
};

/** The samples of one native session. */
export function openSampler({ gate, takers, fps, totals }: Options): WindowSampler {
  const counters = new Counters(totals);
  return new WindowSampler({
    ...{ gate, takers, windowUs, stages, frameCountMax, fps, stageTimes },
    onBegin: () => counters.begin(),
    close: (window, end) => window.close(end.nowUs, counters.next(end)),
  });
}

class Counters {
  readonly #totals: () => SessionTotals;
  /** As of the last window, and of the last one with a report of the player. */
  #host = nothingYet;
  #player = nothingYet;

  constructor(totals: () => SessionTotals) {
    this.#totals = totals;
  }

  begin(): void {
    this.#host = this.#totals();
    this.#player = this.#host;
  }

  next({ missedSlots }: WindowEnd): WindowCounters {
    const now = this.#totals();
    const hasReport = now.reports > this.#player.reports;
    const [host, player] = [this.#host, this.#player];
    this.#host = now;
    const counters = {
      bitrate_kbps: now.bitrateKbps,
      frames_dropped: now.framesDropped - host.framesDropped,
      missed_slots: missedSlots,
      send_dropped: now.sendDropped - host.sendDropped,
      ...unreachableIn(now.unreachableUs - host.unreachableUs),
      ...askedIn(now),
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
      ...playerIn(now, player),
      unmeasured: now.rttUs === undefined ? (["rtt_us"] as const) : [],
    };
  }
}

/** The player's reports about itself; absent if it reports nothing, or nothing happened. */
function playerIn(now: SessionTotals, before: SessionTotals) {
  const pausedUs = (now.playerPausedUs ?? 0) - (before.playerPausedUs ?? 0);
  const waitedUs = (now.playerWaitedUs ?? 0) - (before.playerWaitedUs ?? 0);
  return {
    ...(pausedUs > 0 ? { player_pause_us: Math.round(pausedUs) } : {}),
    ...(now.playerWaitedUs === undefined ? {} : { player_wait_us: Math.round(waitedUs) }),
  };
}

/** Absent if the player was heard all the time. */
function unreachableIn(us: number): { unreachable_us?: number } {
  return us > 0 ? { unreachable_us: Math.round(us) } : {};
}
