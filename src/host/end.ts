/**
 * The end of a host: recordings are saved, everything is closed, and nothing that hangs (a screen,
 * a sound server, a disk) delays the process. From the signal until the process is gone it takes
 * three seconds at most; only rows that are still being written get longer.
 */

import { log, warn } from "../base/log.ts";
import { nativeThreads } from "../base/native-threads.ts";
import { endAtLatest } from "../base/process.ts";
import { timers } from "../base/scheduler.ts";
import { type Core, saveRecording } from "./core.ts";

/** Saving comes first; players do not wait for a slower disk. */
const saveMs = 1000;
/** From the signal on. The last output of `main` comes after it. */
const deadlineMs = 2200;
/** The kernel kills a process whose main thread is blocked or late, this long after the signal. */
const kernelMs = 2700;
/** Rows of a long capture take some seconds: they get more while some were written within this time. */
const rowsMs = 1000;

/** The parts of a host that are needed to end it. */
type Saving = {
  readonly recorder: Pick<Core["recorder"], "stop" | "isJournalWhole">;
  readonly keeper: Pick<Core["keeper"], "hurry" | "isProgressing">;
};

/** False when a capture that was recording could not be saved in time. */
export async function endHost(
  { recorder, keeper }: Saving,
  running: Pick<AsyncDisposableStack, "disposeAsync">,
): Promise<boolean> {
  endAtLatest(kernelMs);
  const { promise: isLate, resolve } = Promise.withResolvers<"late">();
  const onDeadline = () => {
    if (!keeper.isProgressing(rowsMs)) return resolve("late");
    endAtLatest(rowsMs + kernelMs - deadlineMs);
    timers.after(rowsMs, onDeadline);
  };
  timers.after(deadlineMs, onDeadline);
  // First of all: no later failure can cost the capture.
  const saving = saveRecording(recorder);
  await Promise.race([saving, after(saveMs)]);
  nativeThreads.hurry();
  keeper.hurry();
  const ended = await Promise.race([running.disposeAsync(), isLate]);
  if (ended === "late") log("stopped without waiting for parts that do not answer", { deadlineMs });
  const saved = await Promise.race([saving, isLate]);
  const journal = "the disk does not answer; what its journal has is recovered at the next start";
  if (saved === "late") warn("capture_not_saved_at_stop", { journal });
  return saved === true;
}

function after(ms: number): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  timers.after(ms, resolve);
  return promise;
}
