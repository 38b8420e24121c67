/** From a source's name to the source: `testsrc`, `x11:<display>` or `file:<path>`. */
import { Failure } from "../../base/failure.ts";
import { openFileSource } from "./file.ts";
import type { Source, SourceMode } from "./source.ts";
import { openTestSource } from "./testsrc.ts";
import { openScreenSource } from "./x11.ts";

/**
 * Blocks this thread until the source has answered.
 *
 * @throws Failure `unknown_source` for any other name, `source_unavailable` with what was in the way
 */
export function openSource(name: string, mode: SourceMode): Source {
  const [, scheme, rest] = /^(x11|file):(.+)$/su.exec(name) ?? [];
  if (scheme === "x11" && rest) return openScreenSource(rest, mode);
  if (scheme === "file" && rest) return openFileSource(rest, mode);
  if (name === "testsrc") return openTestSource(mode);
  const known = '"testsrc", "x11:<display>" and "file:<path>"';
  const message = `Cannot open source "${name}": there are only ${known}`;
  throw new Failure("unknown_source", message);
}
