/**
 * An imported export: untrusted until every field has been checked. Errors are refused with their
 * location; excess is clamped, and counted.
 */

import { cutText, lowerFirst } from "../base/cut-text.ts";
import { Failure } from "../base/failure.ts";
import { isoText } from "../base/iso-text.ts";
import { checkNames, depthMax, depthOf, isTooHeavy } from "../base/json-depth.ts";
import { type ShapeCheck, shapeCheck } from "../model/shape-check.ts";
import {
  TimelineCheckpoint as checkpointShape,
  type EventType,
  eventShapes,
  type HostAction,
  importBytesMax,
  type Timeline,
  type TimelineCheckpoint,
  type TimelineEvent,
  textLengthMax,
} from "../model/timeline.ts";
import { dateText } from "../model/unix-ms.ts";
import { fieldsOf } from "./bounds.ts";

/**
 * Events of workers arrive late, and clocks of two machines differ: a time may go back by this
 * much.
 */
const reversalMsMax = 60_000;
const formatVersion = 1;
const timePattern = /^(\d{4}-\d\d-\d\d)T\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:\d\d)$/;

/** A parsed timeline, and the omissions. */
export type ReadTimeline = {
  readonly timeline: Timeline;
  /** Checkpoints that pointed after the last event. */
  readonly checkpointsClamped: number;
  /** Checkpoints with a duplicate id. */
  readonly duplicateIds: number;
};

/**
 * @throws Failure `too_large` before anything is parsed, `import_refused` with the location of the
 * error
 */
export function readTimeline(bytes: Uint8Array): ReadTimeline {
  if (bytes.length > importBytesMax) {
    const text = `Cannot import the timeline: it is larger than ${importBytesMax} bytes`;
    throw new Failure("too_large", text);
  }
  if (depthOf(bytes) > depthMax) throw refused("", `it is nested deeper than ${depthMax} levels`);
  if (isTooHeavy(bytes)) throw refused("", "its JSON has too many values");
  const document = membersOf(parse(bytes), "");
  const name = checkNames(document);
  if (name !== undefined) throw refused("", `it has a field named "${name}"`);
  checkFormat(document);
  const started_at = readTime(document.started_at, "started_at");
  const events = readEvents(document.events, started_at);
  const { checkpoints, ...counts } = readCheckpoints(document.checkpoints, { started_at, events });
  return {
    timeline: {
      id: readText(document.id, "id"),
      started_at,
      ...(document.host === undefined ? {} : { host: readText(document.host, "host") }),
      events_dropped: readCount(document.events_dropped, "events_dropped"),
      checkpoints_dropped: readCount(document.checkpoints_dropped, "checkpoints_dropped"),
      events_thinned: readCount(document.events_thinned, "events_thinned"),
      events,
      checkpoints,
    },
    ...counts,
  };
}

type Members = Readonly<Record<string, unknown>>;

function parse(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch (cause) {
    throw new Failure("malformed", "Cannot import the timeline: it is not JSON", { cause });
  }
}

function checkFormat({ version, kind }: Members): void {
  if (version !== undefined && version !== formatVersion) {
    throw refused("version", `it is ${quoted(version)}, and this host reads ${formatVersion}`);
  }
  if (kind !== undefined && kind !== "timeline") {
    throw refused("kind", `it is ${quoted(kind)}, which is not a timeline`);
  }
}

function readEvents(value: unknown, started_at: string): TimelineEvent[] {
  const order = new Order(started_at);
  let lastIndex = -1;
  return listOf(value, "events").map((item, place) => {
    const at = `events[${place}]`;
    const { index, timestamp, t_ms, event } = membersOf(item, at);
    lastIndex = readIndex(index, { at: `${at}.index`, lastIndex });
    return {
      index: lastIndex,
      timestamp: order.next(timestamp, `${at}.timestamp`),
      ...(t_ms === undefined ? {} : { t_ms: readCount(t_ms, `${at}.t_ms`) }),
      event: readEvent(event, `${at}.event`),
    };
  });
}

/** At the largest exact number indexes stop rising: so does our own recorder. */
function readIndex(value: unknown, { at, lastIndex }: { at: string; lastIndex: number }): number {
  const max = Number.MAX_SAFE_INTEGER;
  if (typeof value !== "number" || !Number.isSafeInteger(value) || value < 0) {
    throw refused(at, `it is ${quoted(value)}, and takes a whole number from 0 to ${max}`);
  }
  if (value > lastIndex || (value === max && lastIndex === max)) return value;
  throw refused(at, `it is ${value} after ${lastIndex}: indexes rise`);
}

function readEvent(value: unknown, at: string): HostAction {
  const members = membersOf(value, at);
  const { type } = members;
  if (typeof type !== "string" || !Object.hasOwn(eventShapes, type)) {
    throw refused(`${at}.type`, `it is ${quoted(type)}, which is not a type of event`);
  }
  // Found among the types one line above.
  const known = type as EventType;
  const event = Object.fromEntries(
    fieldsOf(known)
      .filter((name) => Object.hasOwn(members, name))
      .map((name) => [name, members[name]]),
  );
  const check = checks[known];
  const fault = check.Check(event) ? undefined : check.Errors(event).First();
  if (fault !== undefined) {
    throw refused(at + fault.path.replaceAll("/", "."), lowerFirst(fault.message));
  }
  // Checked against its shape right above.
  return distrusted(event as HostAction);
}

const checks = Object.fromEntries(
  Object.entries(eventShapes).map(([type, shape]) => [type, shapeCheck(shape)]),
) as Readonly<Record<EventType, ShapeCheck<(typeof eventShapes)[EventType]>>>;

/** The actor on another host is hearsay here. */
function distrusted(event: HostAction): HostAction {
  if (event.type === "api_call") return { ...event, actor: hearsay(event.actor) };
  if (event.type === "state_change") return { ...event, caused_by: hearsay(event.caused_by) };
  return event;
}

function hearsay(actor: string): string {
  return actor.startsWith("imported") ? actor : cutText(`imported: ${actor}`, textLengthMax.name);
}

type Before = { readonly started_at: string; readonly events: readonly TimelineEvent[] };

function readCheckpoints(value: unknown, { started_at, events }: Before) {
  const order = new Order(started_at);
  const indexMax = nextIndex(events);
  const ids = new Set<string>();
  let checkpointsClamped = 0;
  const checkpoints = listOf(value, "checkpoints").map((item, place): TimelineCheckpoint => {
    const at = `checkpoints[${place}]`;
    const members = membersOf(item, at);
    const { id, label, timestamp, t_ms, state, event_index: index } = members;
    if (typeof index !== "number") {
      throw refused(`${at}.event_index`, `it is ${quoted(index)}, and takes a number`);
    }
    const event_index = Math.max(0, Math.min(Math.trunc(index), indexMax));
    if (event_index !== index) checkpointsClamped += 1;
    ids.add(readText(id, `${at}.id`));
    return {
      id: readText(id, `${at}.id`),
      label: label === undefined || label === null ? null : readLabel(label, `${at}.label`),
      ...readLabelCode(members),
      timestamp: order.next(timestamp, `${at}.timestamp`),
      ...(t_ms === undefined ? {} : { t_ms: readCount(t_ms, `${at}.t_ms`) }),
      state: state ?? null,
      event_index,
    };
  });
  return { checkpoints, checkpointsClamped, duplicateIds: checkpoints.length - ids.size };
}

function nextIndex(events: readonly TimelineEvent[]): number {
  const last = events.at(-1);
  return last === undefined ? 0 : Math.min(last.index + 1, Number.MAX_SAFE_INTEGER);
}

/** Times that only grow, within a minute. */
class Order {
  #latestMs: number;

  constructor(started_at: string) {
    this.#latestMs = Date.parse(started_at);
  }

  next(value: unknown, at: string): string {
    const time = readTime(value, at);
    const unixMs = Date.parse(time);
    if (unixMs < this.#latestMs - reversalMsMax) {
      throw refused(at, `"${time}" lies before what came earlier: times must not go back`);
    }
    this.#latestMs = Math.max(this.#latestMs, unixMs);
    return time;
  }
}

function readTime(value: unknown, at: string): string {
  const day = typeof value === "string" ? timePattern.exec(value)?.[1] : undefined;
  const unixMs = day === undefined ? Number.NaN : Date.parse(String(value));
  if (day !== undefined && Number.isFinite(unixMs) && unixMs >= 0 && isDay(day)) {
    return dateText(unixMs);
  }
  throw refused(at, `it is ${quoted(value)}, and takes a time such as 2026-06-26T20:14:03.000Z`);
}

/** The 30th of February would be parsed as a day in March. */
function isDay(day: string): boolean {
  return isoText(Date.parse(`${day}T00:00:00Z`)).startsWith(day);
}

function readText(value: unknown, at: string): string {
  return textUpTo(textLengthMax.name, value, at);
}

function readLabel(value: unknown, at: string): string {
  return textUpTo(checkpointShape.properties.label.anyOf[0].maxLength ?? 0, value, at);
}

/** A code is only valid with the values of its table: anything else is left out. */
function readLabelCode({ label_code, label_values }: Members) {
  if (!checkLabelCode.Check(label_code) || !checkLabelValues.Check(label_values)) return {};
  return { label_code, label_values };
}

const checkLabelCode = shapeCheck(checkpointShape.properties.label_code);
const checkLabelValues = shapeCheck(checkpointShape.properties.label_values);

function textUpTo(lengthMax: number, value: unknown, at: string): string {
  if (typeof value === "string" && value.length <= lengthMax) return value;
  throw refused(at, `it is ${quoted(value)}, and takes a text of up to ${lengthMax} characters`);
}

function readCount(value: unknown, at: string): number {
  if (value === undefined) return 0;
  if (typeof value === "number" && Number.isSafeInteger(value) && value >= 0) return value;
  throw refused(at, `it is ${quoted(value)}, and takes a whole number from 0`);
}

function membersOf(value: unknown, at: string): Members {
  // Neither null nor a list, so its members have names.
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Members;
  throw refused(at, `it is ${quoted(value)}, and takes an object`);
}

function listOf(value: unknown, at: string): readonly unknown[] {
  if (Array.isArray(value)) return value;
  throw refused(at, `it is ${quoted(value)}, and takes a list`);
}

/** An excerpt of the found value: never all of it. */
function quoted(value: unknown): string {
  if (value === undefined) return "missing";
  if (typeof value === "string") return JSON.stringify(value.slice(0, 40));
  if (Array.isArray(value)) return "a list";
  return typeof value === "object" && value !== null ? "an object" : String(value);
}

function refused(at: string, reason: string): Failure {
  const place = at === "" ? "" : `${at}: `;
  return new Failure("import_refused", `Cannot import the timeline: ${place}${reason}`);
}
