/** A recorder with real parts below a directory, and samples to push into it. */
import { join } from "node:path";
import { Gate } from "../../src/base/gate.ts";
import { SharedSequence } from "../../src/base/shared-sequence.ts";
import type { StatsSample } from "../../src/model/capture.ts";
import { Recorder } from "../../src/recorder/recorder.ts";
import type { SessionRequest } from "../../src/recorder/session-request.ts";
import { CaptureStore } from "../../src/store/capture-store.ts";
import type { HostTimeline } from "../../src/timeline/host-timeline.ts";
import { ManualClock } from "./manual-clock.ts";
import { timelineOn } from "./timeline-parts.ts";

export type RecorderParts = {
  readonly timeline: HostTimeline;
  readonly clock: ManualClock;
  readonly gate: Gate;
  readonly store: CaptureStore;
  readonly recorder: Recorder;
} & AsyncDisposable;

export function recorderIn(
  directory: string,
  captures = join(directory, "captures"),
): RecorderParts {
  const clock = new ManualClock();
  const gate = new Gate();
  const store = new CaptureStore(captures);
  const timeline = timelineOn(clock);
  const recorder = new Recorder({
    gate,
    clock,
    vault: store,
    journalDirectory: join(directory, "journal"),
    hostName: "test-host",
    sessionIds: new SharedSequence(),
    timeline,
  });
  return {
    clock,
    gate,
    store,
    recorder,
    timeline,
    [Symbol.asyncDispose]: () => recorder[Symbol.asyncDispose](),
  };
}

export const nativeSession: SessionRequest = {
  kind: "native",
  width: 1920,
  height: 1080,
  fps: 60,
  codec: "h264",
  client: "a player",
};

export function sampleOf(fields: Partial<StatsSample> = {}): StatsSample {
  return {
    t_ms: 0,
    session_id: 0,
    stages: [{ name: "capture", p50_us: 100, p99_us: 200 }],
    fps: 60,
    repeat_fps: 0,
    mbps: 25,
    bitrate_kbps: 20_000,
    frames_dropped: 0,
    packets_dropped: 0,
    send_dropped: 0,
    fec_recovered: 0,
    ...fields,
  };
}
