/** Files of other tools, saved as captures. */
import type { RecordingImport } from "../model/recording-import.ts";

export type Imports = {
  /** @throws Failure `recording_refused`, `capture_not_saved` */
  import(bytes: Uint8Array): Promise<RecordingImport>;
};
