/** A text on its way into pipes: what their readers may do to it. */
import { expect, test } from "bun:test";
import { closeSync, openSync, readSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openPipe, type Pipe } from "../../src/base/descriptors.ts";
import { TextTransfers, transferCountMax } from "../../src/wayland/text-transfers.ts";
import { ManualScheduler } from "../support/manual-scheduler.ts";

const text = "Grüße";

/** A pipe that takes nothing more. */
function fullPipe(): Pipe {
  const pipe = openPipe({ isBlocking: false });
  const filling = Buffer.alloc(4096);
  try {
    for (;;) writeSync(pipe.writeEnd, filling);
  } catch {
    return pipe;
  }
}

/** All that is in a pipe whose other end is closed. */
function drain(readEnd: number): string {
  const bytes = Buffer.alloc(1 << 20);
  let count = 0;
  for (let read = -1; read !== 0; count += read) read = readSync(readEnd, bytes.subarray(count));
  closeSync(readEnd);
  return bytes.toString("utf8", 0, count);
}

test("a text is given whole, and its pipe is closed", () => {
  const transfers = new TextTransfers(text);
  const { readEnd, writeEnd } = openPipe({ isBlocking: true });
  const ends: boolean[] = [];
  transfers.give(writeEnd, true, (isWhole) => ends.push(isWhole));
  expect(drain(readEnd)).toBe(text);
  expect(ends).toEqual([true]);
});

test("who reads late is given it in pieces, who does not read in time is not", () => {
  const scheduler = new ManualScheduler();
  const transfers = new TextTransfers(text, scheduler.clock);
  const [late, never] = [fullPipe(), fullPipe()];
  const ends: string[] = [];
  transfers.give(late.writeEnd, true, (isWhole) => ends.push(`late ${isWhole}`));
  transfers.give(never.writeEnd, true, (isWhole) => ends.push(`never ${isWhole}`));
  transfers.continue();
  expect(transfers.count).toBe(2);
  readSync(late.readEnd, Buffer.alloc(8192));
  transfers.continue();
  expect(ends).toEqual(["late true"]);
  scheduler.advanceMs(2000);
  transfers.continue();
  expect(ends).toEqual(["late true", "never false"]);
  expect(transfers.count).toBe(0);
  expect(drain(late.readEnd)).toEndWith(text);
  expect(drain(never.readEnd)).not.toContain(text);
});

test("of thousands that do not read, a few are kept", () => {
  const transfers = new TextTransfers(text);
  const readEnds: number[] = [];
  for (let count = 0; count < transferCountMax + 5; count++) {
    const { readEnd, writeEnd } = fullPipe();
    readEnds.push(readEnd);
    transfers.give(writeEnd);
  }
  expect(transfers.count).toBe(transferCountMax);
  transfers.close();
  for (const readEnd of readEnds) expect(drain(readEnd)).not.toContain(text);
});

test("a reader that is gone, a file, and a type that was not offered, are given nothing", async () => {
  const transfers = new TextTransfers(text);
  const gone = openPipe({ isBlocking: true });
  closeSync(gone.readEnd);
  const path = join(tmpdir(), `transfer-${crypto.randomUUID()}`);
  const unwanted = openPipe({ isBlocking: true });
  const ends: boolean[] = [];
  const onEnd = (isWhole: boolean) => ends.push(isWhole);
  transfers.give(gone.writeEnd, true, onEnd);
  transfers.give(openSync(path, "w"), true, onEnd);
  transfers.give(unwanted.writeEnd, false, onEnd);
  expect(ends).toEqual([false, false, false]);
  expect(drain(unwanted.readEnd)).toBe("");
  expect(await Bun.file(path).text()).toBe("");
  await Bun.file(path).delete();
});
