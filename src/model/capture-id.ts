/**
 * Names of captures: start in UTC plus mode, `2026-06-26T20-14-03Z_5120x1440`, valid as a file name
 * everywhere. Code that builds a path from an id checks it with `isCaptureId` first.
 */
import { isoText } from "../base/iso-text.ts";
import { unixMsMax } from "./unix-ms.ts";

const idPattern = /^[A-Za-z0-9._-]{1,128}$/;
const pixelsMax = 99_999;

/** The parts of an id. */
export type CaptureStart = {
  readonly started_unix_ms: number;
  readonly width: number;
  readonly height: number;
};

/** The id of the first capture with this start and mode. A start or size out of range is clamped. */
export function captureId({ started_unix_ms, width, height }: CaptureStart): string {
  const start = isoText(clamp(started_unix_ms, unixMsMax));
  const time = start.slice(0, 19).replaceAll(":", "-");
  return `${time}Z_${clamp(width, pixelsMax)}x${clamp(height, pixelsMax)}`;
}

/** To the second, from an id made by `captureId`; `undefined` for any other. */
export function startOfId(id: string): number | undefined {
  const [, day, hour, minute, second] = /^(\d{4}-\d\d-\d\d)T(\d\d)-(\d\d)-(\d\d)Z_/.exec(id) ?? [];
  const ms = Date.parse(`${day}T${hour}:${minute}:${second}Z`);
  return Number.isNaN(ms) ? undefined : ms;
}

/** The id of the n-th capture with this base id, from 1: `-2`, `-3` and so on appended. */
export function numberedCaptureId(id: string, n: number): string {
  return n === 1 ? id : `${id}-${n}`;
}

/** 1 to 128 of `A-Z a-z 0-9 . _ -`, neither `.` nor `..`: such an id names a child of its directory. */
export function isCaptureId(text: string): boolean {
  return idPattern.test(text) && text !== "." && text !== "..";
}

function clamp(value: number, max: number): number {
  return Math.max(0, Math.min(Math.trunc(value) || 0, max));
}
