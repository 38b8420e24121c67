/**
 * `npm test`: what the tests need, then the checks, then every test. The last line, alone, is
 * "N passed, N failed". With arguments only those tests run.
 *
 * Every folder of `test/` has a process of its own, two at a time. One process for all 300 files keeps the modules
 * and objects of each, and late files then ran up to forty times slower than alone: what a test
 * waits for became late although nothing else ran. So a process that dies costs its folder alone.
 */
import { spawn } from "node:child_process";
import { readdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { check } from "./check.mjs";
import { bringPrograms } from "./debian.mjs";
import { testsNeeding } from "./needs.mjs";
import { bringPythonPackages } from "./python.mjs";
import { exitOf, root, say } from "./run.mjs";

export async function runTests(bun, args) {
  const missing = await bringPrograms();
  if (args.length === 0 || args.some((arg) => "test/export/trace-outside.test.ts".includes(arg))) {
    bringPythonPackages();
  }
  const skipped = missing.length === 0 ? new Map() : testsNeeding(missing);
  const checkCode = args.length === 0 ? await check(bun) : 0;
  const results =
    args.length === 0 ? await runFolders(bun, skipped) : [await run(bun, args, skipped)];
  for (const [path, programs] of skipped) say(`skipped ${path}: ${programs.join(", ")} missing`);
  for (const name of results.flatMap(({ failed }) => failed)) say(`failed ${name}`);
  const sum = (count) => results.reduce((total, { counts }) => total + counts[count], 0);
  console.log(`${sum("pass")} passed, ${sum("fail")} failed`);
  const code = results.find((result) => result.code !== 0)?.code ?? 0;
  return checkCode || code || (skipped.size > 0 ? 1 : 0);
}

/** Tests that watch a stream: one folder after the other, most of their time waiting. */
const watching = ["browser", "flow", "gamestream", "input", "native", "video"];
/** Tests that start real programs, and wait for them more than they look at frames; before `watching`. */
const waiting = ["audio", "cli", "host", "moq", "prove", "video/sources"];

/**
 * Two lanes: in one the tests that watch a stream; beside it, at lower priorities, those that only work
 * something out, and then those that wait for programs.
 */
async function runFolders(bun, skipped) {
  const folders = [...testFolders()]
    .map(([folder, paths]) => ({ folder, paths: paths.filter((path) => !skipped.has(path)) }))
    .filter(({ paths }) => paths.length > 0);
  const isIn =
    (names) =>
    ({ folder }) =>
      names.some((name) => `${folder}/`.startsWith(`test/${name}/`));
  const [isWaiting, isWatching] = [isIn(waiting), isIn(watching)];
  const calm = folders.filter((one) => !isWaiting(one) && !isWatching(one));
  const nice = (value) => (args) =>
    runBunTest("nice", args, { first: ["-n", `${value}`, bun], isHeldBack: true });
  const beside = async () => [
    ...(await runLane(calm, nice(10))),
    ...(await runLane(folders.filter(isWaiting), nice(5))),
  ];
  const watched = folders.filter((one) => isWatching(one) && !isWaiting(one));
  const watchedLane = runLane(watched, (args) => runBunTest(bun, args));
  return (await Promise.all([watchedLane, beside()])).flat();
}

async function runLane(folders, runPaths) {
  const results = [];
  for (const { folder, paths } of folders) {
    const startMs = performance.now();
    results.push(await runPaths(paths.map((path) => `./${path}`)));
    say(`${((performance.now() - startMs) / 1000).toFixed(1)} s for ${folder}`);
  }
  return results;
}

/** The test files of each folder, in the order of their names; paths from the checkout. */
export function testFolders() {
  const folders = new Map();
  const names = readdirSync(join(root, "test"), { recursive: true }).sort();
  for (const name of names.filter((each) => each.endsWith(".test.ts"))) {
    const path = join("test", name);
    folders.set(dirname(path), [...(folders.get(dirname(path)) ?? []), path]);
  }
  return folders;
}

function run(bun, args, skipped) {
  const without = [...skipped.keys()].flatMap((path) => ["--path-ignore-patterns", path]);
  return runBunTest(bun, [...without, ...args]);
}

/**
 * Shows what bun prints, at its end where it is held back so that it mixes with nothing, and reads
 * from it the counts and the names of what failed.
 */
async function runBunTest(program, args, { first = [], isHeldBack = false } = {}) {
  const child = spawn(program, [...first, "test", "--timeout", timeoutMs, ...args], {
    cwd: root,
    stdio: ["ignore", "pipe", "pipe"],
  });
  const held = [];
  const show = (stream, part) => {
    if (isHeldBack) held.push(() => stream.write(part));
    else stream.write(part);
  };
  child.stdout.on("data", (part) => show(process.stdout, part));
  let text = "";
  child.stderr.setEncoding("utf8").on("data", (part) => {
    show(process.stderr, part);
    text += part;
  });
  const code = await exitOf(child, program);
  for (const write of held) write();
  return { code, ...readResult(text, code) };
}

/** For one test. Tests do not time: this only ends one that hangs, on the slowest machine. */
const timeoutMs = "30000";

/** A file that could not even be loaded is an "error" to bun; here it is a failure. */
export function readResult(text, code) {
  const fail = countOf(text, "fail") + countOf(text, "errors?");
  const counts = { pass: countOf(text, "pass"), fail: code === 0 ? fail : Math.max(fail, 1) };
  return { counts, failed: failedTests(text, code) };
}

function countOf(text, word) {
  const found = [...text.matchAll(new RegExp(`^ *(\\d+) ${word}$`, "gm"))].at(-1);
  return Number(found?.[1] ?? 0);
}

/** Each with its file. Bun repeats them at its end, without files. */
function failedTests(text, code) {
  const failed = new Set();
  let file = "before the first test";
  for (const line of text.split(/^\d+ tests? failed:$/m, 1)[0].split("\n")) {
    const heading = /^(test\/\S+\.ts):$/.exec(line)?.[1];
    if (heading !== undefined) file = heading;
    else if (line.startsWith("(fail) ")) failed.add(`${file}: ${line.slice("(fail) ".length)}`);
    else if (line.startsWith("# Unhandled error"))
      failed.add(`${file}: an error outside its tests`);
  }
  if (code !== 0 && failed.size === 0) failed.add(`${file}: bun ended with ${code}`);
  return [...failed];
}
