/**
 * Samples of the GameStream path, one a second.
 *
 * The stages of this path are capture, encode, packetize and send. The hand-over to the encoder
 * (submit elsewhere) is counted into encode: the picture is complete when it begins, and the
 * encoder has it when it ends.
 *
 * Losses are known only from the player's reports. They cover only blocks that needed repair, so
 * the figures are lower bounds; from a player that sends none they are not measured.
 */
import { type SoundAges, soundLatencyIn } from "../../audio/sound-latency.ts";
import type { Gate } from "../../base/gate.ts";
import type { SampleWindow } from "../../measure/sample-window.ts";
import type { StageName, StatsSample } from "../../model/capture.ts";
import type { MetricName } from "../../model/metrics.ts";
import type { FrameRecord } from "../../session/frame-record.ts";
import { askedIn, inputIn, nothingYet, type SessionTotals } from "../../session/session-totals.ts";
import { type SampleTakers, type WindowEnd, WindowSampler } from "../../session/window-sampler.ts";

export const windowUs = 1_000_000;
const stages = ["capture", "encode", "packetize", "send"] as const satisfies StageName[];
/** A second at 480 fps, with some margin. */
const frameCountMax = 600;
const fromReports = ["packets_dropped", "fec_recovered"] as const satisfies MetricName[];

/**
 * With how often the player asked not to refer to frames, and how many of its silences were judged.
 */
export type VideoTotals = SessionTotals & {
  readonly invalidations: number;
  readonly silencesJudged: number;
  /** The player's input that reached the source; absent if it accepts none. */
  readonly actionCount?: number;
  /** Absent before there is any. */
  readonly sound?: SoundAges;
};

/** What a sampler of this path needs of its session. */
type Options = {
  readonly gate: Gate;
  /** The player reports losses when there are any. */
  readonly reportsLoss: boolean;
  readonly takers: SampleTakers;
  fps(): number;
  totals(): VideoTotals;
};

/** The samples of one GameStream session. */
export function openSampler(options: Options): WindowSampler {
  const { gate, takers, fps, totals, reportsLoss } = options;
  let before: VideoTotals = { ...nothingYet, invalidations: 0, silencesJudged: 0 };
  return new WindowSampler({
    ...{ gate, takers, windowUs, stages, frameCountMax, fps, stageTimes },
    onBegin: () => {
      before = totals();
    },
    close: (window, end) => {
      const now = totals();
      const sample = sampleOf(window, { now, before, end, reportsLoss });
      before = now;
      return sample;
    },
  });
}

/** Hot path. */
function stageTimes(record: FrameRecord, times: Float64Array): void {
  times[0] = record.captureUs;
  times[1] = record.submitUs + record.encodeUs;
  times[2] = record.packetizedUs - record.takenUs;
  times[3] = record.handedUs - record.packetizedUs;
}

type Facts = {
  readonly now: VideoTotals;
  readonly before: VideoTotals;
  readonly end: WindowEnd;
  readonly reportsLoss: boolean;
};

function sampleOf(window: SampleWindow, { now, before, end, reportsLoss }: Facts): StatsSample {
  const unmeasured: MetricName[] = reportsLoss ? [] : [...fromReports];
  if (now.rttUs === undefined) unmeasured.push("rtt_us");
  const sound = soundLatencyIn(now.sound, before.sound);
  const sample = window.close(end.nowUs, {
    bitrate_kbps: now.bitrateKbps,
    frames_dropped: now.framesDropped - before.framesDropped,
    missed_slots: end.missedSlots,
    send_dropped: now.sendDropped - before.sendDropped,
    packets_dropped: now.packetsDropped - before.packetsDropped,
    fec_recovered: now.fecRecovered - before.fecRecovered,
    frames_lost: now.framesLost - before.framesLost,
    idr_requests: now.idrRequests - before.idrRequests,
    rtt_us: now.rttUs,
    ...sound,
    unmeasured,
    // The fate of a frame is reported for some of them only.
    lower_bounds: [...(reportsLoss ? fromReports : []), "frames_lost", ...namesIn(sound)],
  });
  const unreachableUs = Math.round(now.unreachableUs - before.unreachableUs);
  return {
    ...sample,
    ...(unreachableUs > 0 ? { unreachable_us: unreachableUs } : {}),
    ...pauseIn(now, before),
    ...askedIn(now),
    ...inputIn(now, before),
    rfi_requests: now.invalidations - before.invalidations,
    ...(reportsLoss ? { fec_reports: now.reports - before.reports } : {}),
  };
}

/** The buffer of the sound server itself is unknown. */
function namesIn(sound: { sound_latency_us?: number }): MetricName[] {
  return sound.sound_latency_us === undefined ? [] : ["sound_latency_us"];
}

/** After a silence could be judged, 0 if the player was not stopped; absent otherwise. */
function pauseIn(now: VideoTotals, before: VideoTotals): { player_pause_us?: number } {
  if (now.silencesJudged === before.silencesJudged) return {};
  return { player_pause_us: Math.round((now.playerPausedUs ?? 0) - (before.playerPausedUs ?? 0)) };
}
