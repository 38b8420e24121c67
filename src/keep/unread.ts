/** Stretches that could not be read, as answers, files and captures name them: in ms since a begin. */

import { Value } from "@sinclair/typebox/value";
import type { UnreadStretch } from "../history/read-range.ts";
import { Unread } from "../model/unread.ts";

/** Where they lie in the metadata of a file of rows, as JSON. */
export const unreadKey = "onglass.unread";
/** In the metadata of a file of rows that was cut: how many it has. */
export const truncatedKey = "onglass.truncated";

/** As a field to spread: nothing where everything was read. @param zeroUs the begin */
export function unreadField(
  stretches: readonly UnreadStretch[],
  zeroUs: number,
): { readonly unread?: Unread } {
  if (stretches.length === 0) return {};
  const since = (us: number) => Math.max(0, Math.round((us - zeroUs) / 1000));
  const unread = stretches.map(({ fromUs, toUs }) => ({
    from_ms: since(fromUs),
    to_ms: since(toUs),
  }));
  return { unread };
}

/** The same of a file of rows, for the range that is asked for. @param text its note, unchecked */
export function unreadOfFile(
  text: string | undefined,
  {
    from = 0,
    to = Number.POSITIVE_INFINITY,
  }: { readonly from?: number | undefined; readonly to?: number | undefined },
): { readonly unread?: Unread } {
  const unread = parse(text)
    .map(({ from_ms, to_ms }) => ({ from_ms: Math.max(from_ms, from), to_ms: Math.min(to_ms, to) }))
    .filter(({ from_ms, to_ms }) => to_ms > from_ms);
  return unread.length === 0 ? {} : { unread };
}

function parse(text: string | undefined): Unread {
  try {
    const value: unknown = JSON.parse(text ?? "[]");
    return Value.Check(Unread, value) ? value : [];
  } catch {
    // Not JSON, so not a note of ours: the rows themselves are checked when they are read.
    return [];
  }
}
