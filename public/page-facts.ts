/**
 * What a page finds out about the machine that it runs on: tasks that kept its thread for 50 ms or
 * more, where the browser reports them, and how often the display refreshes. Pure.
 */

/** Refreshes that the rate is made of. */
const gapCount = 120;
const gapCountMin = 30;
/** A page that is short of time leaves refreshes out: the quick ones say what the display does. */
const quickShare = 0.25;

/** Totals since the page began, and what is so now; what is not known is left out. */
export type PageFacts = {
  readonly long_tasks?: number;
  readonly long_task_ms?: number;
  readonly display_fps?: number;
};

/** One for each page. */
export class PageWatch {
  readonly #gapsMs: number[] = [];
  #lastMs: number | undefined;
  #taskCount = 0;
  #taskMs = 0;
  #hasTasks = false;

  /** The browser reports such tasks: none so far is known, too. */
  seesTasks(): void {
    this.#hasTasks = true;
  }

  /** @param frameMs the browser's own time of the refresh: all that is drawn in it has the same */
  refreshed(frameMs: number): void {
    const gapMs = frameMs - (this.#lastMs ?? frameMs);
    this.#lastMs = frameMs;
    if (gapMs <= 0) return;
    this.#gapsMs.push(gapMs);
    if (this.#gapsMs.length > gapCount) this.#gapsMs.shift();
  }

  /** A task that took so long. */
  took(ms: number): void {
    this.#taskCount += 1;
    this.#taskMs += ms;
  }

  take(): PageFacts {
    const tasks = { long_tasks: this.#taskCount, long_task_ms: Math.round(this.#taskMs) };
    const fps = this.#displayFps();
    return { ...(this.#hasTasks ? tasks : {}), ...(fps === undefined ? {} : { display_fps: fps }) };
  }

  #displayFps(): number | undefined {
    if (this.#gapsMs.length < gapCountMin) return undefined;
    const sorted = this.#gapsMs.toSorted((a, b) => a - b);
    const gapMs = sorted[Math.floor(sorted.length * quickShare)] ?? 0;
    return gapMs === 0 ? undefined : Math.min(1000, Math.round(10_000 / gapMs) / 10);
  }
}
