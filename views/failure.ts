/** What went wrong, in the reader's language; what the host itself says of it stays English. */
import { isFailureCode, valueNamesOf } from "../src/base/failure-codes.ts";
import { failureTexts } from "../src/i18n/failures.ts";
import type { Reader } from "./format.ts";
import { type Html, html } from "./html.ts";

/** A failure as sent by the host. */
export type Fault = {
  readonly code: string;
  readonly message: string;
  readonly values: Readonly<Record<string, string | number>>;
};

/** Codes whose text says what failed, and leaves the reason to the host's own words. */
const detailed: ReadonlySet<string> = new Set([
  "stream_failed",
  "native_failed",
  "gamestream_failed",
  "timeline_damaged",
]);

/** A failure as a sentence in the reader’s language. */
export function failureText(reader: Reader, fault: Fault): Html {
  const { failures: words } = reader.messages;
  const text = knownFailure(reader, fault);
  const hasDetail = text === undefined || detailed.has(fault.code);
  return html`${text ?? words.other}${hasDetail ? html` <span lang="en" class="muted">${fault.message}</span>` : ""}`;
}

/** Nothing for a code of a later version, or without a value that its text needs. */
export function knownFailure(
  reader: Reader,
  { code, values }: Omit<Fault, "message">,
): string | undefined {
  if (!isFailureCode(code)) return undefined;
  const names = valueNamesOf(code);
  if (names.some((name) => values[name] === undefined)) return undefined;
  const written = names.map((name) => [name, valueText(reader, name, values)]);
  // The row of this very code names the values that its text takes.
  const text = failureTexts[reader.language][code] as (values: Record<string, string>) => string;
  return text(Object.fromEntries(written));
}

/** Why a store cannot be used, by its code, with the store's answer if there was one. */
export function archiveProblemText(
  { archive }: Reader["messages"],
  code: string,
  answer: string | number = "",
): string {
  const known: Readonly<Record<string, string>> = archive.problems;
  if (!Object.hasOwn(known, code)) return archive.answers(`${answer || code}`);
  return answer === "" ? (known[code] ?? "") : `${known[code]} (${answer})`;
}

/** Why the disk refuses, by its code. */
export function diskText({ messages }: Pick<Reader, "messages">, code: string): string {
  const { disk, diskSays } = messages.failures;
  const known: Readonly<Record<string, string>> = disk;
  return Object.hasOwn(known, code) ? (known[code] ?? "") : diskSays(code);
}

function valueText({ messages, format }: Reader, name: string, values: Fault["values"]): string {
  const { failures: words } = messages;
  const value = values[name] ?? "";
  if (typeof value === "number") return format.integer(value);
  if (name === "disk") return diskText({ messages }, value);
  if (name === "problem") return archiveProblemText(messages, value, values.answer);
  return name === "largest" ? value.replaceAll(" | ", ` ${words.or} `) : value;
}
