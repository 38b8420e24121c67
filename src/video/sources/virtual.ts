/** An additional screen of the running desktop, made for this stream, of its size. */
import { messageOf } from "../../base/error-text.ts";
import { Failure } from "../../base/failure.ts";
import { canMakeSwayOutput, SwayOutput } from "../../desktop/sway-output.ts";
import { openGnomeVirtual } from "./gnome.ts";
import { showOwnScreen } from "./own-screen.ts";
import type { Source, SourceHost, SourceMode } from "./source.ts";

const name = "virtual:";

/**
 * By sway if it is running, otherwise by GNOME.
 * @throws Failure `source_unavailable` with the reason
 */
export function openVirtualSource(mode: SourceMode, host: SourceHost): Source {
  if (!canMakeSwayOutput()) return openGnomeVirtual(name, mode);
  try {
    return showOwnScreen(new SwayOutput(mode), mode, host);
  } catch (cause) {
    const reason = messageOf(cause);
    throw new Failure("source_unavailable", `Cannot open "${name}": ${reason}`, { cause });
  }
}
