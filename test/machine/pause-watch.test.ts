import { expect, test } from "bun:test";
import { PauseWatch } from "../../src/machine/pause-watch.ts";
import { ManualScheduler } from "../support/manual-scheduler.ts";

/** A thread that is watched, and what is seen of it. */
class Scene {
  readonly scheduler = new ManualScheduler();
  readonly pauses: number[] = [];
  lookCount = 0;
  busyUs: number | undefined = 0;
  readonly watch: PauseWatch;

  constructor() {
    const { scheduler } = this;
    this.watch = new PauseWatch({
      ...{ scheduler, clock: scheduler.clock },
      busyUs: () => {
        this.lookCount += 1;
        return this.busyUs;
      },
      onPause: (us) => void this.pauses.push(us),
    });
    this.watch.start();
    this.lookCount = 0;
  }

  /** The thread does nothing else for so long. */
  work(ms: number): void {
    this.busyUs = (this.busyUs ?? 0) + ms * 1000;
    this.scheduler.stallMs(ms);
    this.scheduler.advanceMs(0);
  }
}

test("a thread at rest is looked at ever less often, and one that works twenty times a second", () => {
  const scene = new Scene();
  scene.scheduler.advanceMs(20_000);
  expect(scene.lookCount).toBeLessThan(110);
  scene.work(900);
  scene.lookCount = 0;
  for (let slice = 0; slice < 20; slice++) {
    scene.busyUs = (scene.busyUs ?? 0) + 40_000;
    scene.scheduler.advanceMs(50);
  }
  expect(scene.lookCount).toBe(20);
});

test("a pause of a thread that has been at rest for long is seen in full", () => {
  const scene = new Scene();
  scene.scheduler.advanceMs(20_000);
  scene.work(300);
  scene.scheduler.advanceMs(1000);
  expect(Math.max(...scene.pauses)).toBe(300_000);
});

test("a stop of the process is seen for at least a part, however long the thread has been at rest", () => {
  for (let passedMs = 0; passedMs < 400; passedMs += 50) {
    const scene = new Scene();
    scene.scheduler.advanceMs(20_000 + passedMs);
    scene.scheduler.stallMs(300);
    scene.scheduler.advanceMs(0);
    expect(Math.max(...scene.pauses)).toBeGreaterThanOrEqual(100_000);
  }
});

test("a pause of a thread that works is seen but for what lies before the next look", () => {
  const scene = new Scene();
  scene.work(400);
  expect(scene.pauses).toEqual([350_000]);
});

test("where Linux hides what threads do, the thread is looked at twenty times a second", () => {
  const scene = new Scene();
  scene.busyUs = undefined;
  scene.scheduler.advanceMs(10_000);
  expect(scene.lookCount).toBe(200);
});

test("one that is stopped wakes nothing up", () => {
  const scene = new Scene();
  scene.watch.stop();
  expect(scene.scheduler.waitingCount).toBe(0);
});
