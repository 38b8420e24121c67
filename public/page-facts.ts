/**
 * What a page measures about its machine: tasks that blocked its thread for 50 ms or more, where
 * the browser reports them, and the refresh rate of the display. Pure.
 */

/** Number of refreshes that the rate is computed from. */
const gapCount = 120;
const gapCountMin = 30;
/** A busy page skips refreshes: the shortest intervals show the display's rate. */
const quickShare = 0.25;

/** Totals since the page was loaded, and current values; unknown ones are absent. */
export type PageFacts = {
  readonly long_tasks?: number;
  readonly long_task_ms?: number;
  readonly display_fps?: number;
};

/** One per page. */
export class PageWatch {
  readonly #gapsMs: number[] = [];
  #lastMs: number | undefined;
  #taskCount = 0;
  #taskMs = 0;
  #hasTasks = false;

  /** The browser reports such tasks: "none so far" is a measurement, too. */
  seesTasks(): void {
    this.#hasTasks = true;
  }

  /** @param frameMs the browser's timestamp of the refresh, shared by everything drawn in it */
  refreshed(frameMs: number): void {
    const gapMs = frameMs - (this.#lastMs ?? frameMs);
    this.#lastMs = frameMs;
    if (gapMs <= 0) return;
    this.#gapsMs.push(gapMs);
    if (this.#gapsMs.length > gapCount) this.#gapsMs.shift();
  }

  /** A task took this long. */
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
