/** Captures made up for tests of what shows them: plausible numbers that repeat for the same seed. */
import type { Capture, CaptureSession, StatsSample } from "../../src/model/capture.ts";
import type { Session } from "../../src/model/session.ts";

export type MadeCapture = {
  readonly id: string;
  readonly windowCount: number;
  readonly startedUnixMs?: number;
  readonly client?: string;
  readonly windowMs?: number;
  readonly sessions?: readonly CaptureSession[];
  /** The window in which one frame took ten times as long. */
  readonly spikeIndex?: number;
  readonly unmeasured?: readonly string[];
  readonly kind?: string;
};

const startedUnixMs = Date.UTC(2026, 5, 26, 20, 14, 3);

export function madeCapture(made: MadeCapture): Capture {
  const sessions = made.sessions ?? [sessionOf(made)];
  const [first] = sessions;
  if (first === undefined) throw new Error("a made capture needs a session");
  const windowMs = made.windowMs ?? 2000;
  const samples: StatsSample[] = [];
  for (const session of sessions) {
    for (let index = 0; index < made.windowCount; index += 1) {
      samples.push(madeSample(made, session, { index, windowMs }));
    }
  }
  samples.sort((one, other) => one.t_ms - other.t_ms);
  const { session_id: _id, ...head } = first;
  return {
    meta: {
      id: made.id,
      started_unix_ms: made.startedUnixMs ?? startedUnixMs,
      duration_ms: made.windowCount * windowMs + 500,
      ...head,
      sample_count: samples.length,
      version: 1,
      truncated: false,
      recovered: false,
      sessions: [...sessions],
      host: "test-host",
    },
    samples,
  };
}

export function sessionOf({ client, kind }: Partial<MadeCapture>): CaptureSession {
  return {
    session_id: 1,
    kind: kind ?? "native",
    width: 1920,
    height: 1080,
    fps: 60,
    codec: "h264",
    client: client ?? "living room",
  };
}

type Place = { readonly index: number; readonly windowMs: number };

export function madeSample(
  made: Pick<MadeCapture, "spikeIndex" | "unmeasured">,
  session: CaptureSession,
  { index, windowMs }: Place,
): StatsSample {
  const wave = Math.sin(index / 17) + Math.sin(index / 5.3 + session.session_id) / 3;
  const isSpike = index === made.spikeIndex;
  const stages = [
    stage("capture", 1800 + 200 * wave),
    stage("submit", 300 + 30 * wave),
    stage("encode", (4200 + 700 * wave) * (isSpike ? 4 : 1)),
    stage("send", 1400 + 300 * wave),
  ];
  const mean = stages.reduce((sum, { mean_us }) => sum + mean_us, 0);
  return {
    t_ms: (index + 1) * windowMs + session.session_id,
    session_id: session.session_id,
    stages,
    fps: isSpike ? 31 : 60 - Math.abs(Math.round(wave)),
    repeat_fps: Math.max(0, Math.round(wave)),
    mbps: 18 + wave,
    bitrate_kbps: 20_000,
    frames_dropped: isSpike ? 14 : 0,
    packets_dropped: index % 40 === 7 ? 3 : 0,
    send_dropped: 0,
    fec_recovered: index % 40 === 7 ? 3 : 0,
    rtt_us: Math.round(900 + 120 * wave),
    total_mean_us: mean + 150,
    total_p50_us: Math.round(mean * 0.97),
    total_p99_us: isSpike ? 96_000 : Math.round(mean * 1.45),
    gap_mean_us: 150,
    gap_p99_us: 320,
    frame_count: 120,
    window_us: windowMs * 1000,
    frames_lost: 0,
    idr_requests: 0,
    missed_slots: isSpike ? 6 : 0,
    keyframes: index === 0 ? 1 : 0,
    unmeasured: [...(made.unmeasured ?? [])],
    lower_bounds: [],
  };
}

function stage(name: string, middle: number) {
  const p50_us = Math.round(middle);
  return {
    name,
    p50_us,
    p99_us: Math.round(middle * 1.6),
    mean_us: Math.round(middle * 1.03),
    max_us: Math.round(middle * 2.4),
  };
}

export function playingSession(fields: Partial<Session> = {}): Session {
  return {
    session_id: 1,
    kind: "native",
    client: "living room",
    width: 1920,
    height: 1080,
    fps: 60,
    codec: "h264",
    encoder: "libx264",
    bitrate_kbps: 20_000,
    started_unix_ms: Date.now() - 65_000,
    frames_sent: 3900,
    bytes_sent: 9_000_000,
    packets_sent: 9000,
    packets_lost: 12,
    rtt_us: 940,
    ...fields,
  };
}
