/** Cuts the texts of an event to the lengths that its shape allows. */
import { cutText } from "../base/cut-text.ts";
import { type EventType, eventShapes, type HostAction } from "../model/timeline.ts";

const lengths = new Map<string, ReadonlyMap<string, number>>(
  Object.entries(eventShapes).map(([type, shape]) => [type, lengthsOf(shape.properties)]),
);

/** The event itself where nothing is too long. */
export function bounded<T extends HostAction>(event: T): T {
  const known = lengths.get(event.type);
  let cut: Record<string, unknown> | undefined;
  for (const name in event) {
    const value = event[name];
    if (typeof value !== "string") continue;
    const lengthMax = known?.get(name);
    if (lengthMax === undefined || value.length <= lengthMax) continue;
    cut ??= { ...event };
    cut[name] = cutText(value, lengthMax);
  }
  // Only texts were replaced, by shorter ones.
  return (cut ?? event) as T;
}

/** Names of the fields that an event of this type may have. */
export function fieldsOf(type: EventType): readonly string[] {
  return Object.keys(eventShapes[type].properties);
}

function lengthsOf(properties: object): ReadonlyMap<string, number> {
  const found = new Map<string, number>();
  for (const [name, schema] of Object.entries(properties)) {
    if (typeof schema.maxLength === "number") found.set(name, schema.maxLength);
  }
  return found;
}
