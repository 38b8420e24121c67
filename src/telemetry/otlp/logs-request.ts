/** Events of the timeline as an ExportLogsServiceRequest in JSON. Pure. */
import type { HostAction } from "../../model/timeline.ts";
import { type Attributes, attributesOf, nanos, resourceOf, type Sender, scopeOf } from "./wire.ts";

/** SEVERITY_NUMBER_INFO and SEVERITY_NUMBER_WARN */
const info = { severityNumber: 9, severityText: "INFO" } as const;
const warn = { severityNumber: 13, severityText: "WARN" } as const;

/** An event, and when it happened: microseconds since 1970. */
export type LoggedEvent = { readonly event: HostAction; readonly atUs: number };

/** Bodies of calls and answers are not sent: they may be large, and are in the timeline. */
const leftOut: ReadonlySet<string> = new Set(["type", "body", "answer_shape", "answer_sha256"]);

/** @param nowUs microseconds since 1970 */
export function logsRequest(events: readonly LoggedEvent[], nowUs: number, sender: Sender) {
  const logRecords = events.map(({ event, atUs }) => ({
    timeUnixNano: nanos(atUs),
    observedTimeUnixNano: nanos(nowUs),
    ...(event.type === "log" ? warn : info),
    eventName: `onglass.${nameOf(event)}`,
    body: { stringValue: bodyOf(event) },
    attributes: attributesOf(fieldsOf(event)),
  }));
  return {
    resourceLogs: [
      { resource: resourceOf(sender), scopeLogs: [{ scope: scopeOf(sender), logRecords }] },
    ],
  };
}

function nameOf(event: HostAction): string {
  return "action" in event ? `${event.type}.${event.action}` : event.type;
}

function bodyOf(event: HostAction): string {
  switch (event.type) {
    case "log":
      return event.message;
    case "api_call":
      return `${event.method} ${event.path ?? event.route}`;
    case "state_change":
      return event.key;
    case "ui_action":
      return `${event.page} ${event.control}`;
    default:
      return event.action.replaceAll("_", " ");
  }
}

function fieldsOf(event: HostAction): Attributes {
  const fields: Record<string, Attributes[string]> = {};
  for (const [name, value] of Object.entries(event)) {
    if (!leftOut.has(name)) fields[`onglass.${name}`] = plain(value);
  }
  return fields;
}

function plain(value: unknown): Attributes[string] {
  if (typeof value === "string" || typeof value === "boolean") return value;
  if (typeof value === "number") return Number.isFinite(value) ? value : undefined;
  return value === undefined || value === null ? undefined : JSON.stringify(value);
}
