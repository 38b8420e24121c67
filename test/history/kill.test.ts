/**
 * `kill -9` of a real host while it streams and writes its history: what was there stays as it was,
 * and no more than the last window is gone. `ONGLASS_EXECUTABLE` names one that is compiled.
 */
import { expect, test } from "bun:test";
import { join } from "node:path";
import type { FramesPage, HistoryState } from "../../src/model/frames-page.ts";
import { Random } from "../support/random.ts";
import { type RunningHost, startPlayer, startRunningHost } from "../support/running-host.ts";
import { tempDirectory } from "../support/temp-directory.ts";

const seed = crypto.getRandomValues(new Uint32Array(1))[0] ?? 1;
/** A window of a native session; a row is on its way to the disk for up to a second. */
const goneMsMax = 2000 + 1000;
const testMs = 90_000;

/** Until an answer is as wanted; each asks the host, and has it write what there is. */
async function waitFor(holds: () => Promise<boolean>): Promise<void> {
  const end = Date.now() + 30_000;
  while (!(await holds())) {
    if (Date.now() > end) throw new Error("The stream brought no rows within 30 s");
    await Bun.sleep(100);
  }
}

async function ask<T>(host: RunningHost, path: string): Promise<T> {
  const answer = await host.call("GET", `/api/v1/${path}`);
  expect(answer.status).toBe(200);
  return (await answer.json()) as T;
}

test(
  `a host that is killed while it streams has lost a window of its history at most (${seed})`,
  async () => {
    await using directory = await tempDirectory();
    const data = join(directory.path, "data");
    const host = await startRunningHost(data);
    const player = startPlayer(host, ["--width", "320", "--height", "180"]);
    const rowsOf = (of: RunningHost, whose: string, range: string) =>
      ask<FramesPage>(of, `history/${whose}/frames?${range}`);
    const state = async () => (await ask<HistoryState>(host, "history")).sessions[0];
    await waitFor(async () => (await state()) !== undefined);
    const id = (await state())?.id ?? "";
    await waitFor(async () => (await rowsOf(host, id, "columns=frame")).count > 240);
    // Of those the last may still change: what a player reports of a row comes up to 2 s later.
    const settled = "from=0&to=1500";
    const before = await rowsOf(host, id, settled);
    const startedMs = (await state())?.started_unix_ms ?? 0;
    // From here on nobody asks, since an answer writes what there is.
    await Bun.sleep(2500 + new Random(seed).below(1500));
    const killedMs = Date.now();
    await host.kill();
    await player.exited;

    await using again = await startRunningHost(data);
    const after = await rowsOf(again, id, settled);
    expect(after).toEqual(before);
    const { columns } = await rowsOf(again, id, "columns=frame,due_us");
    const frames = columns.frame ?? [];
    expect(frames).toEqual(frames.map((_, index) => Number(frames[0]) + index));
    const lastMs = startedMs + Number(columns.due_us?.at(-1)) / 1000;
    expect(killedMs - lastMs).toBeLessThanOrEqual(goneMsMax);
    const listed = (await ask<HistoryState>(again, "history")).sessions.find(
      (one) => one.id === id,
    );
    expect(listed).toMatchObject({ running: false, rows: frames.length });
    expect(startedMs + (listed?.duration_ms ?? 0)).toBeLessThanOrEqual(killedMs);
  },
  testMs,
);
