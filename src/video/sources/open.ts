/** From a source's name to the source: `testsrc`, `x11:<display>` or `file:<path>`. */
import { Failure } from "../../base/failure.ts";
import type { Source, SourceMode } from "./source.ts";
import { openTestSource } from "./testsrc.ts";

/** Rejects with `unknown_source` for any other name, and with what was in the way. */
export async function openSource(name: string, mode: SourceMode): Promise<Source> {
  await Promise.resolve();
  if (name === "testsrc") return openTestSource(mode);
  throw new Failure("unknown_source", `Cannot open source "${name}": there is no such source`);
}
