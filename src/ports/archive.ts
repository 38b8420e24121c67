/** Captures of this host and others, gathered in one place. */
import type { ArchivedCapture, ArchiveStatus } from "../model/archive.ts";
import type { CaptureMeta } from "../model/capture.ts";

/** The archive for the API and the console. */
export type Archive = {
  status(): ArchiveStatus;
  /**
   * Newest first; of one host if it is named. @throws Failure `archive_off`, `archive_failed`
   */
  list(host?: string): Promise<readonly ArchivedCapture[]>;
  /**
   * Copies a capture of the archive to this host, with rows and timeline; an existing one is left
   * unchanged.
   * @throws Failure `archive_off`, `archive_failed`, `not_found`, `recording_refused`
   */
  open(key: string): Promise<CaptureMeta>;
};
