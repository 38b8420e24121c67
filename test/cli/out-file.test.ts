/** What commands write where a person says: whole, or what was there before. */
import { expect, test } from "bun:test";
import { existsSync, readdirSync, readFileSync, statSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { openOut, writeOut } from "../../src/cli/out-file.ts";
import { smallDisk } from "../support/small-disk.ts";
import { tempDirectory } from "../support/temp-directory.ts";
import { TestTerminal } from "../support/terminal.ts";

const terminal = new TestTerminal();

test("a file of which the source is damaged half-way leaves what was there before", async () => {
  await using directory = await tempDirectory();
  const path = join(directory.path, "rows.csv");
  await Bun.write(path, "before");
  {
    using file = openOut(path, terminal);
    file.write("half");
  }
  expect(readFileSync(path, "utf8")).toBe("before");
  expect(readdirSync(directory.path)).toEqual(["rows.csv"]);
});

test("a disk that becomes full is named, and leaves no half file", async () => {
  await using disk = await smallDisk();
  if (!disk.isReal) return;
  const path = join(disk.path, "..", "rows.csv");
  const content = new Uint8Array(2 * 1024 * 1024);
  expect(() => writeOut(path, content, terminal)).toThrow(
    `Cannot write "${path}": the disk is full`,
  );
  expect(readdirSync(join(disk.path, ".."))).toEqual([]);
});

test("a link stays a link, a device stays a device", async () => {
  await using directory = await tempDirectory();
  const [link, real] = [join(directory.path, "link"), join(directory.path, "real")];
  await Bun.write(real, "before");
  symlinkSync("real", link);
  writeOut(link, "after", terminal);
  expect(readFileSync(real, "utf8")).toBe("after");
  expect(statSync(real).mode & 0o777).toBe(0o600);
  writeOut("/dev/null", "nothing", terminal);
  expect(statSync("/dev/null").isCharacterDevice()).toBe(true);
  expect(readdirSync(directory.path).sort()).toEqual(["link", "real"]);
});

/** Writes a part whenever one comes on stdin, and says so, as it does of a signal. */
const slowWriter = `
  const { openOut } = await import(${JSON.stringify(join(import.meta.dir, "../../src/cli/out-file.ts"))});
  using file = openOut(process.argv[1], { say() {} });
  process.once("SIGINT", () => console.log("interrupted"));
  for await (const chunk of process.stdin) {
    file.write(chunk);
    console.log("written");
  }
  file.finish();`;

test("Ctrl-C in the middle leaves neither the file nor a part of it, and the shell learns of the signal", async () => {
  await using directory = await tempDirectory();
  const path = join(directory.path, "rows.csv");
  const child = Bun.spawn([process.execPath, "-e", slowWriter, path], {
    stdin: "pipe",
    stdout: "pipe",
  });
  const said = child.stdout.getReader();
  child.stdin.write("first\n");
  await child.stdin.flush();
  await said.read();
  expect(readdirSync(directory.path)).toHaveLength(1);
  expect(existsSync(path)).toBe(false);
  child.kill("SIGINT");
  // What comes before it has heard the signal is still written.
  await said.read();
  child.stdin.write("second\n");
  await child.stdin.end();
  await child.exited;
  expect(child.signalCode).toBe("SIGINT");
  expect(readdirSync(directory.path)).toEqual([]);
});
