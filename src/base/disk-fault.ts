/** Why a file could not be written, in words for the operator. */

const diskReasons: Record<string, string> = {
  ENOSPC: "the disk is full",
  EDQUOT: "the disk quota is used up",
  EROFS: "the disk is read-only",
  EACCES: "the captures directory may not be written to",
  EPERM: "the captures directory may not be written to",
  EFBIG: "the file would be larger than allowed",
  EIO: "the disk failed",
};

/** Without paths: those are in the log. */
export function diskReason(cause: unknown): string {
  for (let error = cause; error instanceof Error; error = error.cause) {
    if ("code" in error && typeof error.code === "string") {
      return diskReasons[error.code] ?? `the system says ${error.code}`;
    }
  }
  return "the disk refused it";
}
