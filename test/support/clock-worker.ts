/** Answers every message with its own thread's reading of the clock. */
import { systemClock } from "../../src/base/clock.ts";

declare const self: Worker;
const clock = systemClock();
self.onmessage = () => postMessage(clock.nowUs());
