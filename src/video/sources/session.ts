/** A desktop for the player, started for this stream, of the stream's size. */
import { messageOf } from "../../base/error-text.ts";
import { Failure } from "../../base/failure.ts";
import { PrivateSession } from "../../desktop/private-session.ts";
import { showOwnScreen } from "./own-screen.ts";
import type { Source, SourceHost, SourceMode } from "./source.ts";

/**
 * @param command run in the session, words separated by blanks; a terminal when empty.
 * @throws Failure `source_unavailable` with the reason
 */
export function openSessionSource(command: string, mode: SourceMode, host: SourceHost): Source {
  try {
    return showOwnScreen(new PrivateSession(command, mode), mode, host);
  } catch (cause) {
    const reason = messageOf(cause);
    const name = `session:${command}`;
    throw new Failure("source_unavailable", `Cannot open "${name}": ${reason}`, { cause });
  }
}
