/** `--from`, `--to` and `--session`: which part of a capture or session a command is about. */
import { usage } from "../base/command-line.ts";
import type { FlagValues } from "../config.ts";
import { rangeMsMax } from "../model/frames-page.ts";

/** In milliseconds since the start; what is left out is not limited. */
export type RowsRange = {
  readonly from?: number | undefined;
  /** Not in it. */
  readonly to?: number | undefined;
  readonly session?: number | undefined;
};

/** @throws Failure `usage` */
export function readTimeRange({ from, to }: FlagValues): Pick<RowsRange, "from" | "to"> {
  const range = { from: readTime(from, "from"), to: readTime(to, "to") };
  if ((range.to ?? Number.POSITIVE_INFINITY) > (range.from ?? 0)) return range;
  throw usage("Cannot use --from and --to: the range is empty");
}

/** @throws Failure `usage` */
export function readRowsRange(values: FlagValues): RowsRange {
  const { session } = values;
  if (session === undefined) return readTimeRange(values);
  if (/^\d{1,9}$/.test(String(session))) {
    return { ...readTimeRange(values), session: Number(session) };
  }
  throw usage(`Cannot use --session "${session}": it takes the number of a session, such as 2`);
}

/** Whether it is less than all. */
export function isPart({ from, to, session }: RowsRange): boolean {
  return from !== undefined || to !== undefined || session !== undefined;
}

type InTime = { readonly t_ms?: number | undefined };
type OfSession = { readonly session_id: number };

export function isInTime({ t_ms = 0 }: InTime, { from = 0, to }: RowsRange): boolean {
  return t_ms >= from && (to === undefined || t_ms < to);
}

export function isOfSession({ session_id }: OfSession, { session }: RowsRange): boolean {
  return session === undefined || session_id === session;
}

/** Both of a sample. */
export function isIn(one: InTime & OfSession, range: RowsRange): boolean {
  return isInTime(one, range) && isOfSession(one, range);
}

/** `90`, `90.5s`, `5m`, `2h` or `1:30`, in milliseconds. */
function readTime(text: string | boolean | undefined, flag: string): number | undefined {
  if (text === undefined) return undefined;
  const ms = msOf(String(text));
  const fault = `Cannot use --${flag} "${text}": it takes a time`;
  if (ms === undefined) throw usage(`${fault} such as 90s, 5m or 1:30`);
  if (ms > rangeMsMax) throw usage(`${fault} up to ${rangeMsMax / 3_600_000}h`);
  return ms;
}

function msOf(given: string): number | undefined {
  const [, number = "", unit = "s"] = /^(\d{1,6}(?:\.\d{1,3})?)(s|m|h)?$/.exec(given) ?? [];
  const units = { s: 1000, m: 60_000, h: 3_600_000 };
  if (number !== "") return Math.round(Number(number) * units[unit as keyof typeof units]);
  const clock =
    /^(?:(\d{1,3}):(?=[0-5]?\d:))?(\d{1,2}):([0-5]\d(?:\.\d{1,3})?)$/.exec(given)?.slice(1) ?? [];
  if (clock.length === 0) return undefined;
  const [hours = 0, minutes = 0, seconds = 0] = clock.map((part) => Number(part ?? 0));
  return Math.round((hours * 3600 + minutes * 60 + seconds) * 1000);
}
