import { expect, test } from "bun:test";
import { DiskLane } from "../../src/base/disk-lane.ts";
import { ManualScheduler } from "../support/manual-scheduler.ts";

const silence = "Cannot use the data directory: the disk does not answer";

function laneOn(coreCount: number) {
  const scheduler = new ManualScheduler();
  return { scheduler, lane: new DiskLane(scheduler, coreCount) };
}

test("work that is not answered within five seconds fails, and what comes after it at once", async () => {
  const { scheduler, lane } = laneOn(2);
  const hung = Promise.withResolvers<string>();
  const first = lane.run(() => hung.promise);
  await Promise.resolve();
  scheduler.advanceMs(4999);
  const both = Promise.allSettled([first, lane.run(async () => "waiting")]);
  scheduler.advanceMs(1);
  expect(await both).toMatchObject([
    { status: "rejected", reason: { message: silence } },
    { status: "rejected", reason: { message: silence } },
  ]);
  await expect(lane.run(async () => "next")).rejects.toThrow(silence);
  hung.resolve("late");
  await hung.promise;
  await Bun.sleep(0);
  expect(await lane.run(async () => "again")).toBe("again");
  expect(scheduler.waitingCount).toBe(0);
});

test("one fewer piece is under way than there are cores, one on a single core, four at most", async () => {
  for (const [coreCount, expected] of [
    [1, 1],
    [2, 1],
    [3, 2],
    [64, 4],
  ] as const) {
    const { lane } = laneOn(coreCount);
    let begunCount = 0;
    for (let n = 0; n < 10; n++) {
      void lane.runPatiently(() => {
        begunCount += 1;
        return new Promise(() => undefined);
      });
    }
    await Bun.sleep(0);
    expect(begunCount).toBe(expected);
  }
});

test("patient work waits for a disk that hangs, in its order", async () => {
  const { scheduler, lane } = laneOn(2);
  const hung = Promise.withResolvers<void>();
  const order: string[] = [];
  const work = (name: string) => async () => void order.push(name);
  const first = lane.runPatiently(() => hung.promise);
  const second = lane.runPatiently(work("second"));
  const third = lane.runPatiently(work("third"));
  await Bun.sleep(0);
  scheduler.advanceMs(60_000);
  expect(order).toEqual([]);
  hung.resolve();
  await Promise.all([first, second, third]);
  expect(order).toEqual(["second", "third"]);
});

test("work that fails makes room for the next", async () => {
  const { lane } = laneOn(2);
  const failing = lane.run(() => Promise.reject(new Error("full")));
  await expect(failing).rejects.toThrow("full");
  expect(await lane.run(async () => "next")).toBe("next");
});
