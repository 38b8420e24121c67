/**
 * A capture in an archive as tables for DuckDB and ClickHouse: its samples, and one row with its
 * facts and its verdict. Columns are only ever added. Pure.
 */
import { type ColumnSource, parquetWriteBuffer } from "hyparquet-writer";
import { bundleOf } from "../import/bundle.ts";
import { type Capture, type StatsSample, stageNames } from "../model/capture.ts";
import { Machine } from "../model/machine.ts";
import { metricNames } from "../model/metrics.ts";
import type { Timeline } from "../model/timeline.ts";
import type { Verdict } from "../model/verdict.ts";

/** Facts about the machine that samples do not contain. */
export type MachineFacts = {
  readonly onglassVersion: string;
  readonly kernel: string;
  /** Name and version; `undefined` if the machine has none, or none that can be read. */
  readonly gpuDriver: string | undefined;
};

/** What the row of a capture is made from. */
export type TableFacts = {
  readonly capture: Capture;
  readonly verdict: Verdict | undefined;
  readonly timeline: Timeline | undefined;
  readonly machine: MachineFacts;
};

/** The archived files of a capture except its rows. */
export type MadeTables = {
  readonly samples: Uint8Array<ArrayBuffer>;
  readonly captures: Uint8Array<ArrayBuffer>;
  /** JSON that can be opened again. */
  readonly documents: Uint8Array<ArrayBuffer>;
};

/** All of them. */
export function makeTables(facts: TableFacts): MadeTables {
  const { capture, timeline, verdict } = facts;
  const document = bundleOf({ capture, timeline, verdict, rows: undefined });
  return {
    samples: samplesParquet(capture),
    captures: captureParquet(facts),
    documents: new Uint8Array(new TextEncoder().encode(document)),
  };
}

/** A row per window of each session; unmeasured values are NULL. */
export function samplesParquet({ meta, samples }: Capture): Uint8Array<ArrayBuffer> {
  const number = (name: string, value: (sample: StatsSample) => number | undefined) =>
    doubles(name, samples.map(value));
  const stageColumns = stageNames.flatMap((stage) =>
    (["p50_us", "p99_us", "mean_us", "max_us"] as const).map((field) =>
      number(
        `${stage}_${field}`,
        ({ stages }) => stages.find(({ name }) => name === stage)?.[field],
      ),
    ),
  );
  const machineNames = Object.keys(Machine.properties).filter((name) => name !== "player_local");
  return written([
    texts(
      "capture",
      samples.map(() => meta.id),
    ),
    number("t_ms", ({ t_ms }) => t_ms),
    number("session_id", ({ session_id }) => session_id),
    number("frame_count", ({ frame_count }) => frame_count),
    number("window_us", ({ window_us }) => window_us),
    ...metricNames.map((name) =>
      number(name, (sample) => (sample.unmeasured?.includes(name) ? undefined : sample[name])),
    ),
    ...stageColumns,
    ...machineNames.map((name) =>
      number(`machine_${name}`, ({ machine }) => machineValue(machine, name)),
    ),
  ]);
}

function machineValue(machine: StatsSample["machine"], name: string): number | undefined {
  const value: unknown =
    machine === undefined ? undefined : Object.entries(machine).find(([key]) => key === name)?.[1];
  return typeof value === "number" ? value : undefined;
}

/** One row. */
export function captureParquet({
  capture,
  verdict,
  timeline,
  machine,
}: TableFacts): Uint8Array<ArrayBuffer> {
  const { meta } = capture;
  const [first, second] = verdict?.causes ?? [];
  const frames = verdict?.frames;
  return written([
    texts("capture", [meta.id]),
    doubles("started_unix_ms", [meta.started_unix_ms]),
    doubles("duration_ms", [meta.duration_ms]),
    texts("kind", [meta.kind]),
    doubles("width", [meta.width]),
    doubles("height", [meta.height]),
    doubles("fps", [meta.fps]),
    texts("codec", [meta.codec]),
    texts("client", [meta.client]),
    doubles("sample_count", [meta.sample_count]),
    texts("origin", [meta.origin]),
    texts("rule", [meta.trigger?.rule]),
    texts("labels", [meta.labels?.join(",")]),
    texts("quality", [verdict?.quality]),
    texts("cause", [first?.code]),
    doubles("cause_share", [first?.share]),
    texts("second_cause", [second?.code]),
    doubles("second_cause_share", [second?.share]),
    doubles("unexplained", [verdict?.unexplained]),
    doubles("slots", [frames?.slots]),
    doubles("in_time", [frames?.in_time]),
    doubles("late", [frames?.late]),
    doubles("absent", [frames?.absent]),
    doubles("freezes", [verdict?.freezes.count]),
    doubles("freezes_ms", [verdict?.freezes.ms]),
    texts("encoder_preset", [presetIn(timeline)]),
    texts("onglass_version", [machine.onglassVersion]),
    texts("kernel", [machine.kernel]),
    texts("gpu_driver", [machine.gpuDriver]),
  ]);
}

/** As in the last checkpoint of the capture; "" is the one that the host was started with. */
function presetIn(timeline: Timeline | undefined): string | undefined {
  const state: unknown = timeline?.checkpoints.at(-1)?.state;
  const values = memberOf(memberOf(state, "settings"), "values");
  const preset = memberOf(values, "encoder_preset");
  return typeof preset === "string" ? preset : undefined;
}

function memberOf(value: unknown, name: string): unknown {
  if (typeof value !== "object" || value === null || !Object.hasOwn(value, name)) return undefined;
  return Object.entries(value).find(([key]) => key === name)?.[1];
}

function doubles(name: string, values: readonly (number | undefined)[]): ColumnSource {
  return { name, data: values.map((value) => value ?? null), type: "DOUBLE", nullable: true };
}

function texts(name: string, values: readonly (string | undefined)[]): ColumnSource {
  return { name, data: values.map((value) => value ?? null), type: "STRING", nullable: true };
}

function written(columnData: ColumnSource[]): Uint8Array<ArrayBuffer> {
  return new Uint8Array(parquetWriteBuffer({ columnData, createdBy: "onglass" }));
}
