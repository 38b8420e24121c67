/**
 * The MoQ library writes to the console, one line for each announcement and each peer that leaves
 * badly. On this host the console is for results; what the library warns of is counted instead.
 */
import { isLogLine } from "../base/log.ts";

export type LibraryLog = Disposable & {
  /** Warnings and errors so far. */
  readonly complaintCount: number;
};

const silenced = ["debug", "info", "log"] as const;
const counted = ["warn", "error"] as const;

/** Takes the console over until disposed; only the host's own log still gets through. */
export function quietLibrary(console: Console): LibraryLog {
  const before = { ...console };
  const log = {
    complaintCount: 0,
    [Symbol.dispose]: () => void Object.assign(console, before),
  };
  for (const name of silenced) console[name] = () => undefined;
  for (const name of counted) {
    console[name] = (...args: unknown[]) => {
      if (isLogLine(args)) before[name](...args);
      else log.complaintCount += 1;
    };
  }
  return log;
}
