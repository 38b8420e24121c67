/** Who is playing now: one path's sessions, or those of all paths as one list. */
import type { Session } from "../model/session.ts";

/** The running sessions. Commands are `false` for a session that does not exist. */
export type Sessions = {
  /** At most half a second old. */
  sessions(): readonly Session[];
  /** Asks the encoder for a key frame. False when no session has this id; likewise for the next two. */
  requestIdr(id: number): boolean;
  setBitrate(id: number, bitrateKbps: number): boolean;
  disconnect(id: number): boolean;
};
