import { expect, test } from "bun:test";
import { ArrivalFeedback } from "../../../src/native/player/arrival-feedback.ts";

test("frames are reported soon, answers to pings with the next ping, and nothing twice", () => {
  const feedback = new ArrivalFeedback();
  expect(feedback.take(true)).toBeUndefined();
  feedback.add(1, 60, 1000);
  expect(feedback.take(false)).toBeUndefined();
  expect(feedback.take(true)).toBeDefined();
  expect(feedback.take(true)).toBeUndefined();
  feedback.add(2, 1200, 2000);
  feedback.press();
  expect(feedback.take(false)).toBeDefined();
  expect(feedback.take(true)).toBeUndefined();
  expect(feedback.receivedBytes).toBe(1260);
});
