/** What commands say when their results cannot be taken any more. */
import { expect, test } from "bun:test";
import { join } from "node:path";

const main = join(import.meta.dir, "../../src/main.ts");

/** Prints a help text into `into`, the end of a shell command. */
async function printedInto(into: string) {
  const line = `set -o pipefail; "$0" "$1" serve --help ${into}`;
  const child = Bun.spawn(["bash", "-c", line, process.execPath, main], {
    stdout: "pipe",
    stderr: "pipe",
  });
  return { code: await child.exited, stderr: await child.stderr.text() };
}

test("a disk that is full is named in one line", async () => {
  expect(await printedInto("> /dev/full")).toEqual({
    code: 1,
    stderr: "onglass: Cannot write to stdout: the disk is full\n",
  });
});

test("a reader that has read enough ends the command without a word", async () => {
  expect(await printedInto("| true")).toEqual({ code: 141, stderr: "" });
});
