/** The short form of `npm run prove`; the seed is in the name of a run that fails. */
import { expect, test } from "bun:test";
import { join } from "node:path";
import { Random } from "../support/random.ts";
import { tempDirectory } from "../support/temp-directory.ts";
import { killRounds } from "./kills.ts";

const seed = crypto.getRandomValues(new Uint32Array(1))[0] ?? 1;

test(`a host that is killed while it streams and records loses the last window at most (${seed})`, async () => {
  await using directory = await tempDirectory();
  const random = new Random(seed);
  const killed = await killRounds(join(directory.path, "data"), { rounds: 2, random });
  expect(killed.captures).toBeGreaterThan(0);
}, 60_000);

/** In a process of its own: what other tests have left in this one is collected at any time. */
test("a capture of three hours leaves no memory behind", async () => {
  const code = `import { proveCaptures } from "${join(import.meta.dir, "memory.ts")}";
    process.stdout.write(await proveCaptures(3));`;
  const child = Bun.spawn([process.execPath, "-e", code], { stdout: "pipe", stderr: "pipe" });
  const [said, complaint] = await Promise.all([child.stdout.text(), child.stderr.text()]);
  expect([said, await child.exited, complaint]).toEqual([expect.stringContaining("MB"), 0, ""]);
}, 60_000);
