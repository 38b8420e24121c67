/** The table of the proof in docs/verdict.md and its sentence in README.md, written from runs. */
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { faults } from "./faults.ts";
import type { Run } from "./outcome.ts";
import { type LabPath, labPaths } from "./setup.ts";
import { fourteenOf, percent, totalsOf } from "./totals.ts";

const root = join(import.meta.dir, "../../..");
const begin = "<!-- proof: written by `npm run prove -- verdict --write` -->";
const end = "<!-- end of proof -->";
const pathNames = { native: "native", gamestream: "GameStream", browser: "browser" } as const;

/** Replaces what stands between the marks of both documents. @throws Error where a mark is missing */
export async function writeTables(runs: readonly Run[]): Promise<void> {
  await replaceIn(
    "docs/verdict.md",
    `${conditionsOf(runs)}\n\n${tableOf(runs)}\n\n${resultOf(runs)}`,
  );
  await replaceIn("README.md", resultOf(runs));
}

/** What a document has between its marks, replaced. */
export function replaceBetweenMarks(text: string, body: string): string | undefined {
  const [from, to] = [text.indexOf(begin), text.indexOf(end)];
  if (from < 0 || to < from) return undefined;
  return `${text.slice(0, from + begin.length)}\n\n${body}\n\n${text.slice(to)}`;
}

async function replaceIn(name: string, body: string): Promise<void> {
  const path = join(root, name);
  const text = replaceBetweenMarks(await Bun.file(path).text(), body);
  if (text === undefined) throw new Error(`Cannot write "${name}": it has no marks of the proof`);
  await Bun.write(path, text);
}

/** At the two stronger strengths, as far as they were run: a row a fault, a column a path, and what those not right said. */
export function tableOf(runs: readonly Run[]): string {
  const counted = runs.filter(({ strength }) => strength !== "weak");
  const named = faults.filter(({ name }) => counted.some(({ fault }) => fault === name));
  const rows = named.map(({ name }) => {
    const own = counted.filter(({ fault }) => fault === name);
    const wrong = own.filter(({ outcome }) => outcome !== "right");
    const said = [...new Set(wrong.map(({ path, why }) => `${pathNames[path]}: ${why}`))];
    return [name, ...labPaths.map((path) => countOf(own, path)), said.join("; ")];
  });
  return alignedTable([
    ["fault", ...labPaths.map((path) => pathNames[path]), "otherwise"],
    ...rows,
  ]);
}

function countOf(runs: readonly Run[], wanted: LabPath): string {
  const own = runs.filter(({ path }) => path === wanted);
  const right = own.filter(({ outcome }) => outcome === "right");
  return own.length === 0 ? "" : `${right.length} of ${own.length}`;
}

function alignedTable(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) =>
    Math.max(3, ...rows.map((row) => (row[column] ?? "").length)),
  );
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(" | ")} |`;
  const [head = [], ...body] = rows;
  return [line(head), line(widths.map((width) => "-".repeat(width))), ...body.map(line)].join("\n");
}

function conditionsOf(runs: readonly Run[]): string {
  const others = Math.max(0, middle(runs.map(({ before }) => before.others)));
  const busyCount = runs.filter(({ before }) => before.waited >= 0.3).length;
  return [
    `${runs.length} runs on ${availableParallelism()} cores. Before the fault, other programs, including the player and the`,
    `source of the pictures, used ${percent(others)} of them (median); in ${busyCount} runs the encode thread`,
    "already waited for its core. An empty cell was not run, or is not possible.",
  ].join("\n");
}

/** One paragraph: totals by path, the bound, the causes of the first measurement. */
function resultOf(runs: readonly Run[]): string {
  const counted = runs.filter(({ strength }) => strength !== "weak");
  const byPath = labPaths
    .filter((path) => counted.some((run) => run.path === path))
    .map((path) => `${pathNames[path]} ${countOf(counted, path)}`);
  const [all, ...more] = totalsOf(runs).filter(({ count }) => count > 0);
  const met = all?.isKept ? "met" : "not met";
  const rest = more.map(({ what, rightCount, count }) => `${what} ${rightCount} of ${count}`);
  const { right, wrong } = fourteenOf(runs);
  const not = wrong.length > 0 ? `; not: ${wrong.join(", ")}` : "";
  return [
    `First cause correct in ${strengthsIn(counted)}: ${byPath.join(", ")}. The target of 95% is **${met}** (${percent(all?.share ?? 0)}).`,
    ...(rest.length === 0 ? [] : [`Also correct: ${rest.join("; ")}.`]),
    `Of the ${right.length + wrong.length} causes in the first trial of the console, ${right.length} are named every time${not}.`,
  ].join("\n");
}

/** How many runs at each of the two stronger strengths. */
function strengthsIn(counted: readonly Run[]): string {
  const countAt = (wanted: Run["strength"]) =>
    counted.filter(({ strength }) => strength === wanted).length;
  return `${countAt("medium")} runs at medium and ${countAt("strong")} at high strength`;
}

function middle(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}
