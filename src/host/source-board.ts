/** What streams of all paths have reported of their sources: read by the status and the console. */
import type { ChosenSource, SourceNews, SourceState } from "../model/source-state.ts";

/** One for each host. */
export class SourceBoard {
  #chosen: ChosenSource | undefined;
  #askingCount = 0;

  /** Of any stream, in the order in which it comes. */
  take(news: SourceNews): void {
    if (news.kind === "chosen") this.#chosen = news.chosen;
    else this.#askingCount = Math.max(0, this.#askingCount + (news.isAsking ? 1 : -1));
  }

  state(): SourceState {
    return { chosen: this.#chosen, askingCount: this.#askingCount };
  }
}
