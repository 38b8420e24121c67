/**
 * Names of segments, from which the history knows what it holds without opening a file:
 * `<run>-<number>-<begin, monotonic ms>-<begin, ms since 1970>.hist`. Runs and numbers only grow
 * and order the segments, whatever the wall clock did; the date is only for age and for people.
 */
const pattern = /^(\d{6,9})-(\d{6,9})-(\d{1,15})-(\d{1,15})\.hist$/;

/** A segment is ended by the first write after a minute; writes are about a second apart. */
export const segmentMsMost = 62_000;

/** The parts of a segment's name. */
export type SegmentName = {
  /** One for each start of a host in this directory. */
  readonly run: number;
  /** Of the run's segments, from 0. */
  readonly number: number;
  /** On the monotonic clock, which restarts with the machine. */
  readonly beginMs: number;
  readonly beginUnixMs: number;
};

/** `undefined` for a file that is not a segment. */
export function readSegmentName(name: string): SegmentName | undefined {
  const match = pattern.exec(name);
  if (match === null) return undefined;
  const [run = 0, number = 0, beginMs = 0, beginUnixMs = 0] = match.slice(1).map(Number);
  return { run, number, beginMs, beginUnixMs };
}

/** Start of a segment's data: its first batch is the data since the last flush, a second before. */
export function segmentFromUs(name: string): number {
  return ((readSegmentName(name)?.beginMs ?? 0) - 1000) * 1000;
}

/** A negative date, or one beyond the year 30,000, becomes the nearest valid one. */
export function formatSegmentName({ run, number, beginMs, beginUnixMs }: SegmentName): string {
  const padded = (value: number) => `${value}`.padStart(6, "0");
  const clamped = (value: number) => Math.min(Math.max(0, Math.floor(value)), 1e15 - 1);
  return `${padded(run)}-${padded(number)}-${clamped(beginMs)}-${clamped(beginUnixMs)}.hist`;
}

/** Oldest first. */
export function compareSegments(a: SegmentName, b: SegmentName): number {
  return a.run - b.run || a.number - b.number;
}
