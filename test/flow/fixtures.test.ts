/** Journals of real runs through the whole line: recovery, file, list, API, series, export. */
import { expect, test } from "bun:test";
import { copyFile, mkdir, readdir } from "node:fs/promises";
import { join } from "node:path";
import { makeSeries } from "../../src/analysis/series.ts";
import { captureCsv } from "../../src/cli/capture-csv.ts";
import type { Capture, StatsSample } from "../../src/model/capture.ts";
import { recorderIn } from "../support/recorder-parts.ts";
import { tempDirectory } from "../support/temp-directory.ts";

const folder = join(import.meta.dir, "../../captures-fixtures");
const names = (await readdir(folder)).sort();

async function recover(name: string) {
  const directory = await tempDirectory();
  const journals = join(directory.path, "journal");
  await mkdir(journals);
  await copyFile(join(folder, name, "input.jsonl"), join(journals, "1-1-abcdef.jsonl"));
  await using parts = recorderIn(directory.path);
  const [meta] = await parts.recorder.recover();
  const path = await parts.store.filePath(meta?.id ?? "");
  const text = await Bun.file(path ?? "").text();
  const { captures } = await parts.store.list();
  return { text, captures, left: await readdir(journals), directory };
}

const expectedOf = (name: string): Promise<Capture> =>
  Bun.file(join(folder, name, "expected.json")).json();

test("there are fixtures", () => {
  expect(names.length).toBeGreaterThanOrEqual(3);
});

test.each(names)("%s becomes the expected capture", async (name) => {
  const recovered = await recover(name);
  await using _ = recovered.directory;
  const expected = await expectedOf(name);
  expect(JSON.parse(recovered.text)).toEqual(expected);
  expect(recovered.captures).toEqual([expected.meta]);
  expect(recovered.left).toEqual([]);
});

test.each(names)("in %s stages and gap add up to the total", async (name) => {
  const { samples } = await expectedOf(name);
  for (const sample of samples) {
    const stages = sample.stages.reduce((sum, stage) => sum + (stage.mean_us ?? 0), 0);
    expect(stages + (sample.gap_mean_us ?? 0)).toBeCloseTo(sample.total_mean_us ?? 0, 1);
  }
});

const countersOf = (samples: readonly StatsSample[], field: "frames_dropped" | "send_dropped") =>
  samples.reduce((sum, sample) => sum + sample[field], 0);

test.each(names)("a chart of %s keeps every session apart and loses no count", async (name) => {
  const capture = await expectedOf(name);
  const series = makeSeries(capture, { points: 4 });
  expect(series.sessions.map((each) => each.session_id)).toEqual(
    (capture.meta.sessions ?? []).map((each) => each.session_id),
  );
  for (const each of series.sessions) {
    const own = capture.samples.filter((sample) => sample.session_id === each.session_id);
    const sum = (column: readonly (number | null)[]) =>
      column.reduce<number>((total, value) => total + (value ?? 0), 0);
    expect(sum(each.frames_dropped)).toBe(countersOf(own, "frames_dropped"));
    expect(sum(each.send_dropped)).toBe(countersOf(own, "send_dropped"));
    expect(Math.max(...each.total_p99_us.map((value) => value ?? 0))).toBe(
      Math.max(...own.map((sample) => sample.total_p99_us ?? 0)),
    );
  }
});

test.each(names)("%s exports one row a sample", async (name) => {
  const capture = await expectedOf(name);
  expect(captureCsv(capture).split("\r\n")).toHaveLength(capture.samples.length + 1);
});

test("a film of 24 fps shows as 24 new frames a second in every window", async () => {
  const { samples } = await expectedOf("film-24-in-60");
  for (const sample of samples) {
    expect(sample.fps).toBeCloseTo(24, 0);
  }
});
