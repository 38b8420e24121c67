/**
 * Files that commands write with `--out`. One rule for all of them: a new file is for its owner alone
 * (0600), it is there whole or not at all, and stderr says what was written. What was there before stays
 * until then, also when the disk is full or somebody presses Ctrl-C. A pipe or a device takes the bytes as
 * they come.
 */
import { randomBytes } from "node:crypto";
import {
  closeSync,
  fsyncSync,
  openSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
} from "node:fs";
import { basename, dirname, join } from "node:path";
import { writeWholeSync } from "../base/atomic-file.ts";
import { systemReason } from "../base/disk-fault.ts";
import { hasCode } from "../base/error-text.ts";
import { Failure } from "../base/failure.ts";
import type { Terminal } from "./output.ts";

const fileMode = 0o600;

/** Where a command writes; disposed of without `finish`, nothing is left of it. */
export type OutFile = Disposable & {
  /** @throws Failure `output_failed` */
  write(part: string | Uint8Array): void;
  /** All has been written: the file gets its name. @throws Failure `output_failed` */
  finish(): void;
};

/** Writes it all at once; stdout for `-`, or without a name. @throws Failure `output_failed` */
export function writeOut(
  path: string | undefined,
  content: string | Uint8Array,
  terminal: Terminal,
): void {
  using file = openOut(path, terminal);
  file.write(content);
  file.finish();
}

/** Stdout for `-`, or without a name. @throws Failure `output_failed` */
export function openOut(path: string | undefined, terminal: Terminal): OutFile {
  if (path !== undefined && path !== "-") return openFile(path, terminal);
  return {
    write: (part) =>
      terminal.write(typeof part === "string" ? part : new TextDecoder().decode(part)),
    finish: () => undefined,
    [Symbol.dispose]: () => undefined,
  };
}

function openFile(path: string, terminal: Terminal): OutFile {
  const found = tried(path, () => statSync(path, { throwIfNoEntry: false }));
  const isDirect = found !== undefined && !found.isFile();
  // A link stays one: the file that it leads to is replaced.
  const place = found === undefined || isDirect ? path : tried(path, () => realpathSync(path));
  const target = isDirect ? path : join(dirname(place), tempName(place));
  const fd = tried(path, () => openSync(target, isDirect ? "w" : "wx", fileMode));
  const interruption = new Interruption();
  let [byteCount, isOpen, isFinished] = [0, true, false];
  const close = () => {
    if (isOpen) closeSync(fd);
    isOpen = false;
  };
  const dispose = () => {
    interruption[Symbol.dispose]();
    close();
    if (!isDirect && !isFinished) rmSync(target, { force: true });
  };
  return {
    write: (part) => {
      if (interruption.signal !== undefined) endBy(interruption.signal, dispose);
      const bytes = typeof part === "string" ? Buffer.from(part) : part;
      tried(path, () => writeWholeSync(fd, bytes));
      byteCount += bytes.length;
    },
    finish: () => {
      if (interruption.signal !== undefined) endBy(interruption.signal, dispose);
      tried(path, () => {
        if (!isDirect) fsyncSync(fd);
        close();
        if (!isDirect) renameSync(target, place);
      });
      isFinished = true;
      terminal.say(`wrote ${path} (${sizeText(byteCount)})`);
    },
    [Symbol.dispose]: dispose,
  };
}

const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
type Signal = (typeof signals)[number];

/** Notes the first signal that would end the process; a second one ends it at once. */
class Interruption implements Disposable {
  signal: Signal | undefined;
  readonly #listeners = signals.map((signal) => {
    const listener = () => {
      this.signal ??= signal;
      this[Symbol.dispose]();
    };
    process.once(signal, listener);
    return { signal, listener };
  });

  [Symbol.dispose](): void {
    for (const { signal, listener } of this.#listeners) process.off(signal, listener);
  }
}

/** As if nobody had listened, with nothing left behind: the shell learns of the signal. */
function endBy(signal: Signal, dispose: () => void): never {
  dispose();
  process.kill(process.pid, signal);
  throw new Failure("output_failed", `Interrupted by ${signal}`);
}

/** `812 bytes`, `3.4 kB`, `12 MB` */
export function sizeText(byteCount: number): string {
  if (byteCount < 1000) return `${byteCount} bytes`;
  const [value, unit] = byteCount < 1e6 ? [byteCount / 1000, "kB"] : [byteCount / 1e6, "MB"];
  return `${value < 10 ? value.toFixed(1) : Math.round(value)} ${unit}`;
}

function tempName(path: string): string {
  return `.${basename(path).slice(0, 128)}.${process.pid}-${randomBytes(8).toString("hex")}.tmp`;
}

function tried<T>(path: string, work: () => T): T {
  try {
    return work();
  } catch (cause) {
    const reason = hasCode(cause, "ENOENT") ? "its directory is missing" : systemReason(cause);
    throw new Failure("output_failed", `Cannot write "${path}": ${reason}`, { cause });
  }
}
