/** The gaps of rows and history, for answers, files and captures: in ms since a start. */
import { diskFault } from "../base/disk-fault.ts";
import type { History } from "../history/history.ts";
import type { UnreadStretch } from "../history/read-range.ts";
import type { HistoryState } from "../model/frames-page.ts";
import type { Unread } from "../model/unread.ts";

/** As a field to spread: nothing if everything was read. @param zeroUs the start */
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

/** What the history cannot currently read or write; nothing if all is well. */
export function lackFields({
  isStopped,
  stopCause,
  unreadRuns,
}: Pick<History, "isStopped" | "stopCause" | "unreadRuns">): Pick<
  HistoryState,
  "stopped" | "unread_lists"
> {
  const { name, text } = diskFault(stopCause);
  return {
    ...(isStopped ? { stopped: { disk: name, reason: text } } : {}),
    ...(unreadRuns.size > 0 ? { unread_lists: unreadRuns.size } : {}),
  };
}
