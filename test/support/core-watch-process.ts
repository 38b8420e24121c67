/**
 * Says when its core was taken away for more than 1.5 ms: a line each, from and to in microseconds of the
 * monotonic clock. To be started as a real-time process of the highest level, bound to one core: nothing but
 * the kernel and the machine below it come first then.
 */
import { systemClock } from "../../src/base/clock.ts";

const sleepUs = 1000;
const takenUsMin = 1500;
const clock = systemClock();

for (let beforeUs = clock.nowUs(); ; ) {
  Bun.sleepSync(sleepUs / 1000);
  const nowUs = clock.nowUs();
  if (nowUs - beforeUs > sleepUs + takenUsMin) {
    process.stdout.write(`${beforeUs + sleepUs} ${nowUs}\n`);
  }
  beforeUs = nowUs;
}
