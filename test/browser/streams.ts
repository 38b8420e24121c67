/** How many event streams of the recorder are open, now and at most; a page does not see its worker's. */
import type { ConsoleHost } from "../support/console-host.ts";

export function countStreams({ recorder }: ConsoleHost) {
  const count = { now: 0, max: 0 };
  const subscribe = recorder.subscribe.bind(recorder);
  recorder.subscribe = (listener) => {
    const listening = subscribe(listener);
    count.now += 1;
    count.max = Math.max(count.max, count.now);
    return {
      [Symbol.dispose]: () => {
        listening[Symbol.dispose]();
        count.now -= 1;
      },
    };
  };
  return count;
}
