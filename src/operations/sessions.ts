/** Who is playing now, and what an operator can do about it. */
import { Failure } from "../base/failure.ts";
import { bitrateFault, bitrateKbpsLeast, modeLimits } from "../model/limits.ts";
import { BitrateChange, Session } from "../model/session.ts";
import { notFound } from "./not-found.ts";
import { nothing, operation, readId } from "./operation.ts";
import { listOf } from "./schema.ts";

const tag = "sessions";
const prefix = "/api/v1/sessions";

export const sessionsList = operation({
  id: "sessions_list",
  method: "GET",
  route: prefix,
  tag,
  summary: "List sessions",
  description: "Sessions of all paths with their mode, target bitrate and totals since they began.",
  answers: { 200: listOf(Session, "Running sessions") },
  act: ({ sessions }) => sessions.sessions(),
});

export const sessionGet = operation({
  id: "session_get",
  method: "GET",
  route: `${prefix}/:id`,
  tag,
  summary: "Get a session",
  description: "The same as its row in the list. 404 once the session has ended.",
  answers: { 200: Session },
  problems: [404],
  act: ({ sessions }, { params }) => {
    const id = readId(params.id);
    const session = sessions.sessions().find(({ session_id }) => session_id === id);
    if (session === undefined) throw noSession(params.id);
    return session;
  },
});

export const sessionDisconnect = operation({
  id: "session_disconnect",
  method: "DELETE",
  route: `${prefix}/:id`,
  tag,
  summary: "Disconnect the player",
  description: "Ends the session. The player can connect again.",
  answers: { 204: nothing },
  problems: [404],
  isRepeatable: true,
  act: ({ sessions }, { params }) => change(params.id, (id) => sessions.disconnect(id)),
});

export const sessionIdr = operation({
  id: "session_idr",
  method: "POST",
  route: `${prefix}/:id/idr`,
  tag,
  summary: "Request a key frame",
  description:
    "The next frame is encoded without reference to earlier ones. Requests close together are answered by one frame.",
  answers: { 204: nothing },
  problems: [404],
  isRepeatable: true,
  act: ({ sessions }, { params }) => change(params.id, (id) => sessions.requestIdr(id)),
});

export const sessionBitrate = operation({
  id: "session_bitrate",
  method: "POST",
  route: `${prefix}/:id/bitrate`,
  tag,
  summary: "Change the target bitrate",
  description:
    "Takes effect with the next frames, without a new encoder, and for this session only. A bitrate at which a key frame would take longer than a second is refused.",
  body: BitrateChange,
  answers: { 204: nothing },
  problems: [404, 422],
  isRepeatable: true,
  act: ({ sessions }, { params, body: { bitrate_kbps: kbps } }) =>
    change(params.id, (id) => {
      checkBitrate(
        kbps,
        sessions.sessions().filter(({ session_id }) => session_id === id),
      );
      return sessions.setBitrate(id, kbps);
    }),
});

/**
 * Rates that no stream accepts are left to the field's own rule.
 * @throws Failure `invalid_bitrate`
 */
export function checkBitrate(
  kbps: number,
  sessions: readonly Pick<Session, "width" | "height">[],
): void {
  const least = Math.max(0, ...sessions.map(bitrateKbpsLeast));
  if (kbps < modeLimits.bitrateKbpsMin || kbps >= least) return;
  const values = { least, most: modeLimits.bitrateKbpsMax };
  throw new Failure("invalid_bitrate", bitrateFault(kbps, least), { values });
}

/** @throws Failure `not_found` when no session has this id any more */
function change(text: string, action: (id: number) => boolean): void {
  const id = readId(text);
  if (id === undefined || !action(id)) throw noSession(text);
}

function noSession(text: string): Failure {
  return notFound(`Cannot find session "${text.slice(0, 32)}": no session has this id now`);
}
