/** Rows of a native session, from its encode worker to main. */
import { expect, test } from "bun:test";
import { RowReader } from "../../src/frames/row-reader.ts";
import { filterTable } from "../../src/frames/table.ts";
import type { StatsSample } from "../../src/model/capture.ts";
import type { FrameColumnName, FrameTable } from "../../src/model/frames.ts";
import { clock, ownCredentials, startTestHost, startTestPlayer } from "../support/native.ts";

const stages = ["capture", "submit", "encode", "send"] as const;

test("a window's sample is what its rows say, to the last digit", async () => {
  await using host = await startTestHost();
  host.gate.setHistory(true);
  using player = await startTestPlayer(host.host.port, await ownCredentials(host));
  const { rows: memory, session } = await host.event("session_started");
  const { sample, captureNumber } = await host.event("sample");
  expect(captureNumber).toBe(0);
  await player.frameCount((sample.frame_count ?? 0) + 1);
  const reader = new RowReader(memory, session.session_id);
  const { written } = reader.read(clock.nowUs());
  expect(reader.overwrittenCount).toBe(0);
  const worked = workedOut(written, sample.window_us ?? 0);
  for (const [name, value] of Object.entries(worked)) {
    expect({ [name]: sample[name as keyof StatsSample] }).toEqual({ [name]: value });
  }
});

test("slot numbers grow by one, each due a frame interval after the one before", async () => {
  await using host = await startTestHost();
  host.gate.setHistory(true);
  using player = await startTestPlayer(host.host.port, await ownCredentials(host));
  const { rows: memory } = await host.event("session_started");
  await player.frameCount(120);
  const { columns, count } = new RowReader(memory, 1).read(Number.POSITIVE_INFINITY).written;
  expect(count).toBeGreaterThanOrEqual(120);
  for (let row = 1; row < count; row++) {
    expect((columns.frame[row] ?? 0) - (columns.frame[row - 1] ?? 0)).toBe(1);
    const apartUs = (columns.due_us[row] ?? 0) - (columns.due_us[row - 1] ?? 0);
    expect(Math.abs(apartUs - 1e6 / 60)).toBeLessThan(1);
  }
});

test("while nobody asks for it no row is written", async () => {
  await using host = await startTestHost();
  using player = await startTestPlayer(host.host.port, await ownCredentials(host));
  const { rows: memory } = await host.event("session_started");
  await player.frameCount(20);
  expect(new RowReader(memory, 1).read(Number.POSITIVE_INFINITY).written.count).toBe(0);
});

/** The sample of the first window, from rows alone. */
function workedOut(all: FrameTable, windowUs: number): Partial<StatsSample> {
  const taken = (table: FrameTable, row: number) =>
    ["due_us", "wait_us", "capture_us", "submit_us", "encode_us", "queue_us"].reduce(
      (sum, name) => sum + (table.columns[name as FrameColumnName][row] ?? 0),
      0,
    );
  const sent = filterTable(all, (row) => all.columns.fate[row] === 0);
  const startUs = taken(sent, 0);
  const rows = filterTable(sent, (row) => taken(sent, row) < startUs + windowUs);
  const { columns, count } = rows;
  const list = (make: (row: number) => number) =>
    Array.from({ length: count }, (_, row) => make(row));
  const of = (name: FrameColumnName) => list((row) => columns[name][row] ?? Number.NaN);
  const stageUs = (row: number) =>
    stages.reduce((sum, stage) => sum + (columns[`${stage}_us`][row] ?? 0), 0);
  const gaps = list((row) => (columns.queue_us[row] ?? 0) + (columns.gap_us[row] ?? 0));
  const totals = list((row) => stageUs(row) + (gaps[row] ?? 0));
  const means = stages.map((stage) => mean(of(`${stage}_us`)));
  return {
    frame_count: count,
    stages: stages.map((name) => timing(name, of(`${name}_us`))),
    total_p50_us: rank(totals, 0.5),
    total_p99_us: rank(totals, 0.99),
    total_mean_us: round(means.reduce((sum, one) => sum + one, mean(gaps))),
    gap_mean_us: mean(gaps),
    gap_p99_us: rank(gaps, 0.99),
    fps: perSecond(of("repeat").filter((flag) => flag === 0).length, windowUs),
    repeat_fps: perSecond(of("repeat").filter((flag) => flag === 1).length, windowUs),
    mbps: perSecond((of("bytes").reduce((sum, one) => sum + one, 0) * 8) / 1e6, windowUs),
  };
}

function timing(name: string, times: readonly number[]) {
  const [p50_us, p99_us] = [rank(times, 0.5), rank(times, 0.99)];
  return { name, p50_us, p99_us, mean_us: mean(times), max_us: Math.max(...times) };
}

const rank = (values: readonly number[], share: number) =>
  values.toSorted((a, b) => a - b)[Math.ceil(share * values.length) - 1] ?? Number.NaN;
const round = (value: number) => Math.round(value * 1000) / 1000;
const mean = (values: readonly number[]) =>
  round(values.reduce((sum, one) => sum + one, 0) / values.length);
const perSecond = (amount: number, windowUs: number) => round((amount * 1e6) / windowUs);
