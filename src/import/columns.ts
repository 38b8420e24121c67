/** The meaning of a file's columns. Their names are foreign: bounded in number and length. */
import { printableShort } from "../base/printable.ts";
import type { ImportedRun } from "./run.ts";

/** More than any of the tools writes; an ellipsis stands for the rest. */
const leftOutCountMax = 200;
const nameLengthMax = 100;

/** @param meaningOf the meaning of a column; `undefined` for one that means nothing here */
export function columnsOf(
  names: Iterable<string>,
  meaningOf: (name: string) => string | undefined,
): Pick<ImportedRun, "used" | "leftOut"> {
  const used: Record<string, string> = {};
  const leftOut: string[] = [];
  for (const name of names) {
    const meaning = meaningOf(name);
    if (meaning !== undefined) used[name] = meaning;
    else if (leftOut.length < leftOutCountMax) leftOut.push(printableShort(name, nameLengthMax));
    else if (leftOut.length === leftOutCountMax) leftOut.push("…");
  }
  return { used, leftOut };
}
