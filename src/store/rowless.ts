/** Captures without rows, found by name alone: a start must not open thousands of files. */
import { readdir } from "node:fs/promises";
import { dataDisk } from "../base/disk-lane.ts";
import { startOfId } from "../model/capture-id.ts";
import { captureSuffix, idOfFile } from "./capture-names.ts";
import type { CaptureStore } from "./capture-store.ts";

/** A capture may have begun this long before its rows. */
const lengthMsMost = 24 * 60 * 60 * 1000;

/** The newest first, of those that can have ended after `sinceUnixMs`; renamed ones are skipped. */
export async function rowlessIds(
  { directory, frames }: Pick<CaptureStore, "directory" | "frames">,
  sinceUnixMs: number,
): Promise<string[]> {
  const [names, withRows] = await Promise.all([
    dataDisk.run(() => readdir(directory)),
    frames.ids(),
  ]);
  const ids = names.filter((name) => name.endsWith(captureSuffix)).map(idOfFile);
  const isOwed = (id: string) =>
    !withRows.has(id) && (startOfId(id) ?? 0) > sinceUnixMs - lengthMsMost;
  return ids.filter(isOwed).sort().reverse();
}
