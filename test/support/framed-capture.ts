/** A saved capture with rows beside it, as a host at 60 frames a second leaves them. */
import { mkdir } from "node:fs/promises";
import { dirname } from "node:path";
import { rowGroupRowsMax } from "../../src/export/frame-schema.ts";
import { FrameFileWriter } from "../../src/export/parquet-writer.ts";
import { OverviewNotes, overviewsKey } from "../../src/keep/stored-overviews.ts";
import type { CaptureStore } from "../../src/store/capture-store.ts";
import { madeCapture } from "./made-capture.ts";
import { madeRows } from "./made-rows.ts";

/** @returns the id of a capture with so many rows */
export async function saveFramed(store: CaptureStore, rowCount: number): Promise<string> {
  const windowCount = Math.ceil(rowCount / 120);
  const { id } = await store.save(madeCapture({ id: "framed", windowCount }));
  const path = store.frames.pathOf(id);
  await mkdir(dirname(path), { recursive: true });
  const parts: Uint8Array[] = [];
  const head = { duration_ms: Math.floor((rowCount * 1000) / 60) };
  const file = new FrameFileWriter(head, { write: (bytes) => void parts.push(bytes.slice()) });
  const overviews = new OverviewNotes(head.duration_ms);
  for (let first = 0; first < rowCount; first += rowGroupRowsMax) {
    const rows = madeRows({ count: Math.min(rowGroupRowsMax, rowCount - first), first });
    file.add(rows);
    overviews.add(rows);
  }
  file.note(overviewsKey, overviews.finish());
  file.finish();
  await Bun.write(path, Buffer.concat(parts));
  return id;
}
