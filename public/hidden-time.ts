/** How long a page was not visible. */

/** For one page, while it is followed. */
export class HiddenTime {
  /**
   * Counted when the page becomes visible again, so that each hidden period is reported as a whole.
   */
  totalMs = 0;
  #sinceMs: number | undefined;

  /** @param onHidden called when the page becomes hidden */
  follow(onHidden: () => void, signal: AbortSignal): void {
    const look = () => this.#look(onHidden);
    document.addEventListener("visibilitychange", look, { signal });
    look();
  }

  #look(onHidden: () => void): void {
    const nowMs = performance.now();
    if (document.visibilityState === "hidden") {
      onHidden();
      this.#sinceMs ??= nowMs;
      return;
    }
    this.totalMs += nowMs - (this.#sinceMs ?? nowMs);
    this.#sinceMs = undefined;
  }
}
