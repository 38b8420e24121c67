/**
 * Makes the tables of a capture in a worker of its own: hours of samples take most of a second of a
 * core, while this thread has streams and pages to serve. The worker ends with its capture.
 */
import { timers } from "../base/scheduler.ts";
import { workerUrl } from "../base/worker-url.ts";
import type { MadeTables, TableFacts } from "./tables.ts";
import type { TablesAnswer } from "./tables-worker.ts";

/** Ten times the duration of the longest capture on a busy machine. */
const answerMsMax = 60_000;

/** @throws Error with the reason */
export async function makeTablesApart(facts: TableFacts): Promise<MadeTables> {
  const worker = new Worker(workerUrl("archive/tables-worker.ts"));
  const { promise, resolve } = Promise.withResolvers<TablesAnswer>();
  const fail = (reason: string) => resolve({ kind: "failed", reason });
  worker.onmessage = ({ data }: MessageEvent<TablesAnswer>) => resolve(data);
  worker.onerror = (event) => {
    event.preventDefault();
    fail(event.message);
  };
  worker.addEventListener("close", () => fail("its worker exited unexpectedly"));
  const cancel = timers.after(answerMsMax, () => fail("it takes too long"));
  worker.postMessage(facts);
  try {
    const answer = await promise;
    if (answer.kind === "made") return answer.tables;
    throw new Error(`Cannot make the tables of a capture: ${answer.reason}`);
  } finally {
    cancel();
    worker.terminate();
  }
}
