/** The parameters in the address of a capture's page: session, range, marked events. */
import type { DetailQuery } from "../../views/recording.ts";
import type { Capture, CaptureSession } from "../model/capture.ts";
import { type EventType, eventTypes } from "../model/timeline.ts";

/** An address may contain anything; nonsense becomes the default. */
export function readDetailQuery(request: Request, capture: Capture): DetailQuery {
  const { searchParams } = new URL(request.url);
  const number = (name: string) => {
    const text = searchParams.get(name) ?? "";
    return /^\d{1,12}$/.test(text) ? Number(text) : undefined;
  };
  return {
    session: chosenSession(capture, number("session")),
    fromMs: number("from"),
    toMs: number("to"),
    stack: searchParams.get("stack") === "p50" ? "p50" : "mean",
    hasP99: !searchParams.has("stack") || searchParams.get("p99") === "yes",
    kinds: readKinds(searchParams.get("marks")),
  };
}

/** The requested one if it exists, otherwise the first. */
export function chosenSession(capture: Capture, asked: number | undefined): number | undefined {
  const ids = sessionsOf(capture).map(({ session_id }) => session_id);
  return asked !== undefined && ids.includes(asked) ? asked : ids[0];
}

/** All unless the address names some. */
function readKinds(text: string | null): ReadonlySet<EventType> {
  const names = text?.split(",");
  return new Set(eventTypes.filter((type) => names === undefined || names.includes(type)));
}

/** A file need not list its sessions: then they are those of its samples. */
export function sessionsOf({ meta, samples }: Capture): CaptureSession[] {
  const listed = new Map((meta.sessions ?? []).map((session) => [session.session_id, session]));
  const { kind, width, height, fps, codec, client } = meta;
  for (const { session_id } of samples) {
    if (listed.has(session_id)) continue;
    listed.set(session_id, { session_id, kind, width, height, fps, codec, client });
  }
  return [...listed.values()];
}
