/** A metric is one row: everything that shows metrics shows each of them. */
import { expect, test } from "bun:test";
import { Glob } from "bun";
import { planChart } from "../../public/plan.ts";
import { compareAround } from "../../src/analysis/comparison.ts";
import { makeFigures } from "../../src/analysis/figures.ts";
import { makeSeries } from "../../src/analysis/series.ts";
import { captureCsv } from "../../src/cli/capture-csv.ts";
import { runCaptures } from "../../src/cli/captures.ts";
import { catalogues } from "../../src/i18n/language.ts";
import { type Capture, StatsSample } from "../../src/model/capture.ts";
import { drawnColumns, isLowerBound, measured } from "../../src/model/metric-columns.ts";
import { chartNames } from "../../src/model/metric-row.ts";
import { metricNames, metricRows } from "../../src/model/metrics.ts";
import { SeriesSession } from "../../src/model/series.ts";
import { RecordedTotals } from "../../src/recorder/recorded-totals.ts";
import { hostMetrics, type MeasuredParts } from "../../src/telemetry/host-metrics.ts";
import { metricsText } from "../../src/telemetry/text.ts";
import { verdictOf } from "../../src/verdict/verdict.ts";
import { silentMachine } from "../support/fake-machine.ts";
import { madeCapture } from "../support/made-capture.ts";
import { TestTerminal } from "../support/terminal.ts";
import { madeRows } from "../verdict/made-rows.ts";

/** Every metric has a value of its own, in every window of two minutes. */
function fullCapture(): Capture {
  const capture = madeCapture({ id: "a", windowCount: 60 });
  for (const sample of capture.samples) {
    for (const [index, name] of metricNames.entries()) sample[name] = 1000 + index;
  }
  return capture;
}

const shownOf = (name: (typeof metricNames)[number]) => 1000 + metricNames.indexOf(name);

test("every metric is a field of the sample and a column of the series, both described", () => {
  for (const name of metricNames) {
    expect(StatsSample.properties[name].description).toBe(metricRows[name].description);
    const column = drawnColumns.get(name) ?? "missing";
    expect(SeriesSession.properties).toHaveProperty(column);
  }
});

/** The source of rooms, without its comments. */
async function codeOf(rooms: string): Promise<string> {
  const texts = [...new Glob(`src/${rooms}/**/*.ts`).scanSync()].map((path) =>
    Bun.file(path).text(),
  );
  return (await Promise.all(texts)).join("\n").replaceAll(/\/\*.*?\*\/|\/\/[^\n]*/gs, "");
}

test("every metric is counted, or said to be unmeasured, on each path that has it", async () => {
  const shared = await codeOf("{measure,session}");
  const missing: string[] = [];
  for (const [path, room] of [
    ["native", "native/host"],
    ["gamestream", "gamestream"],
    ["moq", "moq"],
  ] as const) {
    const code = shared + (await codeOf(room));
    for (const name of metricNames) {
      const { only = path, isOccasional = false } = metricRows[name];
      const isHere = new RegExp(`\\b${name}(?:: | =|")`).test(code);
      if (only === path && !isOccasional && !isHere) missing.push(`${path}: ${name}`);
    }
  }
  expect(missing).toEqual([]);
});

test("every metric that happens only now and then is counted somewhere", async () => {
  const code = await codeOf("{measure,session,native,gamestream,moq}");
  const uncounted = metricNames.filter((name) => !new RegExp(`\\b${name}(?:: | =|")`).test(code));
  expect(uncounted).toEqual([]);
});

test("every metric with a line is drawn in its chart, and no other", () => {
  const [session] = makeSeries(fullCapture()).sessions;
  if (session === undefined) throw new Error("no session");
  const words = Object.fromEntries(metricNames.map((name) => [`metric_${name}`, `<${name}>`]));
  const look = { stack: "mean", hasP99: true, words } as const;
  const drawn = new Map(
    chartNames.map((chart) => [
      chart,
      planChart(chart, session, look).lines.map(({ name }) => name),
    ]),
  );
  for (const name of metricNames) {
    const charts = chartNames.filter((chart) => drawn.get(chart)?.includes(`<${name}>`));
    const own = metricRows[name].line?.chart;
    expect([name, charts]).toEqual([name, own === undefined ? [] : [own]]);
  }
});

test("every metric has a row in the figures or is a part of one", () => {
  const { rows } = makeFigures(fullCapture(), {
    session: undefined,
    fromMs: undefined,
    toMs: undefined,
  });
  for (const name of metricNames) {
    const { part, fold } = metricRows[name];
    const row = rows.find((one) => one.name === (part?.row ?? name));
    if (part === undefined) expect(row?.p50).toBe(shownOf(name));
    else if (part.value !== "none") expect(row?.[part.value]).toBe(shownOf(name));
    expect(row?.sum).toBe(fold === "sum" ? shownOf(name) * 60 : undefined);
  }
});

test("every metric is a column of the CSV, in the place it always had", () => {
  const [header = "", row = ""] = captureCsv(fullCapture()).split("\r\n");
  const [names, cells] = [header.split(","), row.split(",")];
  for (const name of metricNames) expect(cells[names.indexOf(name)]).toBe(String(shownOf(name)));
  expect(header).toStartWith("t_ms,session_id,fps,repeat_fps,mbps,bitrate_kbps,capture_mean_us,");
  expect(header).toContain(
    ",send_max_us,total_mean_us,total_p50_us,total_p99_us,gap_mean_us,gap_p99_us," +
      "frames_dropped,packets_dropped,send_dropped,fec_recovered,rtt_us,",
  );
});

test("every metric is a column of `captures show`, times in milliseconds", async () => {
  const terminal = new TestTerminal();
  const capture = fullCapture();
  await runCaptures(["show", "a", "--samples"], terminal, () => ({
    list: async () => ({ captures: [], damaged: [] }),
    load: async () => capture,
    loadTimeline: async () => undefined,
    filePath: async () => undefined,
    frames: { filePath: async () => undefined },
    change: async () => undefined,
    remove: async () => false,
  }));
  for (const name of metricNames) {
    const words = name
      .replace(/_(us|kbps)$|^mbps$/, "")
      .replaceAll("_", " ")
      .toUpperCase();
    expect(terminal.stdout).toContain(words);
  }
  expect(terminal.stdout).toContain("MISSED SLOTS");
  expect(terminal.stdout).toContain("KEYFRAMES");
  expect(terminal.stdout).toContain("RTT ms");
  expect(terminal.stdout).not.toContain(" us");
});

test("every metric is compared before and after a checkpoint", () => {
  const capture = fullCapture();
  const { metrics } = compareAround(capture, {
    checkpoint: "c",
    atMs: 60_000,
    seconds: 30,
    settleMs: 2000,
  });
  const compared = metrics.map(({ metric }) => metric);
  expect(metricNames.filter((name) => !compared.includes(name))).toEqual([]);
});

test("a lower bound is one in the comparison too", () => {
  const capture = fullCapture();
  for (const sample of capture.samples) sample.lower_bounds = ["frames_lost"];
  const { metrics } = compareAround(capture, {
    checkpoint: "c",
    atMs: 60_000,
    seconds: 30,
    settleMs: 2000,
  });
  const low = metrics.filter(({ is_lower_bound }) => is_lower_bound === true);
  expect(low.map(({ metric }) => metric)).toEqual(["frames_lost"]);
});

/** Of a host that counts nothing but what is given. */
async function scraped(given: Partial<MeasuredParts>): Promise<string> {
  const status = { armed: false, sample_count: 0, started_unix_ms: 0, kind: "" };
  const parts: MeasuredParts = {
    counters: { report: () => ({ prefix: "stats", levels: 0, at_us: 0, entries: [] }) },
    sessions: { sessions: () => [] },
    stats: { recordedTotals: () => ({}), status: () => status },
    ...{ machine: silentMachine, verdicts: { live: () => [] } },
    telemetry: { metrics: () => Promise.resolve([]) },
  };
  return metricsText(await hostMetrics({ ...parts, ...given }));
}

test("every metric that is a count is a total for Prometheus, of what was recorded", async () => {
  const capture = fullCapture();
  const totals = new RecordedTotals();
  for (const [index, sample] of capture.samples.entries()) {
    const unmeasured = index === 0 ? ["packets_dropped"] : [];
    totals.add({ ...sample, unmeasured });
  }
  const status = () => ({ armed: false, sample_count: 0, started_unix_ms: 0, kind: "" });
  const text = await scraped({ stats: { recordedTotals: () => totals.read(), status } });
  for (const name of metricNames) {
    const line = `\nonglass_recorded_${name}_total `;
    const windows = name === "packets_dropped" ? 59 : 60;
    if (metricRows[name].fold === "sum")
      expect(text).toContain(`${line}${shownOf(name) * windows}\n`);
    else expect(text).not.toContain(line);
  }
});

test("verdicts of running sessions are counted by quality and leading cause, every quality always", async () => {
  const verdict = verdictOf({
    stream: { session_id: 1, width: 1280, height: 720, fps: 60, codec: "h264" },
    rows: madeRows(600, (row) => (row % 10 === 0 ? { encode_us: 45_000 } : {})),
    windows: [],
  });
  const text = await scraped({ verdicts: { live: () => [verdict, verdict] } });
  expect(text.match(/^onglass_verdict.*$/gm)).toEqual([
    'onglass_verdict{quality="smooth",cause="none"} 0',
    'onglass_verdict{quality="stutter",cause="none"} 0',
    'onglass_verdict{quality="bad",cause="none"} 0',
    'onglass_verdict{quality="bad",cause="encoder_slow"} 2',
  ]);
});

test("every metric is explained in docs/metrics.md, by its field and its name in charts", async () => {
  const text = await Bun.file("docs/metrics.md").text();
  for (const name of metricNames) {
    expect(text).toContain(`\`${name}\``);
    expect(text.toLowerCase()).toContain(catalogues.en.metrics[name].toLowerCase());
  }
});

test("any metric may be unmeasured, and is not a lower bound then", () => {
  const sample = fullCapture().samples[0];
  if (sample === undefined) throw new Error("no sample");
  for (const name of metricNames) {
    const unknown = { ...sample, unmeasured: [name], lower_bounds: [name] };
    expect(measured(unknown, name)).toBeUndefined();
    expect(isLowerBound(unknown, name)).toBe(false);
    expect(measured(sample, name)).toBe(shownOf(name));
  }
});
