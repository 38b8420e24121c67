/** Waiting for a descriptor while signals come in between. */
import { expect, test } from "bun:test";
import { writeSync } from "node:fs";
import { closeDescriptor, openPipe, waitReadable } from "../../src/base/descriptors.ts";

/** Sends this process a signal 0.1 s from now, and a byte into the pipe 0.2 s after that. */
function interruptThenWrite(pipe: number): Bun.Subprocess {
  const script = `sleep 0.1; kill -USR2 ${process.pid}; sleep 0.2; printf x >&3`;
  return Bun.spawn(["sh", "-c", script], { stdio: ["ignore", "ignore", "ignore", pipe] });
}

test("a signal during the wait is not taken for the end of it", async () => {
  const ignore = () => undefined;
  process.on("SIGUSR2", ignore);
  const { readEnd, writeEnd } = openPipe({ isBlocking: true });
  try {
    const program = interruptThenWrite(writeEnd);
    expect(waitReadable(readEnd, 20_000)).toBe(true);
    await program.exited;
  } finally {
    process.off("SIGUSR2", ignore);
    for (const end of [readEnd, writeEnd]) closeDescriptor(end);
  }
});

test("a wait in which nothing comes ends, and what is there already is no wait", () => {
  const { readEnd, writeEnd } = openPipe({ isBlocking: true });
  expect(waitReadable(readEnd, 5)).toBe(false);
  writeSync(writeEnd, "x");
  expect(waitReadable(readEnd, 0)).toBe(true);
  for (const end of [readEnd, writeEnd]) closeDescriptor(end);
});
