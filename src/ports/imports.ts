/** Files of other tools, saved as captures. */
import type { ImportProgress, RecordingImport } from "../model/recording-import.ts";

/** Imports one file at a time. */
export type Imports = {
  /** @throws Failure `recording_refused`, `import_running`, `recording_not_saved` */
  import(bytes: Uint8Array): Promise<RecordingImport>;
  /** Of the running import. */
  progress(): ImportProgress;
};
