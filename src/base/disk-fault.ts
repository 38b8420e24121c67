/** Why a file could not be written or read, in words for the operator. */

import { Failure } from "./failure.ts";

/** Why the disk refused, as a code and in words. */
export type DiskFault = {
  /** One of the names below; what the system calls it where there is none for that. */
  readonly name: string;
  readonly text: string;
};

const known: Readonly<Record<string, DiskFault>> = {
  ENOSPC: { name: "full", text: "the disk is full" },
  EDQUOT: { name: "quota", text: "the disk quota is used up" },
  EROFS: { name: "readOnly", text: "the disk is read-only" },
  EACCES: { name: "forbidden", text: "the directory may not be written to" },
  EPERM: { name: "forbidden", text: "the directory may not be written to" },
  EFBIG: { name: "tooLarge", text: "the file would be larger than allowed" },
  ETIMEDOUT: { name: "silent", text: "the disk does not answer" },
  ENOENT: { name: "gone", text: "its directory is gone" },
  EIO: { name: "broken", text: "the disk failed" },
};

/** Without paths: those are in the log. */
export function diskFault(cause: unknown): DiskFault {
  for (let error = cause; error instanceof Error; error = error.cause) {
    if (error instanceof Failure) continue;
    if ("code" in error && typeof error.code === "string") {
      return known[error.code] ?? { name: error.code, text: `the system says ${error.code}` };
    }
  }
  return { name: "refused", text: "the disk refused it" };
}

/**
 * Something new was not saved, and nothing of it remains.
 * @param doing what was being done, as an error says it
 */
export function notSaved(doing: string, cause: unknown): Failure {
  const { name, text } = diskFault(cause);
  const values = { disk: name };
  return new Failure("recording_not_saved", `${doing}: ${text}`, { cause, values });
}

/**
 * Something still exists, wholly or in part.
 * @param doing like that of `notSaved`
 */
export function notDeleted(doing: string, cause: unknown): Failure {
  const { name, text } = diskFault(cause);
  const values = { disk: name };
  return new Failure("recording_not_deleted", `${doing}: ${text}`, { cause, values });
}

/** The system's own words, for messages that already name the path. */
export function systemReason(cause: unknown): string {
  const { name, text } = diskFault(cause);
  if (name in readingTexts) return readingTexts[name] ?? text;
  if (name !== "refused" || !(cause instanceof Error)) return text;
  return cause.message;
}

const readingTexts: Readonly<Record<string, string>> = {
  forbidden: "permission denied",
  ENOTDIR: "a part of the path is not a directory",
  ENAMETOOLONG: "the path is too long",
  ELOOP: "its links lead in a circle",
};
