/**
 * Files of captures and the ids they are known by. A file whose name is not an id ("before
 * tuning.json") is listed under one made from it: the characters that an id may have, and a part of
 * the name's hash, so that it stays the same and never leaves the directory.
 */
import { createHash } from "node:crypto";
import { readdir } from "node:fs/promises";
import { isCaptureId } from "../model/capture-id.ts";

export const captureSuffix = ".json";
const stemLengthMax = 100;
const hashLength = 12;
const madePattern = /_[0-9a-f]{12}$/;

/** The id of the capture in the file `name`, which ends with `captureSuffix`. */
export function idOfFile(name: string): string {
  const stem = name.slice(0, -captureSuffix.length);
  return isCaptureId(stem) ? stem : madeId(stem);
}

/** The file that `id` was made from; `undefined` when there is none. Reads the directory's names. */
export async function findMadeName(directory: string, id: string): Promise<string | undefined> {
  if (!madePattern.test(id)) return undefined;
  const names = await readdir(directory);
  return names.find((name) => name.endsWith(captureSuffix) && idOfFile(name) === id);
}

/** "Übung" → "Ubung_3f0c…" */
function madeId(stem: string): string {
  const plain = stem
    .normalize("NFKD")
    .replaceAll(/\p{Mark}/gu, "")
    .replaceAll(/[^A-Za-z0-9._-]+/g, "_")
    .slice(0, stemLengthMax);
  const hash = createHash("sha256").update(stem).digest("hex").slice(0, hashLength);
  return `${plain}_${hash}`;
}
