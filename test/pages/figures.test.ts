/** The figures of a range. */
import { expect, test } from "bun:test";
import { makeFigures } from "../../src/analysis/figures.ts";
import type { Capture } from "../../src/model/capture.ts";
import { madeCapture, sessionOf } from "../support/made-capture.ts";
import { openPages } from "./support.ts";

const whole = { session: undefined, fromMs: undefined, toMs: undefined };

function rowOf(capture: Capture, name: string, range: typeof whole | object = whole) {
  const { rows } = makeFigures(capture, { ...whole, ...range });
  return rows.find((row) => (typeof row.name === "string" ? row.name : row.name.stage) === name);
}

test("a stage has the middle of the medians, the worst p99 and the longest frame", () => {
  const capture = madeCapture({ id: "a", windowCount: 4 });
  const medians = [400, 100, 300, 200];
  for (const [index, sample] of capture.samples.entries()) {
    const p50_us = medians[index] ?? 0;
    sample.stages = [{ name: "encode", p50_us, p99_us: p50_us * 2, max_us: p50_us * 3 }];
  }
  expect(rowOf(capture, "encode")).toMatchObject({ min: 100, p50: 200, p99: 800, max: 1200 });
});

test("a spike of one window is in the figures of every range that holds it, and of no other", () => {
  const capture = madeCapture({ id: "a", windowCount: 100, spikeIndex: 50 });
  const at = capture.samples[50]?.t_ms ?? 0;
  expect(rowOf(capture, "total")?.p99).toBe(96_000);
  expect(rowOf(capture, "total", { fromMs: at, toMs: at })?.p99).toBe(96_000);
  expect(rowOf(capture, "total", { fromMs: at + 1 })?.p99).toBeLessThan(20_000);
  expect(rowOf(capture, "total", { toMs: at - 1 })?.p99).toBeLessThan(20_000);
});

test("what was not measured has no figures; where some windows measured, only they count", () => {
  const capture = madeCapture({ id: "a", windowCount: 10, unmeasured: ["packets_dropped"] });
  expect(rowOf(capture, "packets_dropped")).toMatchObject({ p50: undefined, sum: undefined });
  for (const sample of capture.samples.slice(5)) {
    sample.unmeasured = [];
    sample.packets_dropped = 7;
    sample.lower_bounds = ["packets_dropped"];
  }
  expect(rowOf(capture, "packets_dropped")).toMatchObject({ min: 7, sum: 35, isLowerBound: true });
});

test("a stop of the host has a row where it happened, and none where it did not", () => {
  const capture = madeCapture({ id: "a", windowCount: 10 });
  expect(rowOf(capture, "stopped_us")).toBeUndefined();
  expect(rowOf(capture, "unreachable_us")).toBeUndefined();
  for (const sample of capture.samples.slice(4, 5)) sample.stopped_us = 3_000_000;
  expect(rowOf(capture, "stopped_us")).toMatchObject({ max: 3_000_000, sum: 3_000_000 });
});

test("sessions are not mixed", () => {
  const sessions = [sessionOf({}), { ...sessionOf({}), session_id: 2 }];
  const capture = madeCapture({ id: "a", windowCount: 10, sessions });
  for (const sample of capture.samples) sample.frames_dropped = sample.session_id;
  expect(rowOf(capture, "frames_dropped", { session: 1 })).toMatchObject({ max: 1, sum: 10 });
  expect(rowOf(capture, "frames_dropped", { session: 2 })).toMatchObject({ min: 2, sum: 20 });
});

test("an empty range has no windows and no numbers", () => {
  const { windowCount, rows } = makeFigures(madeCapture({ id: "a", windowCount: 5 }), {
    ...whole,
    fromMs: 1,
    toMs: 2,
  });
  expect(windowCount).toBe(0);
  expect(rows.every(({ p50 }) => p50 === undefined)).toBe(true);
});

test("what viewers report has rows of its own where one reported, and none elsewhere", () => {
  const capture = madeCapture({ id: "a", windowCount: 4 });
  expect(rowOf(capture, "client_fps")).toBeUndefined();
  for (const [index, sample] of capture.samples.slice(1).entries()) {
    const client_age_p99_us = 50_000 + index;
    Object.assign(sample, { client_fps: 58 - index, client_age_p99_us, client_stalls: 2 });
  }
  expect(rowOf(capture, "client_fps")).toMatchObject({ min: 56, max: 58, sum: undefined });
  expect(rowOf(capture, "client_age_p99_us")).toMatchObject({ max: 50_002, sum: undefined });
  expect(rowOf(capture, "client_stalls")).toMatchObject({ sum: 6 });
  expect(rowOf(capture, "client_dropped")).toBeUndefined();
});

test("a counter that may be too small is shown with a sign that says so", async () => {
  await using pages = await openPages();
  const capture = madeCapture({ id: "a", windowCount: 4 });
  const figuresOf = async () => {
    const { id } = await pages.host.store.save(capture);
    return await (await pages.get(`/recordings/${id}/figures`)).text();
  };
  expect(await figuresOf()).not.toContain("≥");
  for (const sample of capture.samples) sample.lower_bounds = ["packets_dropped"];
  const rows = (await figuresOf()).split("<tr>").filter((row) => row.includes("≥"));
  expect(rows).toHaveLength(1);
  expect(rows[0]).toContain("packets lost on the network");
});

test("times are shown in milliseconds, and in microseconds where one points at them", async () => {
  await using pages = await openPages();
  const capture = madeCapture({ id: "a", windowCount: 100, spikeIndex: 50 });
  for (const sample of capture.samples) sample.rtt_us = 640;
  const { id } = await pages.host.store.save(capture);
  const text = await (await pages.get(`/recordings/${id}/figures`)).text();
  expect(text).toContain('<td class="number" title="96,000 µs">96</td>');
  expect(text).toContain('<td class="number" title="640 µs">0.64</td>');
  expect(text).toContain("(total p99 96 ms)");
  expect(text).not.toContain('<td class="muted">µs</td>');
});

test("a capture without means offers medians only", async () => {
  await using pages = await openPages();
  const capture = madeCapture({ id: "a", windowCount: 4 });
  const stackOf = async () => {
    const { id } = await pages.host.store.save(capture);
    const text = await (await pages.get(`/recordings/${id}`)).text();
    return [...text.matchAll(/<option value="(mean|p50)"( selected)?>/g)].map(([, name]) => name);
  };
  expect(await stackOf()).toEqual(["mean", "p50"]);
  for (const sample of capture.samples)
    sample.stages = sample.stages.map(({ name, p50_us, p99_us }) => ({ name, p50_us, p99_us }));
  expect(await stackOf()).toEqual(["p50"]);
});

test("an empty capture that has ended says that no one played", async () => {
  await using pages = await openPages();
  const capture = madeCapture({ id: "a", windowCount: 0 });
  capture.meta.kind = "";
  capture.meta.sessions = [];
  const { id } = await pages.host.store.save(capture);
  const text = await (await pages.get(`/recordings/${id}`)).text();
  expect(text).toContain('data-waiting="No one played during this capture."');
});

test("the worst moment is a window without any frame, before all that were only slow", () => {
  const capture = madeCapture({ id: "a", windowCount: 20, spikeIndex: 15 });
  const { worst: slow } = makeFigures(capture, whole);
  expect(slow).toEqual({ atMs: capture.samples[15]?.t_ms ?? 0, us: 96_000 });
  const frozen = capture.samples[7];
  if (frozen === undefined) throw new Error("There is no such window");
  Object.assign(frozen, { frame_count: 0, missed_slots: 60, unmeasured: ["total_p99_us"] });
  expect(makeFigures(capture, whole).worst).toEqual({ atMs: frozen.t_ms, us: undefined });
});
