/** The short form of `npm run prove`; the seed is in the name of a run that fails. */
import { expect, test } from "bun:test";
import { join } from "node:path";
import { Random } from "../support/random.ts";
import { tempDirectory } from "../support/temp-directory.ts";
import { killRounds } from "./kills.ts";
import { proveCaptures } from "./memory.ts";

const seed = crypto.getRandomValues(new Uint32Array(1))[0] ?? 1;

test(`a host that is killed while it streams and records loses the last window at most (${seed})`, async () => {
  await using directory = await tempDirectory();
  const random = new Random(seed);
  const killed = await killRounds(join(directory.path, "data"), { rounds: 2, random });
  expect(killed.captures).toBeGreaterThan(0);
}, 60_000);

test("a capture of three hours leaves no memory behind", async () => {
  expect(await proveCaptures(3)).toContain("MB");
}, 60_000);
