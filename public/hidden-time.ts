/** How long a page was not seen. */

/** Of one page, while it is followed. */
export class HiddenTime {
  /** Counted once the page is seen again, so that each time is reported as a whole. */
  totalMs = 0;
  #sinceMs: number | undefined;

  /** @param onHidden the page is not seen from here on */
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
