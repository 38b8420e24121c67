/** The sessions of all paths as one list. */
import type { Sessions } from "../ports/sessions.ts";

/**
 * The sessions of all paths; an id belongs to one path.
 * @param keepers read at every call
 */
export function joinSessions(keepers: () => readonly Sessions[]): Sessions {
  return {
    sessions: () => keepers().flatMap((keeper) => keeper.sessions()),
    requestIdr: (id) => keepers().some((keeper) => keeper.requestIdr(id)),
    setBitrate: (id, kbps) => keepers().some((keeper) => keeper.setBitrate(id, kbps)),
    disconnect: (id) => keepers().some((keeper) => keeper.disconnect(id)),
  };
}
