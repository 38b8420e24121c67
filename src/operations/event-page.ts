/** The events of a recording that a query requests. */
import { type Static, Type } from "@sinclair/typebox";
import { Failure } from "../base/failure.ts";
import {
  type EventPage,
  type EventType,
  eventTypes,
  type TimelineEvent,
} from "../model/timeline.ts";
import type { TimelineReading } from "../ports/timeline.ts";

/** Which recording. */
export const of = Type.Optional(
  Type.String({
    maxLength: 128,
    description:
      "capture, manual, or the id of a finished or imported one; default: the capture’s if it is running, else the manual one if it is running, else the last one that finished",
  }),
);

const clockMs = (description: string) =>
  Type.Optional(Type.Integer({ minimum: 0, maximum: 864_000_000, description }));
const date = (description: string) => Type.Optional(Type.String({ maxLength: 40, description }));

export const EventsQuery = Type.Object(
  {
    of,
    since: Type.Optional(
      Type.Integer({
        minimum: 0,
        maximum: Number.MAX_SAFE_INTEGER,
        description: "Only events from this index on",
      }),
    ),
    from: date("Only events of this time or later, such as 2026-06-26T20:14:03.000Z"),
    to: date("Only events of this time or earlier"),
    from_ms: clockMs("The same on the capture's clock"),
    to_ms: clockMs("The same on the capture's clock"),
    kinds: Type.Optional(
      Type.String({
        maxLength: 200,
        description: `Comma-separated types: ${eventTypes.join(",")}`,
      }),
    ),
    limit: Type.Optional(
      Type.Integer({ minimum: 1, maximum: 50_000, description: "Maximum number, oldest first" }),
    ),
  },
  { additionalProperties: false },
);
/** The requested events. */
export type EventsQuery = Static<typeof EventsQuery>;

/** The events that a query requests, at most one page of them. */
export function pageOf(recording: TimelineReading, query: EventsQuery): EventPage {
  const { since = 0, limit } = query;
  const found = eventsIn(recording, query).filter(matching(query));
  const events = limit === undefined ? found : found.slice(0, limit);
  const last = events.at(-1);
  const isCut = events.length < found.length && last !== undefined;
  return {
    id: recording.id,
    next_index: isCut ? last.index + 1 : recording.nextIndex,
    reaches_lost: since < recording.oldestIndex,
    events,
  };
}

function eventsIn(recording: TimelineReading, { since = 0, from, to }: EventsQuery) {
  if (from === undefined && to === undefined) return recording.eventsSince(since);
  const fromMs = from === undefined ? Number.NEGATIVE_INFINITY : readDate("from", from);
  const toMs = to === undefined ? Number.POSITIVE_INFINITY : readDate("to", to);
  return recording.eventsBetween(fromMs, toMs).filter(({ index }) => index >= since);
}

/** @throws Failure `out_of_range` */
function readDate(name: string, text: string): number {
  const unixMs = Date.parse(text);
  if (Number.isFinite(unixMs)) return unixMs;
  const rule = "it takes a time such as 2026-06-26T20:14:03.000Z";
  throw new Failure("out_of_range", `Cannot use "${name}" of the query: ${rule}`);
}

function matching({ kinds, from_ms, to_ms }: EventsQuery): (event: TimelineEvent) => boolean {
  const types = kinds === undefined ? undefined : readKinds(kinds);
  const [fromMs, toMs] = [from_ms ?? 0, to_ms ?? Number.POSITIVE_INFINITY];
  const isTimed = from_ms !== undefined || to_ms !== undefined;
  return ({ event, t_ms }) => {
    if (types !== undefined && !types.has(event.type)) return false;
    return !isTimed || (t_ms !== undefined && t_ms >= fromMs && t_ms <= toMs);
  };
}

/** @throws Failure `out_of_range` naming the first that is not a type */
function readKinds(text: string): ReadonlySet<EventType> {
  const names = text.split(",").map((name) => name.trim());
  const types = names.map((name) => {
    const type = eventTypes.find((one) => one === name);
    if (type !== undefined) return type;
    const rule = `it takes ${eventTypes.join(", ")}, and not "${name.slice(0, 32)}"`;
    throw new Failure("out_of_range", `Cannot use "kinds" of the query: ${rule}`);
  });
  return new Set(types);
}
