/** A host that is killed before it wrote the rows of a capture leaves that to the next start. */
import { expect, test } from "bun:test";
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beginPlaying, keepIn } from "../support/keep-parts.ts";
import { tempDirectory } from "../support/temp-directory.ts";

type Parts = Awaited<ReturnType<typeof keepIn>>;
const numbers = (count: number, first = 0) => Array.from({ length: count }, (_, at) => first + at);

/** What a host that is killed leaves: it never comes to write the rows. */
async function killedBeforeRows(
  directory: string,
  leave: (parts: Parts) => Promise<void>,
  limits?: { ageMsMax: number; bytesMax: number },
): Promise<AsyncDisposable> {
  const parts = await keepIn(directory, limits);
  await leave(parts);
  await parts.history.flush();
  // Closed after the test: what it would write by then is not to be taken for the work of the next start.
  return parts;
}

async function idsIn({ store }: Parts): Promise<string[]> {
  return (await store.list()).captures.map(({ id }) => id);
}

async function framesOf({ service }: Parts, id: string) {
  return (await service.framesOfRecording(id, { columns: ["frame", "due_us"] })).columns;
}

test("a capture stopped just before the host is killed has its rows after the next start", async () => {
  await using directory = await tempDirectory();
  await using _killed = await killedBeforeRows(directory.path, async (parts) => {
    const playing = beginPlaying(parts, 1);
    playing.play(100);
    await parts.recorder.start();
    playing.play(100);
    parts.sample(1);
    await parts.recorder.stop();
    playing.play(100);
  });
  await using second = await keepIn(directory.path);
  const [id = ""] = await idsIn(second);
  const { frame, due_us } = await framesOf(second, id);
  expect(frame).toEqual(numbers(100, 100));
  expect(due_us?.[0]).toBe(0);
  expect(await second.store.load(id)).toMatchObject({ meta: { duration_ms: 2000 } });
});

test("captures that were armed long before anybody played are found by what was written in them", async () => {
  await using directory = await tempDirectory();
  await using _killed = await killedBeforeRows(directory.path, async (parts) => {
    await parts.recorder.start();
    parts.scheduler.advanceMs(600_000);
    const playing = beginPlaying(parts, 1);
    playing.play(100);
    parts.sample(1);
    await parts.recorder.stop();
  });
  await using second = await keepIn(directory.path);
  const [id = ""] = await idsIn(second);
  const { frame, due_us } = await framesOf(second, id);
  expect(frame).toEqual(numbers(100));
  expect(due_us?.[0]).toBe(600_000_000);
});

test("kept captures get theirs too, of one session without those of others", async () => {
  await using directory = await tempDirectory();
  const path = (id: string) => join(directory.path, "frames", `${id}.parquet`);
  await using _killed = await killedBeforeRows(directory.path, async (parts) => {
    const one = beginPlaying(parts, 1);
    one.play(50);
    const two = beginPlaying(parts, 2);
    two.play(100);
    for (const session of [1, 2]) parts.sample(session);
    const own = await parts.service.keepSession("1", {});
    const all = await parts.service.keepLast(30);
    for (const { id } of [own, all]) {
      await parts.keeper.rowsSettled(id);
      rmSync(path(id));
    }
  });
  await using second = await keepIn(directory.path);
  const captures = (await second.store.list()).captures;
  const found = new Map<number, string[]>();
  for (const { id, sessions } of captures) {
    const rows = await second.service.rowsOfRecording(id, {});
    found.set(sessions?.length ?? 0, [...new Set(rows.columns.session_id)].map(String));
  }
  expect(Object.fromEntries(found)).toEqual({ 1: ["1"], 2: ["1", "2"] });
});

test("the rows of a capture that was recording reach until the host was killed, and so does it", async () => {
  await using directory = await tempDirectory();
  await using _killed = await killedBeforeRows(directory.path, async (parts) => {
    const playing = beginPlaying(parts, 1);
    await parts.recorder.start();
    playing.play(100);
    parts.sample(1);
    playing.play(40);
  });
  await using second = await keepIn(directory.path);
  const [{ id } = { id: "" }] = await second.recorder.recover();
  expect((await framesOf(second, id)).frame).toEqual(numbers(140));
  const meta = (await second.store.load(id))?.meta;
  expect(meta).toMatchObject({ recovered: true, duration_ms: 139 * 20 + 1, sample_count: 1 });
});

test("also of one that was killed within its first window", async () => {
  await using directory = await tempDirectory();
  await using _killed = await killedBeforeRows(directory.path, async (parts) => {
    const playing = beginPlaying(parts, 1);
    await parts.recorder.start();
    playing.play(30);
  });
  await using second = await keepIn(directory.path);
  const [{ id } = { id: "" }] = await second.recorder.recover();
  expect((await framesOf(second, id)).frame).toEqual(numbers(30));
});

test("one that cannot be read costs the others nothing, and one of another time gets no rows", async () => {
  await using directory = await tempDirectory();
  await using _killed = await killedBeforeRows(directory.path, async (parts) => {
    const playing = beginPlaying(parts, 1);
    await parts.recorder.start();
    playing.play(100);
    parts.sample(1);
    const meta = await parts.recorder.stop();
    const file = join(directory.path, "captures", `${meta?.id}.json`);
    const text = await Bun.file(file).text();
    writeFileSync(file.replace(".json", "-2.json"), "{");
    const before = (meta?.started_unix_ms ?? 0) - 7_200_000;
    const other = text.replace(`${meta?.started_unix_ms}`, `${before}`);
    writeFileSync(file.replace(".json", "-3.json"), other);
  });
  await using second = await keepIn(directory.path);
  const ids = (await idsIn(second)).sort();
  const [id = "", other = ""] = ids;
  expect((await framesOf(second, id)).frame).toEqual(numbers(100));
  expect(framesOf(second, other)).rejects.toMatchObject({ code: "no_frames" });
});

test("what a capture is owed stays although the history is off and removes all else", async () => {
  const off = { ageMsMax: 0, bytesMax: 0 };
  await using directory = await tempDirectory();
  const leave = async (parts: Parts) => {
    const playing = beginPlaying(parts, 1);
    await parts.recorder.start();
    playing.play(100);
    parts.sample(1);
    await parts.recorder.stop();
  };
  await using _killed = await killedBeforeRows(directory.path, leave, off);
  await using second = await keepIn(directory.path, off);
  second.history.clean();
  await second.history.cleaned();
  const [id = ""] = await idsIn(second);
  expect((await framesOf(second, id)).frame).toEqual(numbers(100));
  await second.history.cleaned();
  expect(second.history.held().segmentCount).toBe(0);
});
