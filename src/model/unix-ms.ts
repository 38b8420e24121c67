/** Dates by the wall clock, in whole milliseconds since 1970, and their text in ISO 8601. */
import { Type } from "@sinclair/typebox";
import { isoText } from "../base/iso-text.ts";

/** Last millisecond of the year 9999: a later year has more than four digits. */
export const unixMsMax = 253_402_300_799_999;

/** The schema of a date in a file or an answer. */
export const unixMs = (description: string) =>
  Type.Integer({ minimum: 0, maximum: unixMsMax, description });

/** ISO 8601 in UTC with milliseconds; a time outside the years 1970 to 9999 is clamped. */
export function dateText(ms: number): string {
  return isoText(Math.max(0, Math.min(ms, unixMsMax)));
}

/** Whether `text` is a date within the years 1970 to 9999. */
export function isDateText(text: string): boolean {
  const ms = Date.parse(text);
  return ms >= 0 && ms <= unixMsMax;
}
