/** The sessions of all paths as one list; an id is that of one path's. */
import type { Sessions } from "./parts.ts";

export function joinSessions(keepers: readonly Sessions[]): Sessions {
  return {
    sessions: () => keepers.flatMap((keeper) => keeper.sessions()),
    requestIdr: (id) => keepers.some((keeper) => keeper.requestIdr(id)),
    setBitrate: (id, kbps) => keepers.some((keeper) => keeper.setBitrate(id, kbps)),
    disconnect: (id) => keepers.some((keeper) => keeper.disconnect(id)),
  };
}
