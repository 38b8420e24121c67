/**
 * Where a player's frames go: a file or stdout, written as they arrive. The queue is bounded; a
 * frame without room is refused as a whole, and the reader of the stream sees no broken one.
 */
import {
  close as closeFd,
  constants,
  fstat as fstatFd,
  ftruncate as ftruncateFd,
  open as openFd,
  write as writeFd,
} from "node:fs";
import { unlink } from "node:fs/promises";
import { promisify } from "node:util";
import { hasCode, messageOf } from "../../base/error-text.ts";
import { Failure } from "../../base/failure.ts";
import { sleepMs } from "../../base/timer.ts";

const write = promisify(writeFd) as unknown as (
  fd: number,
  bytes: Uint8Array,
  offset: number,
  byteCount: number,
) => Promise<{ bytesWritten: number }>;
const open = promisify(openFd);
const close = promisify(closeFd);
const fstat = promisify(fstatFd);
const ftruncate = promisify(ftruncateFd);

const { O_CREAT, O_EXCL, O_WRONLY } = constants;
/** Pictures of a desktop are private to its owner, like every file that a command writes. */
const modeOfNew = 0o600;

/** Some seconds of a high-bitrate stream. */
const waitingBytesMax = 32 * 1024 * 1024;
const stdoutFd = 1;
const againMs = 5;

/** An open file, and whether it was created for this sink. */
type Target = { readonly fd: number; readonly path: string; readonly isNew: boolean };

/**
 * Writes the elementary stream to a file or stdout; owns the file from `open` to `close`. Bounded:
 * a slow destination loses frames. An existing file keeps its bytes until the first frame: a
 * refused player must not destroy an earlier stream.
 */
export class FrameSink {
  readonly #fd: number;
  readonly #path: string;
  readonly #isNew: boolean;
  #hasFrames = false;
  readonly #waiting: Uint8Array[] = [];
  #waitingBytes = 0;
  #writing: Promise<void> | undefined;
  #isBroken = false;
  /** Called once: the reader of the stream is gone (undefined), or it cannot be written. */
  onBroken: ((failure: Failure | undefined) => void) | undefined;

  private constructor({ fd, path, isNew }: Target) {
    this.#fd = fd;
    this.#path = path;
    this.#isNew = isNew;
  }

  /** "-" is stdout; the first frame truncates an existing file. @throws Failure `output_failed` */
  static async open(path: string): Promise<FrameSink> {
    if (path === "-") return new FrameSink({ fd: stdoutFd, path, isNew: false });
    try {
      return new FrameSink(await openTarget(path));
    } catch (cause) {
      throw outputFailed(path, cause);
    }
  }

  /** Copies the frame; false when there is no room for it. */
  push(frame: Uint8Array): boolean {
    if (this.#isBroken || this.#waitingBytes + frame.length > waitingBytesMax) return false;
    this.#waiting.push(frame.slice());
    this.#waitingBytes += frame.length;
    this.#writing ??= this.#writeAll();
    return true;
  }

  /**
   * Resolves when everything is written. A file created for frames that never arrived is removed.
   */
  async close(): Promise<void> {
    await this.#writing;
    if (this.#fd === stdoutFd) return;
    await close(this.#fd);
    if (this.#isNew && !this.#hasFrames) await unlink(this.#path).catch(() => undefined);
  }

  async #writeAll(): Promise<void> {
    try {
      if (!this.#hasFrames) await this.#begin();
      for (let frame = this.#waiting[0]; frame !== undefined; frame = this.#waiting[0]) {
        await this.#writeWhole(frame);
        this.#waiting.shift();
        this.#waitingBytes -= frame.length;
      }
    } catch (cause) {
      this.#isBroken = true;
      this.#waiting.length = 0;
      this.onBroken?.(hasCode(cause, "EPIPE") ? undefined : outputFailed(this.#path, cause));
    } finally {
      this.#writing = undefined;
    }
  }

  /** Truncates a file; a pipe, a device or stdout cannot be. */
  async #begin(): Promise<void> {
    this.#hasFrames = true;
    if (this.#fd !== stdoutFd && (await fstat(this.#fd)).isFile()) await ftruncate(this.#fd, 0);
  }

  async #writeWhole(frame: Uint8Array): Promise<void> {
    for (let offset = 0; offset < frame.length; ) {
      try {
        offset += (await write(this.#fd, frame, offset, frame.length - offset)).bytesWritten;
      } catch (cause) {
        // A pipe that somebody made non-blocking, full for the moment.
        if (!hasCode(cause, "EAGAIN")) throw cause;
        await sleepMs(againMs);
      }
    }
  }
}

async function openTarget(path: string): Promise<Target> {
  try {
    return { fd: await open(path, O_WRONLY | O_CREAT | O_EXCL, modeOfNew), path, isNew: true };
  } catch (cause) {
    if (!hasCode(cause, "EEXIST")) throw cause;
    return { fd: await open(path, O_WRONLY | O_CREAT, modeOfNew), path, isNew: false };
  }
}

function outputFailed(path: string, cause: unknown): Failure {
  const reason = messageOf(cause);
  return new Failure("output_failed", `Cannot write the stream to "${path}": ${reason}`, { cause });
}
