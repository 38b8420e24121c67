/** `captures frames` and `captures export` of rows, from a capture's file. */
import { expect, test } from "bun:test";
import { join } from "node:path";
import { type CaptureFiles, runCaptures } from "../../src/cli/captures.ts";
import { diskBuffer, openFrameFile } from "../../src/export/parquet-reader.ts";
import { FrameFileWriter, parquetOf } from "../../src/export/parquet-writer.ts";
import { marksOfFile } from "../../src/export/row-marks.ts";
import { readFrames } from "../../src/keep/kept-rows.ts";
import { madeCapture } from "../support/made-capture.ts";
import { madeRows } from "../support/made-rows.ts";
import { tempDirectory } from "../support/temp-directory.ts";
import { TestTerminal } from "../support/terminal.ts";

async function withRows(directory: string, { rowCount = 200, hasProgress = false } = {}) {
  const path = join(directory, "a.parquet");
  await Bun.write(path, parquetOf({ id: "a" }, madeRows({ count: rowCount })));
  const capture = madeCapture({ id: "a", windowCount: 3 });
  const files: CaptureFiles = {
    list: async () => ({ captures: [] }),
    load: async () => capture,
    loadTimeline: async () => undefined,
    filePath: async () => undefined,
    frames: { filePath: async (id) => (id === "a" ? path : undefined) },
    change: async () => undefined,
    remove: async () => false,
  };
  return async (...args: string[]) => {
    const terminal = new TestTerminal({}, hasProgress);
    const code = await runCaptures(args, terminal, () => files);
    return { code, stdout: terminal.stdout, stderr: terminal.stderr };
  };
}

test("frames prints a line of names and a line a row", async () => {
  await using directory = await tempDirectory();
  const run = await withRows(directory.path);
  const lines = (await run("frames", "a")).stdout.trimEnd().split("\n");
  expect(lines).toHaveLength(201);
  expect(lines[0]).toStartWith("session_id,frame,due_us,fate,");
  expect(lines[1]).toStartWith("1,0,0,sent,");
});

test("frames as JSON are columns with the capture's head", async () => {
  await using directory = await tempDirectory();
  const run = await withRows(directory.path);
  const { meta, count, columns } = JSON.parse(
    (await run("frames", "a", "--format", "json")).stdout,
  );
  expect(meta).toEqual({ id: "a" });
  expect(count).toBe(200);
  expect(columns.fate[49]).toBe("missed");
  expect(columns.encode_us[49]).toBeNull();
});

test("a trace and a Parquet file are written where --out says", async () => {
  await using directory = await tempDirectory();
  const run = await withRows(directory.path);
  for (const format of ["pftrace", "parquet"]) {
    const out = join(directory.path, `x.${format}`);
    expect((await run("export", "a", "--format", format, "--out", out)).code).toBe(0);
    expect(Bun.file(out).size).toBeGreaterThan(1000);
    expect(run("export", "a", "--format", format)).rejects.toMatchObject({ code: "usage" });
  }
});

test("a capture without rows, and a format that is none, are refused", async () => {
  await using directory = await tempDirectory();
  const run = await withRows(directory.path);
  expect(run("frames", "b")).rejects.toMatchObject({ code: "no_frames" });
  expect(run("frames", "a", "--format", "xml")).rejects.toMatchObject({ code: "usage" });
});

test("how far a long capture is shows in one line where a person reads stderr, and nowhere else", async () => {
  await using directory = await tempDirectory();
  const rowCount = 80_000;
  const out = join(directory.path, "rows.csv");
  const shown = await withRows(directory.path, { rowCount, hasProgress: true });
  const { stderr } = await shown("frames", "a", "--out", out);
  expect(stderr).toContain(" 45% █████████████░");
  const wrote = `wrote ${out} (7.7 MB)\n`;
  expect(stderr).toEndWith(`\r\x1b[K${wrote}`);
  expect(stderr.match(/\n/g)).toHaveLength(1);
  const quiet = await withRows(directory.path, { rowCount });
  expect((await quiet("frames", "a", "--out", out)).stderr).toBe(wrote);
});

test("a damaged file is named as such", async () => {
  await using directory = await tempDirectory();
  const run = await withRows(directory.path);
  await Bun.write(join(directory.path, "a.parquet"), "PAR1 and nothing else");
  expect(run("frames", "a")).rejects.toMatchObject({ code: "frames_damaged" });
});

test("a range of rows is what is due from its start until before its end, in every format", async () => {
  await using directory = await tempDirectory();
  const run = await withRows(directory.path, { rowCount: 600 });
  const whole = JSON.parse((await run("frames", "a", "--format", "json")).stdout);
  const expected = whole.columns.due_us.filter((us: number) => us >= 2_000_000 && us < 4_500_000);
  expect(expected.length).toBeGreaterThan(100);
  const range = ["--from", "2s", "--to", "0:04.5", "--session", "1"];
  const { columns } = JSON.parse((await run("frames", "a", "--format", "json", ...range)).stdout);
  expect(columns.due_us).toEqual(expected);
  const lines = (await run("frames", "a", ...range)).stdout.trimEnd().split("\n");
  expect(lines).toHaveLength(expected.length + 1);
  const out = join(directory.path, "part.parquet");
  await run("frames", "a", "--format", "parquet", "--out", out, ...range);
  const read = await readFrames(out, { columns: ["due_us"] });
  expect([...read.columns.due_us]).toEqual(expected);
  const trace = join(directory.path, "part.pftrace");
  await run("export", "a", "--format", "pftrace", "--out", trace, ...range);
  const part = Bun.file(trace).size;
  await run("export", "a", "--format", "pftrace", "--out", trace);
  expect(part).toBeLessThan(Bun.file(trace).size * 0.6);
  const none = await run("frames", "a", "--session", "9");
  expect(none.stdout.trimEnd().split("\n")).toHaveLength(1);
});

/** Of ten seconds of rows a part could not be read, and what came behind them was cut. */
async function withMarks(directory: string) {
  const parts: Uint8Array[] = [];
  const file = new FrameFileWriter(
    { id: "a" },
    { write: (bytes) => void parts.push(bytes.slice()) },
  );
  file.add(madeRows({ count: 600 }));
  file.note("onglass.unread", JSON.stringify([{ from_ms: 1000, to_ms: 4000 }]));
  file.note("onglass.truncated", "600");
  file.finish();
  const run = await withRows(directory);
  await Bun.write(join(directory, "a.parquet"), Buffer.concat(parts));
  return run;
}

test("what rows lack is said of a range too, cut to it", async () => {
  await using directory = await tempDirectory();
  const run = await withMarks(directory.path);
  const out = join(directory.path, "part.parquet");
  const marksOf = async (...range: string[]) => {
    await run("frames", "a", "--format", "parquet", "--out", out, ...range);
    const file = await openFrameFile(diskBuffer(out, Bun.file(out).size));
    const { unread, rows_until_ms } = JSON.parse(
      (await run("frames", "a", "--format", "json", ...range)).stdout,
    );
    expect(marksOfFile(file, {})).toEqual({ unread, rows_until_ms });
    return { unread, rows_until_ms };
  };
  const whole = await marksOf();
  expect(whole.unread).toEqual([{ from_ms: 1000, to_ms: 4000 }]);
  expect(whole.rows_until_ms).toBeWithin(9900, 10_001);
  expect(await marksOf("--from", "2s", "--to", "5s")).toEqual({
    unread: [{ from_ms: 2000, to_ms: 4000 }],
    rows_until_ms: undefined,
  });
  expect(await marksOf("--from", "5s")).toEqual({ ...whole, unread: undefined });
});

test("a range of samples is cut from the CSV of a capture, and not from its own file", async () => {
  await using directory = await tempDirectory();
  const run = await withRows(directory.path);
  const whole = (await run("export", "a", "--format", "csv")).stdout.trimEnd().split("\n");
  const part = (await run("export", "a", "--format", "csv", "--from", "3s")).stdout;
  expect(part.trimEnd().split("\n")).toHaveLength(whole.length - 1);
  expect(run("export", "a", "--from", "3s")).rejects.toMatchObject({ code: "usage" });
});

test("a range that is empty, or is not a time, is refused", async () => {
  await using directory = await tempDirectory();
  const run = await withRows(directory.path);
  for (const range of [
    ["--from", "5", "--to", "5"],
    ["--from", "soon"],
    ["--to", "1:2"],
    ["--from", "1:99"],
    ["--to", "1:60:00"],
    ["--to", "9999h"],
    ["--session", "1-2"],
  ]) {
    expect(run("frames", "a", ...range)).rejects.toMatchObject({ code: "usage" });
  }
});
