/** What the list of sessions says of those whose host died. */
import { expect, test } from "bun:test";
import { cpSync, rmSync } from "node:fs";
import { join } from "node:path";
import { openHistory, Playing, segmentsIn, session } from "../support/history-parts.ts";
import { sampleOf } from "../support/recorder-parts.ts";
import { tempDirectory } from "../support/temp-directory.ts";

const secondUs = 1_000_000;

/** Plays for so many frames at 50 a second; the directory gets what is on the disk without a farewell. */
async function killedAfter(directory: string, frameCount: number, { hasSample = false } = {}) {
  await using own = await tempDirectory();
  await using opened = await openHistory(own.path);
  const { history, scheduler, clock } = opened;
  const playing = new Playing(scheduler);
  const beganUs = clock.nowUs();
  history.startSession(session(1), playing.memory);
  playing.play(frameCount);
  if (hasSample) history.addSample(sampleOf({ session_id: 1 }));
  await history.flush();
  cpSync(own.path, directory, { recursive: true });
  return { beganUs, sampledUs: clock.nowUs() };
}

test("a session ended with the last slot that its host wrote, and its last minute is in the list", async () => {
  for (const frameCount of [30, 50 * 59, 50 * 65, 50 * 119, 50 * 200]) {
    await using directory = await tempDirectory();
    const { beganUs } = await killedAfter(directory.path, frameCount);
    await using opened = await openHistory(directory.path);
    const [found] = await opened.history.sessions();
    expect(found?.endedUs).toBe(beganUs + (frameCount - 1) * 20_000 + 1);
    const rows = found?.minutes.reduce((sum, minute) => sum + minute.rows, 0);
    expect(rows).toBe(frameCount);
    // It is worked out once, and stays the same.
    expect(await opened.history.sessions()).toEqual(found === undefined ? [] : [found]);
  }
});

test("a session that stood still at its end lasted until its last sample", async () => {
  await using directory = await tempDirectory();
  const { sampledUs } = await killedAfter(directory.path, 100, { hasSample: true });
  await using opened = await openHistory(directory.path);
  expect((await opened.history.sessions())[0]?.endedUs).toBe(sampledUs + 1);
});

test("where the last segments are gone or damaged, no end is made up", async () => {
  await using directory = await tempDirectory();
  const { beganUs } = await killedAfter(directory.path, 50 * 90);
  const last = segmentsIn(directory.path).at(-1) ?? "";
  await Bun.write(join(directory.path, last), "damaged");
  await using damaged = await openHistory(directory.path);
  const [found] = await damaged.history.sessions();
  expect(found).toMatchObject({ beganUs, endedUs: undefined });
  for (const name of segmentsIn(directory.path).slice(1)) rmSync(join(directory.path, name));
  await using gone = await openHistory(directory.path);
  const ended = (await gone.history.sessions())[0]?.endedUs ?? Number.NaN;
  expect(ended - beganUs).toBeGreaterThan(59 * secondUs);
});
