/** Whether a terminal is attached, without the time of loading `node:tty`. */
import { readlinkSync } from "node:fs";

const terminals = /^\/dev\/(pts\/|tty|console|hvc)/;

/** Whether the descriptor is a terminal: 1 for results, 2 for the log. */
export function isTerminal(descriptor: 1 | 2): boolean {
  try {
    return terminals.test(readlinkSync(`/proc/self/fd/${descriptor}`));
  } catch {
    // Closed, or no /proc: nobody reads there.
    return false;
  }
}
