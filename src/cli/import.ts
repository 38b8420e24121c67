/** `onglass captures import`: what another tool recorded, saved as a capture. */

import { systemClock } from "../base/clock.ts";
import { usage } from "../base/command-line.ts";
import { Failure } from "../base/failure.ts";
import type { FlagValues } from "../config.ts";
import { ImportService } from "../import/service.ts";
import { recordingBytesMax } from "../model/recording-import.ts";
import type { CaptureFiles } from "./captures.ts";
import { remoteImport } from "./captures-remote.ts";
import { namedTarget } from "./host-target.ts";
import { exitOk, type Terminal } from "./output.ts";

/** Which file, and where it is saved. */
export type ImportCall = {
  readonly files: CaptureFiles;
  readonly ids: readonly string[];
  readonly values: FlagValues;
  readonly terminal: Terminal;
};

/** Prints the capture's id and what became of the columns. @throws Failure `usage`, `recording_refused` */
export async function importCapture(call: ImportCall): Promise<number> {
  const { files, ids, values, terminal } = call;
  const [path, ...more] = ids;
  if (path === undefined || more.length > 0) throw usage("One file is needed");
  const bytes = await bytesOf(path);
  const host = await namedTarget(values, terminal.env);
  const done =
    host === undefined
      ? await importerOf(files, terminal)
          .import(bytes)
          .finally(() => terminal.progress(1))
      : await remoteImport(host, bytes);
  if (values.json === true) terminal.print(JSON.stringify(done));
  else {
    terminal.print(`imported ${done.meta.id}: ${done.frames} frames of ${done.tool}`);
    for (const [column, meaning] of Object.entries(done.used))
      terminal.say(`used      ${column}: ${meaning}`);
    terminal.say(`left out  ${done.left_out.join(", ") || "nothing"}`);
  }
  return exitOk;
}

/** Saves into the data directory of the command. */
export function importerOf(files: CaptureFiles, terminal: Terminal): ImportService {
  const { save, settleRows, frames } = files;
  if (save === undefined || settleRows === undefined || frames.pathOf === undefined)
    throw new Error("Bug: nothing can be saved");
  return new ImportService({
    save: (capture, timeline) => save.call(files, capture, timeline),
    rowsPath: frames.pathOf.bind(frames),
    settleRows: settleRows.bind(files),
    saved: () => undefined,
    remove: files.remove.bind(files),
    onProgress: (share) => terminal.progress(share),
    wallMs: () => systemClock().wallMs(),
  });
}

async function bytesOf(path: string): Promise<Uint8Array<ArrayBuffer>> {
  const file = Bun.file(path);
  if (!(await file.exists())) throw new Failure("not_found", `Cannot find the file "${path}"`);
  if (file.size > recordingBytesMax) {
    throw new Failure(
      "too_large",
      `Cannot import "${path}": it has more than ${recordingBytesMax} bytes`,
    );
  }
  return await file.bytes();
}
