/** Totals of a host on which every path has streamed with every codec, everything measured. */
import {
  type CodecName,
  codecs,
  type Kind,
  kinds,
  type StatsSample,
} from "../../src/model/capture.ts";
import type { FrameTable } from "../../src/model/frames.ts";
import { TelemetryService } from "../../src/telemetry/service.ts";
import { StreamTotals } from "../../src/telemetry/stream-totals.ts";
import { type MadeRow, madeRows } from "../verdict/made-rows.ts";
import { ManualClock } from "./manual-clock.ts";

const window: StatsSample = {
  ...{ t_ms: 2000, session_id: 1, stages: [], fps: 60, repeat_fps: 0, mbps: 9.5 },
  ...{ bitrate_kbps: 10_000, frames_dropped: 0, packets_dropped: 3, send_dropped: 1 },
  ...{ fec_recovered: 2, idr_requests: 1, rtt_us: 1500 },
};
const ofBrowsers: Partial<StatsSample> = {
  ...{ client_dropped: 4, client_stalls: 1 },
  unmeasured: ["packets_dropped", "fec_recovered"],
};

/** What each path knows of a frame, beside what all do. */
const rowsOfPath: Readonly<Record<Kind, (row: number) => MadeRow>> = {
  native: (row) => ({ complete_us: row % 2 ? 9000 : 12_000 }),
  gamestream: () => ({ submit_us: Number.NaN, packetize_us: 40 }),
  moq: (row) => ({
    ...{ packets: Number.NaN, parity: Number.NaN, complete_us: 12_000 },
    ...(row % 4 === 0 ? {} : { shown_us: 30_000 }),
  }),
};

/** @param sessionCount of each path and codec that it has, all of which still run */
export function busyStreams(sessionCount = 1): StreamTotals {
  const streams = new StreamTotals();
  const all = streamed.flatMap((stream) => Array.from({ length: sessionCount }, () => stream));
  for (const [index, { kind, codec }] of all.entries()) {
    const session_id = index + 1;
    const size = { width: 1280, height: 720, fps: 60 };
    const session = { session_id, kind, codec, client: "somebody", ...size };
    streams.onStart(session);
    streams.onRows(session, noRows, rowsOf(kind));
    streams.onSample({ ...window, ...(kind === "moq" ? ofBrowsers : {}), session_id });
  }
  return streams;
}

const streamed = kinds.flatMap((kind) =>
  codecs
    .filter((codec) => kind !== "moq" || codec !== "hevc")
    .map((codec): { kind: Kind; codec: CodecName } => ({ kind, codec })),
);

const noRows = madeRows(0);
/** Of every fate. */
function rowsOf(kind: Kind): FrameTable {
  return madeRows(600, (row) => ({
    ...{ fate: row < 594 ? 0 : row % 6, repeat: row % 3 === 0 ? 1 : 0, quality: 70 + (row % 30) },
    ...rowsOfPath[kind](row),
  }));
}

/** Of a directory without captures. */
export function fakeTelemetry(streams = busyStreams()): TelemetryService {
  const clock = new ManualClock();
  return new TelemetryService({
    ...{ clock, streams, directory: import.meta.dir, startedUs: clock.nowUs() - 1e6 },
    history: {
      ...{ isOn: true, isStopped: false, droppedCount: 2, overwrittenCount: 0 },
      held: () => ({ bytes: 1e6, segmentCount: 3 }),
    },
    certificateEndMs: () => 2_000_000_000_000,
  });
}
