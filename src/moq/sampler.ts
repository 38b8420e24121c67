/**
 * Samples of one broadcast, one per second. This path has no datagrams, so their loss cannot be
 * measured.
 */

import { type SoundAges, soundLatencyIn } from "../audio/sound-latency.ts";
import type { Gate } from "../base/gate.ts";
import { log } from "../base/log.ts";
import type { SampleWindow } from "../measure/sample-window.ts";
import type { CaptureSession, CodecName, Kind, StageName, StatsSample } from "../model/capture.ts";
import { stageTimes } from "../session/frame-record.ts";
import { askedIn, inputIn } from "../session/session-totals.ts";
import { type WindowEnd, WindowSampler } from "../session/window-sampler.ts";

const windowUs = 1_000_000;
const stages = ["capture", "submit", "encode", "send"] as const satisfies StageName[];
/** Exact percentiles up to twice the highest rate. */
const frameCountMax = 512;
const unmeasured = ["packets_dropped", "send_dropped", "fec_recovered", "rtt_us"] as const;

/** What a capture needs of a broadcast. */
export type BroadcastSession = CaptureSession & { readonly kind: Kind; readonly codec: CodecName };

/** This room's access to the recorder. */
export type SampleSink = {
  registerSession(session: BroadcastSession): unknown;
  pushSample(sessionId: number, sample: StatsSample, captureNumber: number): void;
};

/** Running totals of a broadcast. */
export type BroadcastTotals = {
  /** Frames captured or encoded that no viewer received. */
  readonly framesDropped: number;
  readonly framesSkipped: number;
  readonly idrRequests: number;
  readonly framesSent: number;
  /** Current values. */
  readonly viewers: number;
  /** Viewers' input that reached the source; absent if it accepts none. */
  readonly actionCount?: number;
  readonly bitrateKbps: number;
  readonly askedKbps?: number;
  /** Absent before there is any. */
  readonly sound?: SoundAges;
};

type Options = {
  readonly gate: Gate;
  readonly sink: SampleSink;
  readonly sessionId: number;
  /** As it is when a capture begins. */
  describe(): BroadcastSession;
  fps(): number;
  totals(): BroadcastTotals;
  /** Viewers' reports since the last query. */
  clientFields(): Partial<StatsSample>;
};

/** The samples of one broadcast. */
export function openSampler(options: Options): WindowSampler {
  const { gate, sink, sessionId, describe, fps, totals, clientFields } = options;
  let before: BroadcastTotals | undefined;
  const begin = () => {
    before = totals();
    clientFields();
  };
  const close = (window: SampleWindow, end: WindowEnd) => {
    const [now, client] = [totals(), clientFields()];
    const facts = { now, before: before ?? now, client };
    before = now;
    return sampleOf(window, end, facts);
  };
  return new WindowSampler({
    ...{ gate, windowUs, stages, frameCountMax, fps, stageTimes, close },
    // Frames are delivered some time after they were captured: none is waited for.
    graceUs: 0,
    takers: {
      onRecording: () => void sink.registerSession(describe()),
      onSample: (captureNumber, sample) => sink.pushSample(sessionId, sample, captureNumber),
      onWindow: (sample) => log("window", { kind: "moq", ...sample, session_id: sessionId }),
    },
    onBegin: begin,
  });
}

type Facts = {
  readonly now: BroadcastTotals;
  readonly before: BroadcastTotals;
  readonly client: Partial<StatsSample>;
};

/** `undefined` for a window without viewers. */
function sampleOf(
  window: SampleWindow,
  { nowUs, missedSlots }: WindowEnd,
  { now, before, client }: Facts,
): StatsSample | undefined {
  if (now.viewers === 0 && now.framesSent === before.framesSent) return undefined;
  const sound = soundLatencyIn(now.sound, before.sound);
  const sample = window.close(nowUs, {
    bitrate_kbps: now.bitrateKbps,
    missed_slots: missedSlots,
    frames_dropped: now.framesDropped - before.framesDropped,
    packets_dropped: 0,
    send_dropped: 0,
    fec_recovered: 0,
    idr_requests: now.idrRequests - before.idrRequests,
    ...sound,
    unmeasured,
    // The buffer of the sound server itself is unknown.
    ...(sound.sound_latency_us === undefined
      ? {}
      : { lower_bounds: ["sound_latency_us"] as const }),
  });
  const viewer_skipped = now.framesSkipped - before.framesSkipped;
  const input = inputIn(now, before);
  return { ...sample, ...askedIn(now), ...input, viewers: now.viewers, viewer_skipped, ...client };
}
