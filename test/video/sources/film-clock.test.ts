import { expect, test } from "bun:test";
import { FilmClock } from "../../../src/video/sources/film-clock.ts";

const times = (clock: FilmClock, stamps: readonly (number | undefined)[]) =>
  stamps.map((stamp) => clock.next(stamp));

test("a film starts at 0 and keeps its own steps", () => {
  expect(times(new FilmClock({ stepUs: 40 }), [500, 540, 600])).toEqual([0, 40, 100]);
});

test("a film that begins again goes on one step later", () => {
  const clock = new FilmClock({ stepUs: 40 });
  times(clock, [0, 40, 80]);
  clock.restart();
  expect(times(clock, [0, 40])).toEqual([120, 160]);
});

test("a film without time stamps goes step by step", () => {
  expect(times(new FilmClock({ stepUs: 40 }), [undefined, undefined])).toEqual([0, 40]);
});

test("a time stamp that jumps back counts as one step", () => {
  expect(times(new FilmClock({ stepUs: 40 }), [1000, 500, 540])).toEqual([0, 40, 80]);
});

test("a pause of 10 s is kept while a longer one counts as one step", () => {
  expect(times(new FilmClock({ stepUs: 40 }), [0, 10_000_000])).toEqual([0, 10_000_000]);
  expect(times(new FilmClock({ stepUs: 40 }), [0, 10_000_001])).toEqual([0, 40]);
});
