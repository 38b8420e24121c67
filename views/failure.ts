/** What went wrong, in the reader's language; what the host itself says of it stays English. */
import type { Reader } from "./format.ts";
import { type Html, html } from "./html.ts";

/** A failure as it left the host. */
export type Fault = {
  readonly code: string;
  readonly message: string;
  readonly values: Readonly<Record<string, string | number>>;
};

/** Codes whose text says what failed, and leaves to the host's own words what was in the way. */
const detailed: ReadonlySet<string> = new Set([
  "stream_failed",
  "native_failed",
  "gamestream_failed",
  "timeline_damaged",
]);

export function failureText(reader: Reader, fault: Fault): Html {
  const { failures } = reader.messages;
  const text = knownText(reader, fault);
  const hasDetail = text === undefined || detailed.has(fault.code);
  return html`${text ?? failures.other}${hasDetail ? html` <span lang="en" class="muted">${fault.message}</span>` : ""}`;
}

type FailureTexts = Reader["messages"]["failures"]["texts"];

/** What the texts take, in order. */
const valueNames: Readonly<Partial<Record<keyof FailureTexts, readonly string[]>>> = {
  capture_not_saved: ["disk"],
  capture_held: ["disk"],
  capture_damaged: ["id"],
  timeline_damaged: ["id"],
  settings_not_saved: ["disk"],
  invalid_mode: ["sizes", "rates"],
  invalid_bitrate: ["least", "most"],
  invalid_preset: ["preset"],
  mode_too_large: ["mode", "encoder", "largest"],
  too_many: ["most"],
  wrong_host: ["host"],
};

/** Nothing for a code without a text, or without a value that its text needs. */
function knownText(reader: Reader, { code, values }: Fault): string | undefined {
  const { texts } = reader.messages.failures;
  if (!isKnown(texts, code)) return undefined;
  const text: string | ((...values: string[]) => string) = texts[code];
  if (typeof text === "string") return text;
  const names = valueNames[code] ?? [];
  if (names.some((name) => values[name] === undefined)) return undefined;
  return text(...names.map((name) => valueText(reader, name, values[name] ?? "")));
}

function isKnown(texts: FailureTexts, code: string): code is keyof FailureTexts {
  return Object.hasOwn(texts, code);
}

function valueText({ messages, format }: Reader, name: string, value: string | number): string {
  const { failures } = messages;
  if (typeof value === "number") return format.integer(value);
  if (name === "disk") {
    const known: Readonly<Record<string, string>> = failures.disk;
    return Object.hasOwn(known, value) ? (known[value] ?? "") : failures.diskSays(value);
  }
  return name === "largest" ? value.replaceAll(" | ", ` ${failures.or} `) : value;
}
