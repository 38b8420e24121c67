/** What rows lack, as answers, files and captures name it: in ms since a begin. */
import type { UnreadStretch } from "../history/read-range.ts";
import type { Unread } from "../model/unread.ts";

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
