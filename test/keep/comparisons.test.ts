/** Comparisons of what is kept: ranges, sessions, the baseline, old captures. */
import { expect, test } from "bun:test";
import { join } from "node:path";
import { runCaptures } from "../../src/cli/captures.ts";
import { parquetOf } from "../../src/export/parquet-writer.ts";
import { ComparisonService } from "../../src/keep/comparisons.ts";
import { readFrames } from "../../src/keep/kept-rows.ts";
import { CaptureStore } from "../../src/store/capture-store.ts";
import { madeCapture, sessionOf } from "../support/made-capture.ts";
import { syntheticRun } from "../support/synthetic-run.ts";
import { tempDirectory } from "../support/temp-directory.ts";
import { TestTerminal } from "../support/terminal.ts";

const seconds = 60;

/** Two captures with rows, the second 1.5 ms slower in sending, and one without. */
async function keptIn(path: string) {
  const store = new CaptureStore(join(path, "captures"));
  const save = async (run?: Parameters<typeof syntheticRun>[0]) => {
    const { id } = await store.save(
      madeCapture({ id: "a", windowCount: 30, sessions: [sessionOf({})] }),
    );
    if (run !== undefined)
      await Bun.write(store.frames.pathOf(id), parquetOf({}, syntheticRun(run)));
    return id;
  };
  const a = await save({ seed: 1, seconds });
  const b = await save({ seed: 2, seconds, addUs: 1500, stage: "send_us" });
  const comparisons = new ComparisonService({
    recordings: store,
    rowsOfRecording: async (id, query) => {
      return await readFrames((await store.frames.filePath(id)) ?? "", query);
    },
  });
  return { store, comparisons, a, b, old: await save() };
}

test("two captures are compared by their frames, with the verdict of each", async () => {
  await using directory = await tempDirectory();
  const { comparisons, a, b } = await keptIn(directory.path);
  const found = await comparisons.compare({ a: { id: a }, b: { id: b } });
  expect(found).toMatchObject({
    based_on: "rows",
    result: "difference",
    a: { id: a },
    b: { id: b },
  });
  expect(found.lead?.parts[0]?.part).toBe("send");
  expect(found.a.quality).toBeString();
  expect(found.b.blame).toBeObject();
});

test("two ranges of one capture are compared", async () => {
  await using directory = await tempDirectory();
  const { comparisons, a } = await keptIn(directory.path);
  const [one, two] = [
    { id: a, from: 0, to: 30_000 },
    { id: a, from: 30_000, to: 60_000 },
  ];
  const found = await comparisons.compare({ a: one, b: two });
  expect(found).toMatchObject({ result: "no_difference", a: { to_ms: 29_983, blocks: 6 } });
});

test("the baseline is what one capture is held against", async () => {
  await using directory = await tempDirectory();
  const { comparisons, store, a, b } = await keptIn(directory.path);
  const request = { a: { id: "baseline" }, b: { id: b } };
  await expect(comparisons.compare(request)).rejects.toMatchObject({ code: "not_found" });
  await store.change(a, { baseline: true });
  expect((await comparisons.compare(request)).a.id).toBe(a);
});

test.each([
  [(ids: { a: string; b: string }) => [ids.a, ids.b], 3, "B’s frames take 1.5"],
  [(ids: { a: string; b: string }) => [ids.a, ids.a], 0, "No detectable difference."],
  [(ids: { a: string; b: string }) => [`${ids.a}@0-8`, ids.b], 4, "Not enough data"],
] as const)("the command ends with a code that says what came out", async (words, code, text) => {
  await using directory = await tempDirectory();
  const { store, a, b } = await keptIn(directory.path);
  const terminal = new TestTerminal();
  expect(await runCaptures(["compare", ...words({ a, b })], terminal, () => store)).toBe(code);
  expect(terminal.stdout).toStartWith(text);
});
