/** Totals of streams only grow, outlive their sessions, and say nothing that was not measured. */
import { expect, test } from "bun:test";
import type { CaptureSession, StatsSample } from "../../src/model/capture.ts";
import type { ScrapedMetric } from "../../src/model/scraped-metric.ts";
import { StreamTotals } from "../../src/telemetry/stream-totals.ts";
import { busyStreams } from "../support/fake-telemetry.ts";
import { madeRows } from "../verdict/made-rows.ts";

const session: CaptureSession = {
  ...{ session_id: 7, kind: "native", width: 1280, height: 720, fps: 60 },
  ...{ codec: "h264", client: "a television" },
};
const nothing = madeRows(0);
const labels = { kind: "native", codec: "h264" };

const sampleOf = (change: Partial<StatsSample> = {}): StatsSample => ({
  ...{ t_ms: 0, session_id: 7, stages: [], fps: 60, repeat_fps: 0, mbps: 8, bitrate_kbps: 9000 },
  ...{ frames_dropped: 0, packets_dropped: 0, send_dropped: 0, fec_recovered: 0 },
  ...change,
});

const begun = () => {
  const totals = new StreamTotals();
  totals.onStart(session);
  return totals;
};

const metricIn = (metrics: readonly ScrapedMetric[], name: string) =>
  metrics.find((metric) => metric.name === name);

function numberOf(totals: StreamTotals, name: string, more: Record<string, string> = {}) {
  const metric = metricIn(totals.metrics(), name);
  if (metric === undefined || metric.type === "histogram") return undefined;
  const wanted = JSON.stringify({ ...labels, ...more });
  return metric.samples.find((sample) => JSON.stringify(sample.labels) === wanted)?.value;
}

test("each slot is counted by what became of it, missed ones too", () => {
  const totals = begun();
  const rows = madeRows(60, (row) => (row < 50 ? {} : { fate: 1, bytes: Number.NaN }));
  totals.onRows(session, nothing, rows);
  expect(numberOf(totals, "stream_frames_total", { fate: "sent" })).toBe(50);
  expect(numberOf(totals, "stream_frames_total", { fate: "missed" })).toBe(10);
  expect(numberOf(totals, "stream_bytes_total")).toBe(50 * 20_000);
  expect(numberOf(totals, "stream_packets_total", { content: "parity" })).toBe(50 * 2);
});

test("a session that has just begun has its series already, at 0", () => {
  const totals = begun();
  expect(numberOf(totals, "stream_frames_total", { fate: "lost" })).toBe(0);
  expect(numberOf(totals, "stream_bytes_total")).toBe(0);
});

test("a session that ends leaves its totals, and takes its rates along", () => {
  const totals = begun();
  totals.onRows(session, nothing, madeRows(60));
  totals.onSample(sampleOf());
  expect(numberOf(totals, "stream_media_bytes_per_second")).toBe(1e6);
  expect(numberOf(totals, "stream_target_frames_per_second")).toBe(60);
  totals.onEnd(session.session_id);
  expect(numberOf(totals, "stream_frames_total", { fate: "sent" })).toBe(60);
  expect(numberOf(totals, "stream_media_bytes_per_second")).toBe(0);
  expect(numberOf(totals, "stream_target_frames_per_second")).toBe(0);
});

test("losses are absent until a player reports them", () => {
  const totals = begun();
  totals.onSample(sampleOf({ unmeasured: ["packets_dropped", "fec_recovered"] }));
  expect(numberOf(totals, "stream_packets_lost_total")).toBeUndefined();
  expect(numberOf(totals, "stream_windows_total", { losses: "not_reported" })).toBe(1);
  totals.onSample(sampleOf({ packets_dropped: 4, fec_recovered: 3 }));
  expect(numberOf(totals, "stream_packets_lost_total")).toBe(4);
  expect(numberOf(totals, "stream_packets_rebuilt_total")).toBe(3);
  expect(numberOf(totals, "stream_windows_total", { losses: "reported" })).toBe(1);
});

test("a frame's time is its stages, its queue and its gap", () => {
  const totals = begun();
  const row = { capture_us: 900, submit_us: 100, encode_us: 3000, send_us: 800 };
  totals.onRows(
    session,
    nothing,
    madeRows(1, () => ({ ...row, queue_us: 100, gap_us: 100 })),
  );
  const metric = metricIn(totals.metrics(), "stream_frame_seconds");
  expect(metric?.type === "histogram" && metric.samples[0]?.values.sum).toBe(0.005);
});

test("latency at the player ends with the frame shown, or complete where that is not known", () => {
  const totals = begun();
  const rows = madeRows(2, (row) => ({
    ...{ wait_us: 1000, complete_us: 21_000 },
    ...(row === 0 ? { shown_us: 41_000 } : {}),
  }));
  totals.onRows(session, nothing, rows);
  const metric = metricIn(totals.metrics(), "stream_viewer_latency_seconds");
  if (metric?.type !== "histogram") throw new Error("no latency");
  expect(metric.samples.map((sample) => [sample.labels, sample.values.sum])).toEqual([
    [{ kind: "native", until: "shown" }, 0.04],
    [{ kind: "native", until: "complete" }, 0.02],
  ]);
});

test("a thousand players of all paths have as many series as one of each path and codec", () => {
  const seriesIn = (totals: StreamTotals) =>
    totals.metrics().flatMap(({ name, samples }) => {
      return samples.map((sample) => `${name} ${JSON.stringify(sample.labels)}`);
    });
  const one = busyStreams(1);
  const many = busyStreams(112);
  expect(seriesIn(many)).toEqual(seriesIn(one));
  const names = new Set(
    many.metrics().flatMap(({ samples }) => samples.flatMap((each) => Object.keys(each.labels))),
  );
  expect([...names].sort()).toEqual([
    ...["codec", "content", "fate", "kind", "losses", "stage", "until"],
  ]);
});

test("a path or codec that is not known is counted nowhere", () => {
  const totals = new StreamTotals();
  totals.onStart({ ...session, codec: "vp9" });
  totals.onRows(session, nothing, madeRows(10));
  expect(metricIn(totals.metrics(), "stream_frame_seconds")?.samples).toEqual([]);
});
