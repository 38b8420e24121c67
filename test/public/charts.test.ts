/** What charts are made of: columns that grow with the samples, plans, and the shared range. */
import { expect, test } from "bun:test";
import fc from "fast-check";
import { addSample } from "../../public/columns.ts";
import { planChart, planComparison, readingOrder } from "../../public/plan.ts";
import { moveRange, within } from "../../public/range.ts";
import { scaleOf } from "../../public/scale.ts";
import { makeSeries } from "../../src/analysis/series.ts";
import { catalogues } from "../../src/i18n/language.ts";
import { chartNames } from "../../src/model/metric-row.ts";
import { busyMachine } from "../support/fake-machine.ts";
import { madeCapture, sessionOf } from "../support/made-capture.ts";

const { charts, metrics } = catalogues.en;
const named = Object.fromEntries(
  Object.entries(metrics).map(([name, word]) => [`metric_${name}`, word]),
);
const machineNamed = Object.fromEntries(
  Object.entries(catalogues.en.machine).map(([name, word]) => [`machine_${name}`, word]),
);
const words = {
  ...charts,
  ...named,
  ...machineNamed,
  per: charts.per("{}"),
  first: "A",
  second: "B",
};
const viewerFields = {
  client_fps: 58,
  client_age_p50_us: 40_000,
  client_age_p99_us: 90_000,
  client_dropped: 2,
  client_stalls: 1,
};
const look = { stack: "mean", hasP99: true, words } as const;

test("samples that arrive one by one make the columns that the server makes of all", () => {
  const sessions = [sessionOf({}), { ...sessionOf({}), session_id: 2 }];
  const unmeasured = ["rtt_us", "fec_recovered"];
  const capture = madeCapture({ id: "a", windowCount: 60, sessions, spikeIndex: 31, unmeasured });
  for (const sample of capture.samples.slice(70, 90)) sample.lower_bounds = ["packets_dropped"];
  for (const sample of capture.samples.slice(5, 80)) Object.assign(sample, viewerFields);
  for (const sample of capture.samples.slice(15, 70)) sample.machine = busyMachine;
  const live = makeSeries({ ...capture, samples: capture.samples.slice(0, 20) });
  for (const sample of capture.samples.slice(10)) expect(addSample(live, sample)).toBe(true);
  const all = makeSeries(capture);
  expect(rounded(live.sessions)).toEqual(all.sessions);
});

/** The server sends three digits after the point. */
function rounded(value: unknown): unknown {
  const text = JSON.stringify(value, (_key, inner) =>
    typeof inner === "number" ? Math.round(inner * 1000) / 1000 : inner,
  );
  return JSON.parse(text);
}

test("a session or a stage that is not there yet has the columns fetched again", () => {
  const capture = madeCapture({ id: "a", windowCount: 5 });
  const series = makeSeries(capture);
  const [sample] = madeCapture({ id: "b", windowCount: 1 }).samples;
  if (sample === undefined) throw new Error("no sample");
  expect(addSample(series, { ...sample, session_id: 9 })).toBe(false);
  expect(addSample(series, { ...sample, t_ms: 99_000, stages: sample.stages.slice(1) })).toBe(
    false,
  );
  expect(addSample(series, { ...sample, t_ms: 99_000 })).toBe(true);
});

test("the stack's top is the mean of the total, and each layer shows its own value", () => {
  const [session] = makeSeries(madeCapture({ id: "a", windowCount: 50 })).sessions;
  if (session === undefined) throw new Error("no session");
  const { lines } = planChart("stages", session, look);
  for (const [index, mean] of session.total_mean_us.entries()) {
    expect(lines[0]?.drawn[index]).toBeCloseTo(mean ?? 0, 6);
  }
  const layers = readingOrder(lines).slice(0, 4);
  expect(layers.map(({ name }) => name)).toEqual(["capture", "submit", "encode", "send"]);
  expect(layers[2]?.shown).toEqual(session.stage_mean_us[2]);
});

test("what was not measured is named, and never drawn as a line on zero", () => {
  const unmeasured = ["packets_dropped", "fec_recovered", "rtt_us"];
  const [session] = makeSeries(madeCapture({ id: "a", windowCount: 5, unmeasured })).sessions;
  if (session === undefined) throw new Error("no session");
  const health = planChart("health", session, look);
  expect(health.missing).toEqual([metrics.packets_dropped, metrics.fec_recovered]);
  expect(health.lines.map(({ name }) => name)).toEqual([
    metrics.frames_dropped,
    metrics.send_dropped,
    metrics.missed_slots,
    metrics.frames_lost,
    metrics.idr_requests,
    metrics.keyframes,
  ]);
  expect(planChart("rtt", session, look)).toEqual({ lines: [], missing: [metrics.rtt_us] });
});

test("what viewers report is in the charts where they report it, and missed nowhere else", () => {
  const capture = madeCapture({ id: "a", windowCount: 5, unmeasured: ["rtt_us"] });
  const namesOf = (name: "fps" | "health" | "rtt") => {
    const [session] = makeSeries(capture).sessions;
    if (session === undefined) throw new Error("no session");
    const { lines, missing } = planChart(name, session, look);
    return { lines: lines.map((line) => line.name), missing };
  };
  expect(namesOf("fps").lines).toEqual([metrics.fps, metrics.repeat_fps]);
  expect(namesOf("rtt")).toEqual({ lines: [], missing: [metrics.rtt_us] });
  expect(namesOf("health").missing).toEqual([]);
  Object.assign(capture.samples[3] ?? {}, viewerFields);
  expect(namesOf("fps").lines).toContain(metrics.client_fps);
  expect(namesOf("health").lines).toContain(metrics.client_dropped);
  expect(namesOf("health").lines).toContain(metrics.client_stalls);
  expect(namesOf("rtt").lines).toEqual([metrics.client_age_p50_us, metrics.client_age_p99_us]);
});

test("slots without a frame are a line of the losses, named where a capture does not have them", () => {
  const capture = madeCapture({ id: "a", windowCount: 5, spikeIndex: 3 });
  const other = madeCapture({ id: "b", windowCount: 5 });
  for (const sample of other.samples) delete sample.missed_slots;
  const [[first], [second]] = [makeSeries(capture).sessions, makeSeries(other).sessions];
  if (first === undefined || second === undefined) throw new Error("no session");
  const slots = planChart("health", first, look).lines.find(
    ({ name }) => name === metrics.missed_slots,
  );
  expect(slots?.drawn).toEqual([0, 0, 0, 6, 0]);
  expect(planChart("health", second, look).missing).toEqual([metrics.missed_slots]);
  const compared = planComparison("health", [first, second], words);
  expect(compared.lines.map(({ name }) => name)).toContain(`A ${metrics.missed_slots}`);
  expect(compared.missing).toEqual([`B ${metrics.missed_slots}`]);
});

test("no two lines of the losses look alike, of one session and of two compared", () => {
  const native = madeCapture({ id: "a", windowCount: 5 });
  const watched = madeCapture({
    ...{ id: "b", windowCount: 5, kind: "moq" },
    unmeasured: ["packets_dropped", "send_dropped", "fec_recovered", "rtt_us"],
  });
  for (const sample of watched.samples) Object.assign(sample, viewerFields);
  const [[played], [seen]] = [makeSeries(native).sessions, makeSeries(watched).sessions];
  if (played === undefined || seen === undefined) throw new Error("no session");
  const sides = [played, seen];
  const plans = [
    ...sides.map((session) => planChart("health", session, look)),
    ...sides.flatMap((a) => sides.map((b) => planComparison("health", [a, b], words))),
  ];
  for (const { lines } of plans) {
    const looks = lines.map(({ color, isDashed }) => `${color} ${isDashed === true}`);
    expect(new Set(looks).size).toBe(lines.length);
  }
});

test("a counter that may be too small says so, of one capture and of two compared", () => {
  const capture = madeCapture({ id: "a", windowCount: 5 });
  for (const sample of capture.samples.slice(2, 4)) sample.lower_bounds = ["packets_dropped"];
  const [session] = makeSeries(capture).sessions;
  if (session === undefined) throw new Error("no session");
  const boundsOf = (all: ReturnType<typeof planChart>["lines"], name: string) => [
    ...(all.find((line) => line.name === name)?.lowerBounds ?? []),
  ];
  const { lines } = planChart("health", session, look);
  expect(boundsOf(lines, metrics.packets_dropped)).toEqual([2, 3]);
  expect(boundsOf(lines, metrics.frames_dropped)).toEqual([]);
  const compared = planComparison("health", [session, session], words).lines;
  expect(boundsOf(compared, `B ${metrics.packets_dropped}`)).toEqual([2, 3]);
});

test("a capture of few fields still has its charts", () => {
  const capture = madeCapture({ id: "a", windowCount: 3 });
  const samples = capture.samples.map((sample) => ({
    t_ms: sample.t_ms,
    session_id: sample.session_id,
    stages: sample.stages.map(({ name, p50_us, p99_us }) => ({ name, p50_us, p99_us })),
    fps: 60,
    repeat_fps: 0,
    mbps: 5,
    bitrate_kbps: 5000,
    frames_dropped: 0,
    packets_dropped: 0,
    send_dropped: 0,
    fec_recovered: 0,
  }));
  const [session] = makeSeries({ meta: capture.meta, samples }).sessions;
  if (session === undefined) throw new Error("no session");
  for (const name of chartNames) planChart(name, session, look);
  const { lines, missing } = planChart("stages", session, look);
  expect(lines.filter(({ kind }) => kind === "area")).toHaveLength(4);
  expect(missing).toEqual(["total p50", "total p99"]);
});

test("the machine is drawn in percent, and what it does not offer is named", () => {
  const capture = madeCapture({ id: "a", windowCount: 5 });
  const { gpu_busy_share: _busy, gpu_encoder_share: _encoder, ...machine } = busyMachine;
  for (const sample of capture.samples) Object.assign(sample, { machine, window_us: 2_000_000 });
  const [session] = makeSeries(capture).sessions;
  if (session === undefined) throw new Error("no session");
  const { lines, missing } = planChart("machine", session, look);
  const drawn = Object.fromEntries(lines.map(({ name, drawn: [first] }) => [name, first]));
  expect(drawn).toMatchObject({
    "processor busy, all cores": 90,
    "encode thread waited for a core": 10,
    "processor clock, of its maximum": 50,
  });
  expect(missing).toEqual(["GPU busy", "GPU encoder busy"]);
});

test("the worst window of a bucket is what a wide chart of the machine shows", () => {
  const capture = madeCapture({ id: "a", windowCount: 100 });
  for (const sample of capture.samples) sample.machine = { cpu_busy_share: 0.1 };
  Object.assign(capture.samples[42] ?? {}, { machine: { cpu_busy_share: 0.97 } });
  const [session] = makeSeries(capture, { points: 10 }).sessions;
  expect(session?.machine?.cpu_busy_share.filter((share) => share === 0.97)).toHaveLength(1);
});

test("a capture without figures of the machine has no such columns", () => {
  const [session] = makeSeries(madeCapture({ id: "a", windowCount: 5 })).sessions;
  expect(session?.machine).toBeUndefined();
});

test("a range stays inside the capture, whole, and no shorter than a few windows", () => {
  const whole = { fromMs: 0, toMs: 600_000 };
  const time = fc.integer({ min: -1_000_000, max: 2_000_000 });
  fc.assert(
    fc.property(time, time, (fromMs, toMs) => {
      const range = within({ fromMs, toMs }, whole);
      if (range === undefined) return;
      expect(range.fromMs).toBeGreaterThanOrEqual(0);
      expect(range.toMs).toBeLessThanOrEqual(600_000);
      expect(range.toMs - range.fromMs).toBeGreaterThanOrEqual(3999);
      expect(Number.isInteger(range.fromMs) && Number.isInteger(range.toMs)).toBe(true);
    }),
  );
  expect(within(whole, whole)).toBeUndefined();
  const half = moveRange("zoom-in", whole, whole);
  expect(half).toEqual({ fromMs: 150_000, toMs: 450_000 });
  expect(moveRange("right", half ?? whole, whole)).toEqual({ fromMs: 300_000, toMs: 600_000 });
  expect(moveRange("zoom-out", half ?? whole, whole)).toBeUndefined();
});

test("an axis ends at the first round step above what is drawn", () => {
  const scaled = (top: number, tickCountMax: number) => {
    const line = { name: "", color: "", kind: "line", times: [0, 1], drawn: [top, null] } as const;
    return scaleOf({ lines: [line], missing: [] }, tickCountMax);
  };
  expect(scaled(96_000, 6)).toEqual({ max: 100_000, tickAmount: 5 });
  expect(scaled(71_000, 6)).toEqual({ max: 80_000, tickAmount: 4 });
  expect(scaled(60, 4)).toEqual({ max: 60, tickAmount: 3 });
  expect(scaled(60.2, 4)).toEqual({ max: 80, tickAmount: 4 });
  expect(scaled(3, 4)).toEqual({ max: 3, tickAmount: 3 });
  expect(scaled(0, 4)).toEqual({ max: 1, tickAmount: 1 });
  fc.assert(
    fc.property(fc.double({ min: 0, max: 1e9, noNaN: true }), (top) => {
      const { max, tickAmount } = scaled(top, 6);
      expect(max).toBeGreaterThanOrEqual(top * (1 - 1e-6));
      expect(tickAmount).toBeLessThanOrEqual(6);
    }),
  );
});
