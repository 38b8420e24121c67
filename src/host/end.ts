/**
 * The end of a host: what was recorded is saved, everything is closed, and nothing that hangs (a
 * screen, a sound server, a disk) holds the process up.
 */
import { endAtLatest } from "../base/libc.ts";
import { log } from "../base/log.ts";
import { nativeThreads } from "../base/native-threads.ts";
import { timers } from "../base/scheduler.ts";
import { type Core, saveRecording } from "./core.ts";

/** From the signal on; with the last words of `main` the process is gone within three seconds. */
const deadlineMs = 2500;
/** Rows of a long capture take some seconds, and are asked about so often. */
const rowsMs = 1000;
/** The kernel ends a process whose main thread is blocked, so long after that deadline. */
const blockedSeconds = 4;

/** False when a capture that was recording could not be saved in time. */
export async function endHost(
  { recorder, keeper }: Pick<Core, "recorder" | "keeper">,
  running: AsyncDisposableStack,
): Promise<boolean> {
  endAtLatest(blockedSeconds);
  const { promise: isLate, resolve } = Promise.withResolvers<"late">();
  const onDeadline = () => {
    if (!keeper.isWriting) return resolve("late");
    endAtLatest(blockedSeconds);
    timers.after(rowsMs, onDeadline);
  };
  timers.after(deadlineMs, onDeadline);
  // First of all: nothing that fails to end afterwards can cost the capture.
  const isSaved = await Promise.race([saveRecording(recorder), isLate]);
  nativeThreads.hurry();
  const ended = await Promise.race([running.disposeAsync(), isLate]);
  if (ended === "late") log("ended without waiting for what does not answer", { deadlineMs });
  return isSaved === true;
}
