/**
 * `npm test`: what the tests need, then the checks, then every test. The last line, alone, is
 * "N passed, N failed". With arguments only those tests run.
 */
import { spawn } from "node:child_process";
import { check } from "./check.mjs";
import { bringPrograms } from "./debian.mjs";
import { testsNeeding } from "./needs.mjs";
import { exitOf, root, say } from "./run.mjs";

export async function runTests(bun, args) {
  const missing = await bringPrograms();
  const skipped = missing.length === 0 ? new Map() : testsNeeding(missing);
  const checkCode = args.length === 0 ? await check(bun) : 0;
  const without = [...skipped.keys()].flatMap((path) => ["--path-ignore-patterns", path]);
  const { code, counts } = await runBunTest(bun, [...without, ...args]);
  for (const [path, programs] of skipped) say(`skipped ${path}: ${programs.join(", ")} missing`);
  console.log(`${counts.pass} passed, ${counts.fail} failed`);
  return checkCode || code || (skipped.size > 0 ? 1 : 0);
}

/** Shows what bun prints and reads the counts from its closing lines. */
async function runBunTest(bun, args) {
  const child = spawn(bun, ["test", "--timeout", timeoutMs, ...args], {
    cwd: root,
    stdio: ["ignore", "pipe", "pipe"],
  });
  child.stdout.pipe(process.stdout, { end: false });
  let tail = "";
  child.stderr.setEncoding("utf8").on("data", (text) => {
    process.stderr.write(text);
    tail = (tail + text).slice(-tailCharacters);
  });
  const code = await exitOf(child, bun);
  return { code, counts: readCounts(tail, code) };
}

const tailCharacters = 4096;
/** For one test. Tests do not time: this only ends one that hangs, on the slowest machine. */
const timeoutMs = "30000";
/** A file that could not even be loaded is an "error" to bun; here it is a failure. */
export function readCounts(tail, code) {
  const pass = countOf(tail, "pass");
  const fail = countOf(tail, "fail") + countOf(tail, "errors?");
  return { pass, fail: code === 0 ? fail : Math.max(fail, 1) };
}

function countOf(tail, word) {
  const found = [...tail.matchAll(new RegExp(`^ *(\\d+) ${word}$`, "gm"))].at(-1);
  return Number(found?.[1] ?? 0);
}
