/**
 * Ends a host of which every part hangs, as a process of its own. The argument says which: "waiting"
 * for what never answers, "blocked" in its main thread, or "writing" rows for two
 * seconds more. Prints a line when it begins.
 */
import { endNow } from "../../src/base/process.ts";
import { endHost } from "../../src/host/end.ts";

const [how = "waiting"] = process.argv.slice(2);
const never = new Promise<never>(() => undefined);
let writingCount = how === "writing" ? 2 : 0;
const recorder = { stop: () => never, isJournalWhole: () => never };
const keeper = { hurry: () => undefined, isProgressing: () => writingCount-- > 0 };
const running = {
  disposeAsync: () => {
    if (how === "blocked") Bun.sleepSync(60_000);
    return never;
  },
};

// Keeps the process as sockets would.
setInterval(() => undefined, 1000);
process.stdout.write("ending\n");
endNow((await endHost({ recorder, keeper }, running)) ? 0 : 1);
