/**
 * Flushes written data of a file to its medium, asynchronously. It is the C library's asynchronous
 * fdatasync, which has a thread of its own: a disk that takes long to sync, or hangs in it, delays
 * no write and holds none of the threads that all file work of the process shares.
 */
import { ptr } from "bun:ffi";
import type { Clock } from "./clock.ts";
import { openLibc } from "./libc.ts";
import { timers } from "./scheduler.ts";

/** `struct aiocb` of glibc on 64 bits, <aio.h>. */
const requestBytes = 168;
const notifyOffset = 44;
const notifyNone = 1;
/** O_DSYNC: the data, and the metadata needed to read it. */
const dataOnly = 0o10000;
const inProgress = 115;
const pollMs = 20;

let calls: ReturnType<typeof linked> | undefined;

function linked() {
  return openLibc({
    aio_fsync: { args: ["i32", "ptr"], returns: "i32" },
    aio_error: { args: ["ptr"], returns: "i32" },
    aio_return: { args: ["ptr"], returns: "i64" },
  });
}

/** The descriptor stays open until this is settled. @throws Error with the number of the C library */
export async function syncData(fd: number): Promise<void> {
  calls ??= linked();
  // The library uses it until it is done: allocated separately, so that nothing moves it.
  const request = Buffer.alloc(requestBytes);
  request.writeInt32LE(fd, 0);
  request.writeInt32LE(notifyNone, notifyOffset);
  const at = ptr(request);
  if (calls.aio_fsync(dataOnly, at) !== 0) throw new Error("the sync could not be queued");
  let error = calls.aio_error(at);
  while (error === inProgress) {
    await new Promise<void>((resolve) => timers.after(pollMs, resolve));
    error = calls.aio_error(at);
  }
  calls.aio_return(at);
  // Read once more here, so that the request stays alive until now.
  if (error !== 0) throw new Error(`syncing file ${request.readInt32LE(0)} failed with ${error}`);
}

type Options = {
  readonly clock: Clock;
  /** Minimum time between the starts of two syncs. */
  readonly intervalUs: number;
  onRefused(cause: unknown): void;
  /** For tests; that of the C library unless given. */
  readonly sync?: ((fd: number) => Promise<void>) | undefined;
};

/** Syncs one file periodically, one sync at a time. */
export class DataSync {
  readonly #options: Options;
  #begunUs = Number.NEGATIVE_INFINITY;
  #running: Promise<void> | undefined;

  constructor(options: Options) {
    this.#options = options;
  }

  /** Does nothing while a sync is in progress, or when the last one is recent. */
  begin(fd: number): void {
    const { clock, intervalUs, onRefused, sync = syncData } = this.#options;
    const nowUs = clock.nowUs();
    if (this.#running !== undefined || nowUs - this.#begunUs < intervalUs) return;
    this.#begunUs = nowUs;
    this.#running = sync(fd)
      .catch(onRefused)
      .finally(() => {
        this.#running = undefined;
      });
  }

  /** Resolves when no sync is in progress: the file may be closed. */
  async settled(): Promise<void> {
    await this.#running;
  }
}
