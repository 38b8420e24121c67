/** Verdicts that many ask for at once: each of them is answered, or told why not. */
import { expect, test } from "bun:test";
import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { VerdictService } from "../../src/keep/verdicts.ts";
import type { VerdictQuery } from "../../src/ports/verdicts.ts";
import { heldIn, playSession } from "../support/held-pages.ts";
import { tempDirectory } from "../support/temp-directory.ts";

async function heldSession(directory: string) {
  const held = await heldIn(directory);
  playSession(held, 7, 20);
  await held.tape.flush();
  return held;
}

test("a verdict that a thousand ask for is worked out once", async () => {
  await using directory = await tempDirectory();
  await using held = await heldSession(directory.path);
  let readCount = 0;
  const { rowsOfSession } = held.history;
  held.history.rowsOfSession = async (id, query) => {
    readCount += 1;
    return await rowsOfSession.call(held.history, id, query);
  };
  const asked = Array.from({ length: 1000 }, () => held.verdicts.verdictOfSession("7", {}));
  const [first, ...others] = await Promise.all(asked);
  expect(first?.frames.slots).toBeGreaterThan(900);
  expect(others.every((one) => one === first)).toBe(true);
  expect(readCount).toBe(1);
});

test("of many different ones a few hundred wait their turn, one at a time, and the others are refused", async () => {
  await using directory = await tempDirectory();
  await using held = await heldSession(directory.path);
  const { rowsOfSession } = held.history;
  let reading = 0;
  let most = 0;
  held.history.rowsOfSession = async (id, query) => {
    reading += 1;
    most = Math.max(most, reading);
    const rows = await rowsOfSession.call(held.history, id, query);
    reading -= 1;
    return rows;
  };
  const asked = Array.from({ length: 600 }, (_, from) =>
    held.verdicts.verdictOfSession("7", { from }),
  );
  const settled = await Promise.allSettled(asked);
  const answered = settled.filter(({ status }) => status === "fulfilled");
  expect(answered).toHaveLength(500);
  expect(most).toBe(1);
  const refused = settled.flatMap((one) => (one.status === "rejected" ? [one.reason.code] : []));
  expect(new Set(refused)).toEqual(new Set(["too_busy"]));
});

test("a session whose list cannot be read is not one that never was", async () => {
  await using directory = await tempDirectory();
  await using held = await heldSession(directory.path);
  expect(await held.verdicts.verdictOfSession("8", {})).toBeUndefined();
  const { directory: lists } = held.tape;
  const list = join(lists, "000001.sessions");
  rmSync(list);
  mkdirSync(list);
  expect(held.verdicts.verdictOfSession("7", {})).rejects.toMatchObject({
    code: "storage_unreadable",
  });
});

test("only of the last seconds the preset is named, which may have been another before", async () => {
  await using directory = await tempDirectory();
  await using held = await heldIn(directory.path, "slow");
  const playing = playSession(held, 7, 4);
  Object.assign(playing.writer.draft, { cpuWaitUs: 0 });
  for (let turn = 0; turn < 40; turn++) {
    // What a frame takes to encode grows with its number.
    Object.assign(playing, { frame: 60_000 + turn });
    playing.play(1);
    Object.assign(playing, { frame: 200 + turn * 20 });
    playing.play(19);
  }
  await held.tape.flush();
  const leadOf = async (query: VerdictQuery) =>
    (await held.verdicts.verdictOfSession("7", query))?.causes[0];
  expect(await leadOf({ last_s: 60 })).toMatchObject({ code: "encoder_slow", preset: "slow" });
  const whole = await leadOf({});
  expect(whole).toMatchObject({ code: "encoder_slow", step: { code: "faster_preset" } });
  expect(whole).not.toHaveProperty("preset");

  held.tape.endSession(7);
  held.scheduler.advanceMs(6000);
  expect(await leadOf({ last_s: 60 })).not.toHaveProperty("preset");

  // The step of a capture without a checkpoint starts from the preset that holds when it is asked for.
  let preset = "slow";
  const verdicts = new VerdictService({
    ...{ history: held.history, recordings: held.store, stats: held.recorder },
    presetNow: () => preset,
  });
  const { id } = await held.history.keepSession("7", {});
  await held.keeper.rowsSettled(id);
  const stepOf = async () => (await verdicts.verdictOfRecording(id, {})).causes[0]?.step?.code;
  expect(await stepOf()).toBe("faster_preset");
  preset = "ultrafast";
  expect(await stepOf()).toBe("smaller_mode");
});
