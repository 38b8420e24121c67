/**
 * Which test files drive which programs: by what they and the files of `test/` that they import
 * start. So a program that is missing costs the tests that need it, by name, and no time-outs.
 */
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { root } from "./run.mjs";

/** Test files that need one of `programs`, each with those it needs; paths from the checkout. */
export function testsNeeding(programs) {
  const uses = programs.map((program) => ({ program, pattern: startOf(program) }));
  const found = new Map();
  for (const path of testFiles()) {
    const texts = textsBehind(path);
    const needed = uses.filter(({ pattern }) => texts.some((text) => pattern.test(text)));
    if (needed.length > 0) {
      found.set(
        path,
        needed.map(({ program }) => program),
      );
    }
  }
  return found;
}

/** A program stands alone in quotes, or first in a line of a script. */
function startOf(program) {
  if (program === "chromium") return /\bchromium\.launch/;
  if (program === "faketime") return /libfaketime/;
  return new RegExp(`["'\`]${program}["'\`]|(?:^\\s*|exec |[$]\`)${program} `, "m");
}

function testFiles() {
  return readdirSync(join(root, "test"), { recursive: true })
    .filter((name) => name.endsWith(".test.ts") && !name.startsWith("tools"))
    .map((name) => join("test", name))
    .sort();
}

const reference = /(?:from |import\(|new URL\()"(\.[^"]+\.ts)"/g;
const comments = /\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm;

/** The text of a file and of all that it imports from `test/`, without comments. */
function textsBehind(path) {
  const texts = new Map();
  const open = [path];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (texts.has(next)) continue;
    const text = textOf(next);
    texts.set(next, text);
    for (const [, target] of text.matchAll(reference)) {
      const imported = normalize(join(dirname(next), target));
      if (imported.startsWith("test/")) open.push(imported);
    }
  }
  return [...texts.values()];
}

function textOf(path) {
  try {
    return readFileSync(join(root, path), "utf8").replaceAll(comments, "");
  } catch {
    // An address that a test makes up is not a file of ours.
    return "";
  }
}
