/** What a command's exit code says: one table for the help, the man page and the documents. */
import { exitCannotTell, exitDiffers, exitFailed, exitOk, exitUsage } from "./output.ts";

/** Every exit code, in order. */
export const exitCodes = [
  { code: exitOk, short: "done", about: "done; of a comparison: no difference found" },
  { code: exitFailed, short: "failed", about: "failed; stderr has the reason" },
  {
    code: exitUsage,
    short: "wrong usage",
    about: "wrong usage, or a value that is not accepted: nothing was done",
  },
  { code: exitDiffers, short: "difference", about: "of a comparison: a difference was found" },
  {
    code: exitCannotTell,
    short: "undecided",
    about: "of a comparison: undecided, not enough data",
  },
] as const;
