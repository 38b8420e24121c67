/** What one count on three levels costs, and what ten thousand broadcasts leave: `bun test/bench/counters.ts`. */
import { systemClock } from "../../src/base/clock.ts";
import { systemScheduler } from "../../src/base/scheduler.ts";
import { Counters } from "../../src/counters/counters.ts";

const clock = systemClock();
const outlet = { open: () => ({ write: () => undefined, close: () => undefined }) };
const counters = new Counters({ outlet, clock, scheduler: systemScheduler() });

const track = counters.broadcast({ path: "live/1.hang", tier: "external" }).track("publisher");
const roundCount = 5;
const countsPerRound = 5_000_000;
for (let round = 0; round < roundCount; round += 1) {
  const startUs = clock.nowUs();
  for (let count = 0; count < countsPerRound; count += 1) track.bytes(1200);
  const ns = ((clock.nowUs() - startUs) * 1000) / countsPerRound;
  console.log(`one count on three levels: ${ns.toFixed(1)} ns`);
}
track.close();

const heapKb = () => {
  Bun.gc(true);
  return Math.round(process.memoryUsage().heapUsed / 1024);
};
const before = heapKb();
for (let turn = 0; turn < 4; turn += 1) {
  for (let index = 0; index < 10_000; index += 1) {
    const path = `live/${turn}-${index}.hang`;
    counters.broadcast({ path, tier: "external" }).open("publisher").close();
  }
  console.log(`heap after ${(turn + 1) * 10_000} broadcasts: ${heapKb() - before} KB more`);
}
counters.stop();
