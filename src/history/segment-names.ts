/**
 * Names of segments, from which the history knows what it holds without opening a file:
 * `<run>-<number>-<begin, monotonic ms>-<begin, ms since 1970>.hist`. Runs and numbers only grow and
 * put segments in order, whatever the wall clock did; the date is for age and for the eye alone.
 */
const pattern = /^(\d{6,9})-(\d{6,9})-(\d{1,15})-(\d{1,15})\.hist$/;

/** A segment is ended by the first write after a minute; writes are about a second apart. */
export const segmentMsMost = 62_000;

/** What the name of a segment says. */
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

/** Since when a segment has something: its first batch is what came since the last flush, a second before. */
export function segmentFromUs(name: string): number {
  return ((readSegmentName(name)?.beginMs ?? 0) - 1000) * 1000;
}

/** Below 0, or beyond the year 30,000, a date counts as the nearest that fits. */
export function formatSegmentName({ run, number, beginMs, beginUnixMs }: SegmentName): string {
  const padded = (value: number) => `${value}`.padStart(6, "0");
  const clamped = (value: number) => Math.min(Math.max(0, Math.floor(value)), 1e15 - 1);
  return `${padded(run)}-${padded(number)}-${clamped(beginMs)}-${clamped(beginUnixMs)}.hist`;
}

/** Oldest first. */
export function compareSegments(a: SegmentName, b: SegmentName): number {
  return a.run - b.run || a.number - b.number;
}
