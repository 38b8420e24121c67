/** What becomes of the history when somebody removes its directory under a running host. */
import { expect, test } from "bun:test";
import { existsSync, mkdirSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import {
  everything,
  openHistory,
  Playing,
  readAll,
  segmentsIn,
  session,
} from "../support/history-parts.ts";
import { tempDirectory } from "../support/temp-directory.ts";

const frames = (count: number, first = 0) => Array.from({ length: count }, (_, at) => first + at);

/** A history whose session has played for so many seconds, all of it on disk. */
async function played(path: string, seconds: number, beside?: string) {
  const opened = await openHistory(path, { beside });
  const { history, scheduler } = opened;
  const playing = new Playing(scheduler);
  history.startSession(session(1), playing.memory);
  playing.play(50 * seconds);
  await history.flush();
  return { history, playing, [Symbol.asyncDispose]: () => opened[Symbol.asyncDispose]() };
}

test("a directory, or a file of it, that is removed costs no more than what is written next", async () => {
  for (const remove of [
    (path: string) => rmSync(path, { recursive: true }),
    (path: string) => rmSync(join(path, segmentsIn(path)[0] ?? "")),
  ]) {
    await using directory = await tempDirectory();
    const path = join(directory.path, "history");
    await using opened = await played(path, 5);
    const { history, playing } = opened;
    remove(path);
    playing.play(50);
    await history.flush();
    const first = playing.frame;
    playing.play(50 * 10);
    await history.flush();
    const { rows } = await readAll(history.read(everything));
    expect([...rows.columns.frame]).toEqual(frames(500, first));
    expect(history.isStopped).toBe(false);
  }
});

test("of a disk that is taken away nothing is made on the one behind it, and it continues when it is back", async () => {
  await using directory = await tempDirectory();
  const [data, away] = [join(directory.path, "data"), join(directory.path, "away")];
  mkdirSync(data);
  const lock = join(data, "lock");
  writeFileSync(lock, "");
  const path = join(data, "history");
  await using opened = await played(path, 70, lock);
  const { history, playing } = opened;
  renameSync(data, away);
  // What is left of a mount is an empty directory.
  mkdirSync(data);
  playing.play(50 * 70);
  await history.flush();
  playing.play(50 * 70);
  await history.flush();
  expect(history.isStopped).toBe(true);
  expect(existsSync(path)).toBe(false);
  rmSync(data, { recursive: true });
  renameSync(away, data);
  playing.play(50 * 12);
  await history.flush();
  const first = playing.frame;
  playing.play(50 * 10);
  await history.flush();
  expect(history.isStopped).toBe(false);
  const { rows } = await readAll(history.read(everything));
  expect([...rows.columns.frame.slice(-500)]).toEqual(frames(500, first));
});

test("a directory that is removed while a session runs is made again with the next segment", async () => {
  await using directory = await tempDirectory();
  const path = join(directory.path, "history");
  await using opened = await played(path, 70);
  const { history, playing } = opened;
  rmSync(path, { recursive: true });
  playing.play(50 * 70);
  await history.flush();
  const first = playing.frame;
  playing.play(50 * 10);
  await history.flush();
  expect(history.isStopped).toBe(false);
  expect(history.droppedCount).toBe(0);
  const { rows } = await readAll(history.read(everything));
  expect([...rows.columns.frame.slice(-500)]).toEqual(frames(500, first));
  const held = segmentsIn(path);
  expect(history.held().segmentCount).toBe(held.length);
  expect(history.held().bytes).toBe(
    held.reduce((sum, name) => sum + statSync(join(path, name)).size, 0),
  );
  expect((await history.sessions()).map((logged) => logged.session)).toEqual([session(1)]);
  expect(statSync(path).mode & 0o777).toBe(0o700);
});
