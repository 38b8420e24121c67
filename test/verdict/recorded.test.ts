/**
 * Faults as they were recorded from real streams, judged again: each mended rule has the run that
 * showed it to be wrong. Directories are named as the proof keeps runs.
 */
import { expect, test } from "bun:test";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { judgeKept } from "../prove/verdict/again.ts";

const directory = join(import.meta.dir, "recorded");
const names = readdirSync(directory);

test.each(names)("the recorded fault %s is named", async (name) => {
  const run = await judgeKept(join(directory, name), name);
  expect([run?.outcome, run?.why]).toEqual(["right", ""]);
});

test("a link that was too narrow shows no pause of onglass", async () => {
  const name = names.find((one) => one.startsWith("link-shaped_strong_native")) ?? "";
  const run = await judgeKept(join(directory, name), name);
  const codes = run?.verdict.causes.map(({ code }) => code);
  expect(codes).toContain("link_narrow");
  expect(codes).not.toContain("own_pause");
});
