/** The table of the proof, as it stands in the documents. */
import { expect, test } from "bun:test";
import type { Run } from "./verdict/outcome.ts";
import { replaceBetweenMarks, tableOf } from "./verdict/tables.ts";

const load = { busy: 0.2, others: 0.05, waited: 0 };
const runOf = (change: Partial<Run>): Run => ({
  ...{ fault: "film-24", strength: "medium", path: "native", seed: 1, outcome: "right", why: "" },
  ...{ before: load, during: load },
  ...(change as Run),
});

test("a fault is a row, a path a column, and what was not right says what it was", () => {
  const table = tableOf([
    runOf({}),
    runOf({ outcome: "wrong", why: "it blames link_jitter" }),
    runOf({ path: "browser" }),
    runOf({ fault: "game-slow", strength: "weak" }),
  ]);
  expect(table.split("\n").slice(2)).toEqual([
    "| film-24 | 1 of 2 |            | 1 of 1  | native: it blames link_jitter |",
  ]);
});

test("a document is written between its marks, and nowhere else", async () => {
  for (const name of ["docs/verdict.md", "README.md"]) {
    const text = await Bun.file(name).text();
    const written = replaceBetweenMarks(text, "NEW") ?? "";
    expect(written).toContain("\n\nNEW\n\n");
    expect(replaceBetweenMarks(written, "NEW")).toBe(written);
    expect(written.slice(0, 200)).toBe(text.slice(0, 200));
    expect(written.slice(-200)).toBe(text.slice(-200));
  }
  expect(replaceBetweenMarks("no marks", "NEW")).toBeUndefined();
});
