/** The sessions of all paths as one list. */
import type { Session } from "../model/session.ts";

export type SessionKeeper = {
  sessions(): readonly Session[];
  requestIdr(id: number): boolean;
  setBitrate(id: number, kbps: number): boolean;
  disconnect(id: number): boolean;
};

/** The sessions of all paths; an id is that of one path's. */
export function joinSessions(keepers: readonly SessionKeeper[]): SessionKeeper {
  return {
    sessions: () => keepers.flatMap((keeper) => keeper.sessions()),
    requestIdr: (id) => keepers.some((keeper) => keeper.requestIdr(id)),
    setBitrate: (id, kbps) => keepers.some((keeper) => keeper.setBitrate(id, kbps)),
    disconnect: (id) => keepers.some((keeper) => keeper.disconnect(id)),
  };
}
