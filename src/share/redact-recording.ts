/**
 * A capture and its timeline without names and secrets: fields that are names are replaced
 * completely, texts are searched, and parts that a shared file does not need (bodies of calls,
 * their answers) are left out.
 */
import type { Capture } from "../model/capture.ts";
import type { Timeline, TimelineEvent } from "../model/timeline.ts";
import type { Redactor } from "./redactor.ts";

const depthMax = 12;
/** Names of fields: of ours they are short and plain. */
const plainName = /^[a-z0-9_]{1,40}$/i;
/** Numbers under such a name are secrets too: a PIN is digits. */
const secretField =
  /(^|_)(auth|authorization|code|cookie|credentials?|fingerprint|key|passphrase|password|pin|secret|signature|ticket|token|uniqueid)$/i;
const ownCodes = new Set(["reason_code", "keep_code"]);
const nameFields: ReadonlyMap<string, "player" | "host"> = new Map([
  ["client", "player"],
  ["host", "host"],
]);

export function redactCapture(capture: Capture, redactor: Redactor): Capture {
  // The same shape: texts for texts, everything else as it was.
  return clean(capture, { redactor, depth: 0 }) as Capture;
}

export function redactTimeline(timeline: Timeline, redactor: Redactor): Timeline {
  const events = timeline.events.map((event) => withoutCalls(event));
  // As above.
  return clean({ ...timeline, events }, { redactor, depth: 0 }) as Timeline;
}

/** The content of calls and answers is private; that there was a call is not. */
function withoutCalls(recorded: TimelineEvent): TimelineEvent {
  const { event } = recorded;
  if (event.type !== "api_call") return recorded;
  const { type, method, route, status, duration_us, actor, replayed } = event;
  const kept = { type, method, route, status, duration_us, actor, id: "", answer_sha256: "" };
  return { ...recorded, event: { ...kept, ...(replayed === undefined ? {} : { replayed }) } };
}

type Pass = { readonly redactor: Redactor; readonly depth: number; readonly field?: string };

function clean(value: unknown, pass: Pass): unknown {
  const { redactor, depth, field = "" } = pass;
  if (depth > depthMax) return redactor.name("secret", "(too deep)");
  if (typeof value === "string") return cleanText(value, pass);
  if (typeof value === "number" || typeof value === "bigint") {
    return isSecret(field) ? redactor.name("secret", String(value)) : value;
  }
  if (typeof value !== "object" || value === null) return value;
  const inside = { redactor, depth: depth + 1 };
  if (Array.isArray(value)) return value.map((one) => clean(one, { ...inside, field }));
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [
      plainName.test(name) ? redactor.text(name) : redactor.name("secret", name),
      clean(member, { ...inside, field: name }),
    ]),
  );
}

function cleanText(value: string, { redactor, field = "" }: Pass): string {
  const kind = nameFields.get(field);
  // Browsers that watch are counted, not named.
  if (kind === "player" && /^\d+ viewers?$/.test(value)) return value;
  if (kind !== undefined) return redactor.name(kind, value);
  if (field === "route") return value;
  if (isSecret(field)) return redactor.name("secret", value);
  return redactor.text(value);
}

function isSecret(field: string): boolean {
  return secretField.test(field) && !ownCodes.has(field);
}
