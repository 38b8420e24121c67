/** A cause that began when a setting was changed: the way back is the step that is offered. */
import { expect, test } from "bun:test";
import type { SettingChange } from "../../src/model/verdict.ts";
import { judgeChanged } from "./judging.ts";
import { missedRow } from "./made-rows.ts";

const toSlow: SettingChange = {
  ...{ at_ms: 10_000, setting: "encoder_preset", from: "superfast", to: "slow" },
};
/** Encoding takes two slots from 10 s on. */
const slowFromTen = (row: number) => {
  if (row < 606) return {};
  return row % 2 === 1 ? missedRow : { encode_us: 24_000 };
};
const judged = (changes: SettingChange[]) => judgeChanged(slowFromTen, changes);

test("an encoder that is too slow since its preset was changed leads back to the former preset", () => {
  const [lead] = judged([toSlow]).causes;
  expect(lead).toMatchObject({
    code: "encoder_slow",
    since: toSlow,
    step: { code: "undo_change", values: { setting: "encoder_preset", value: "superfast" } },
  });
  // The sentence names the change; the preset once more would be said twice.
  expect(lead).not.toHaveProperty("preset");
});

test("a change after which all was well for long is not what it began with", () => {
  const [lead] = judged([{ ...toSlow, at_ms: 4000 }]).causes;
  expect(lead?.since).toBeUndefined();
});

test("a change that came after the cause had begun is not what it began with", () => {
  const [lead] = judged([{ ...toSlow, at_ms: 14_000 }]).causes;
  expect(lead?.since).toBeUndefined();
});

test("a change at the very begin has nothing before it to compare with", () => {
  const slow = (row: number) => (row % 2 === 1 ? missedRow : { encode_us: 24_000 });
  const changes = [{ ...toSlow, at_ms: 500 }];
  expect(judgeChanged(slow, changes).causes[0]?.since).toBeUndefined();
});

test("a change of something else did not make the encoder slow", () => {
  const [lead] = judged([{ ...toSlow, setting: "pacing_share", from: 0.5, to: 0.8 }]).causes;
  expect(lead?.since).toBeUndefined();
});

test("a change that was taken back meanwhile is not offered to be taken back again", () => {
  const back = { ...toSlow, at_ms: 29_000, from: "slow", to: "superfast" };
  expect(judged([toSlow, back]).causes[0]?.since).toBeUndefined();
});
