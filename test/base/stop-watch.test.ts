import { expect, test } from "bun:test";
import { StopWatch } from "../../src/base/stop-watch.ts";

/** A watch that is checked after each step of time, with what the thread did meanwhile. */
class Scene {
  busyUs: number | undefined = 0;
  suspendedUs = 0;
  #nowUs = 0;
  readonly #watch = new StopWatch({
    busyUs: () => this.busyUs,
    suspendedUs: () => this.suspendedUs,
  });

  constructor() {
    this.#watch.check(0);
  }

  after(passedUs: number, busyUs = 0, meantUs?: number): number {
    this.#nowUs += passedUs;
    if (this.busyUs !== undefined) this.busyUs += busyUs;
    return this.#watch.check(this.#nowUs, meantUs);
  }
}

test("a thread that neither ran nor waited for a core was stopped", () => {
  const scene = new Scene();
  expect(scene.after(100_000)).toBe(0);
  expect(scene.after(1_500_000)).toBeWithin(1_300_000, 1_500_001);
  expect(scene.after(100_000)).toBe(0);
});

test("a thread that was busy, or waited for a core, was not", () => {
  expect(new Scene().after(1_500_000, 1_400_000)).toBe(0);
});

test("a pause of less than a quarter of a second beyond the usual is none", () => {
  expect(new Scene().after(399_999)).toBe(0);
  expect(new Scene().after(400_000)).toBe(250_000);
});

test("a check that was meant to come later is no stop", () => {
  expect(new Scene().after(500_000, 0, 400_000)).toBe(0);
  expect(new Scene().after(1_000_000, 0, 400_000)).toBe(400_000);
});

test("a suspended machine is seen although the monotonic clock stood still with it", () => {
  const scene = new Scene();
  scene.suspendedUs = 60_000_000;
  expect(scene.after(100_000)).toBe(60_000_000);
  expect(scene.after(100_000)).toBe(0);
});

test("where Linux hides what threads did nothing is claimed", () => {
  const scene = new Scene();
  scene.busyUs = undefined;
  expect(scene.after(1_500_000)).toBe(0);
});
