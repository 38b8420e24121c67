/**
 * What streams of all paths have reported about their sources: read by the status and the console.
 */
import type { ChosenSource, SourceNews, SourceState } from "../model/source-state.ts";

/** One for each host. */
export class SourceReports {
  #chosen: ChosenSource | undefined;
  #askingCount = 0;

  /** From any stream, in the order of arrival. */
  take(news: SourceNews): void {
    if (news.kind === "chosen") this.#chosen = news.chosen;
    else this.#askingCount = Math.max(0, this.#askingCount + (news.isAsking ? 1 : -1));
  }

  state(): SourceState {
    return { chosen: this.#chosen, askingCount: this.#askingCount };
  }
}
