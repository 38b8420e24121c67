/**
 * Runs of bad frames. Frames that were late only because of the previous one are charged to the
 * start of the run.
 */
import { episodeGapUs } from "./bounds.ts";
import { type Judged, slotStates } from "./judge.ts";

/** Rows `first` to `last`, both bad. */
export type Episode = { readonly first: number; readonly last: number; readonly badCount: number };

export function episodesOf({ table, state }: Judged): Episode[] {
  const episodes: Episode[] = [];
  const due = table.columns.due_us;
  let first = -1;
  let last = -1;
  let badCount = 0;
  for (let row = 0; row < table.count; row++) {
    if (state[row] !== slotStates.late && state[row] !== slotStates.absent) continue;
    if (first >= 0 && (due[row] ?? 0) - (due[last] ?? 0) > episodeGapUs) {
      episodes.push({ first, last, badCount });
      first = -1;
    }
    if (first < 0) {
      first = row;
      badCount = 0;
    }
    last = row;
    badCount += 1;
  }
  if (first >= 0) episodes.push({ first, last, badCount });
  return episodes;
}
