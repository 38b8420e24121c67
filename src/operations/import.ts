/** A recording of another tool, saved as a capture. */
import { ImportProgress, RecordingImport, recordingBytesMax } from "../model/recording-import.ts";
import { operation } from "./operation.ts";

export const statsRecordingImport = operation({
  id: "stats_recording_import",
  method: "POST",
  route: "/api/v1/stats/import",
  tag: "stats",
  summary: "Import a recording from another tool",
  description:
    "The body is the file: MangoHud CSV, PresentMon CSV (1.x, 2.x), CapFrameX JSON and CSV or WiVRn timings CSV, recognised by content. Columns with the same meaning are used, the others ignored; the response lists both. One file at a time.",
  fileBytesMax: recordingBytesMax,
  isAnyFile: true,
  answers: { 200: RecordingImport },
  problems: [409, 413, 422, 507],
  act: async ({ imports }, { file }) => await imports.import(file),
});

export const statsImportProgress = operation({
  id: "stats_import_progress",
  method: "GET",
  route: "/api/v1/stats/import",
  tag: "stats",
  summary: "Progress of an import",
  description: "For the file being imported, from 0 to 1; `is_running` is false if there is none.",
  answers: { 200: ImportProgress },
  act: ({ imports }) => imports.progress(),
});
