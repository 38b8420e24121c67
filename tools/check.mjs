/** The tools that read the code without running it. */
import { root, runStep, say } from "./run.mjs";

const steps = [
  ["biome", ["node_modules/.bin/biome", "check", "."]],
  ["tsc", ["node_modules/.bin/tsc", "--noEmit"]],
  ["tsc public", ["node_modules/.bin/tsc", "--noEmit", "-p", "public"]],
  ["knip", ["node_modules/.bin/knip", "--no-progress"]],
  ["tidy", ["test", "test/tidy.test.ts", "test/tidy-promises.test.ts"]],
];

/** All steps, so that one run shows every fault; answers 1 when any failed. */
export async function check(bun) {
  const failed = [];
  for (const [name, args] of steps) {
    say(`check: ${name}`);
    await runStep(bun, args, { cwd: root }).catch(() => failed.push(name));
  }
  if (failed.length === 0) return 0;
  say(`check failed: ${failed.join(", ")}`);
  return 1;
}

export async function format(bun) {
  await runStep(bun, ["node_modules/.bin/biome", "check", "--write", "."], { cwd: root });
  return 0;
}
