/** What a command's exit code says: one table for the help, the man page and the documents. */
import { exitCannotTell, exitDiffers, exitFailed, exitOk, exitUsage } from "./output.ts";

/** Every exit code, in order. */
export const exitCodes = [
  { code: exitOk, short: "done", about: "done; of a comparison: no difference shown" },
  { code: exitFailed, short: "failed", about: "failed; stderr says what was in the way" },
  { code: exitUsage, short: "wrong usage", about: "called wrongly: nothing was done" },
  { code: exitDiffers, short: "difference", about: "of a comparison: a difference is shown" },
  { code: exitCannotTell, short: "undecided", about: "of a comparison: it cannot be told" },
] as const;
