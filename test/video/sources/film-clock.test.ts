import { expect, test } from "bun:test";
import { FilmClock } from "../../../src/video/sources/film-clock.ts";

const times = (clock: FilmClock, stamps: readonly (number | undefined)[]) =>
  stamps.map((stamp) => clock.next(stamp));

test("a film starts at 0 and keeps its own steps", () => {
  expect(times(new FilmClock({ stepUs: 40 }), [500, 540, 600])).toEqual([0, 40, 100]);
});

test("a film that begins again continues one step later", () => {
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

test("a picture held for ten minutes is held while a longer jump counts as one step", () => {
  expect(times(new FilmClock({ stepUs: 40 }), [0, 600_000_000])).toEqual([0, 600_000_000]);
  expect(times(new FilmClock({ stepUs: 40 }), [0, 600_000_001])).toEqual([0, 40]);
});

test("the last picture is held for as long as it says before the film begins again", () => {
  const clock = new FilmClock({ stepUs: 40 });
  clock.next(0, 40);
  clock.next(40, 12_000_000);
  clock.restart();
  expect(clock.next(0, 40)).toBe(12_000_040);
});

test("a film begins again when the whole file is over, whose sound may be longer", () => {
  const clock = new FilmClock({ stepUs: 40, lengthUs: 1000 });
  for (const pass of [0, 1, 2]) {
    expect(times(clock, [500, 540, 600])).toEqual([0, 40, 100].map((us) => us + pass * 1000));
    clock.restart();
  }
});

test("a file that says it is over before its last picture is not believed", () => {
  const clock = new FilmClock({ stepUs: 40, lengthUs: 60 });
  times(clock, [0, 40, 80]);
  clock.restart();
  expect(clock.next(0)).toBe(120);
});
