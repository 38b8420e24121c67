/** `captures frames` and `captures export` of rows, from a capture's file. */
import { expect, test } from "bun:test";
import { join } from "node:path";
import { type CaptureFiles, runCaptures } from "../../src/cli/captures.ts";
import { parquetOf } from "../../src/export/parquet-writer.ts";
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
  expect(stderr).toContain(" 45 % █████████████░");
  expect(stderr).not.toContain("\n");
  expect(stderr).toEndWith("\r\x1b[K");
  const quiet = await withRows(directory.path, { rowCount });
  expect((await quiet("frames", "a", "--out", out)).stderr).toBe("");
});

test("a damaged file is named as such", async () => {
  await using directory = await tempDirectory();
  const run = await withRows(directory.path);
  await Bun.write(join(directory.path, "a.parquet"), "PAR1 and nothing else");
  expect(run("frames", "a")).rejects.toMatchObject({ code: "frames_damaged" });
});
