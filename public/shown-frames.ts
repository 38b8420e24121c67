/**
 * Follows a viewer's frames from its decoder to the canvas: how many were shown, how many can no
 * longer be, how old they were, and how often the picture stood still. A frame that waits is neither
 * shown nor dropped, so that no count is ever taken back.
 */

/** So many frames may wait between decoder and canvas; older ones will not be shown any more. */
const waitingCountMax = 1024;
/** The usual time between two pictures is the mean of so many. */
const gapCount = 30;
/** What counts as a stall while the usual time is not known. */
const firstGapMs = 1000;

/** What a viewer has counted since it began, and the ages since it was asked last. */
export type ShownReport = {
  readonly shown: number;
  readonly dropped: number;
  readonly stalls: number;
  /** Whole microseconds from capture on the host, ascending. */
  readonly agesUs: readonly number[];
};

/** Times of frames are microseconds on the host's clock, `nowMs` is the page's own clock. */
export class ShownFrames {
  /** To be added to the page's clock for the host's; `undefined` until it is known. */
  offsetUs: number | undefined;
  readonly #waiting: number[] = [];
  readonly #gaps: number[] = [];
  #shown = 0;
  #dropped = 0;
  #stalls = 0;
  #agesUs: number[] = [];
  /** The picture that can be seen now. */
  #last: { readonly timeUs: number; readonly atMs: number } | undefined;
  #isStill = false;

  /** A frame went into the decoder. */
  received(timeUs: number): void {
    this.#waiting.push(timeUs);
    if (this.#waiting.length <= waitingCountMax) return;
    this.#waiting.shift();
    this.#dropped += 1;
  }

  /** A frame is on the canvas. Those before it that still waited never will be. */
  shown(timeUs: number, nowMs: number): void {
    this.#settle(timeUs);
    this.#shown += 1;
    this.#addAge(timeUs, nowMs);
    this.#addGap(nowMs);
    this.#last = { timeUs, atMs: nowMs };
  }

  /** No picture is expected for now: the page is hidden, or the stream is not running. */
  rest(): void {
    this.#last = undefined;
    this.#isStill = false;
  }

  /** The totals; ages are given once. A picture that stands still ages, too. */
  take(nowMs: number): ShownReport {
    this.#noticeStill(nowMs);
    if (this.#last !== undefined && (this.#isStill || this.#agesUs.length === 0)) {
      this.#addAge(this.#last.timeUs, nowMs);
    }
    const agesUs = this.#agesUs.sort((a, b) => a - b);
    this.#agesUs = [];
    return { shown: this.#shown, dropped: this.#dropped, stalls: this.#stalls, agesUs };
  }

  #settle(timeUs: number): void {
    let passed = 0;
    while ((this.#waiting[passed] ?? Number.POSITIVE_INFINITY) <= timeUs) passed += 1;
    const isKnown = this.#waiting[passed - 1] === timeUs;
    this.#waiting.splice(0, passed);
    this.#dropped += isKnown ? passed - 1 : passed;
  }

  #addAge(timeUs: number, nowMs: number): void {
    if (this.offsetUs === undefined) return;
    this.#agesUs.push(Math.max(0, Math.round(nowMs * 1000 + this.offsetUs - timeUs)));
  }

  #addGap(nowMs: number): void {
    this.#noticeStill(nowMs);
    if (this.#last !== undefined && !this.#isStill) {
      this.#gaps.push(nowMs - this.#last.atMs);
      if (this.#gaps.length > gapCount) this.#gaps.shift();
    }
    this.#isStill = false;
  }

  /** Counted once, while it lasts or when it ends. */
  #noticeStill(nowMs: number): void {
    if (this.#isStill || this.#last === undefined) return;
    if (nowMs - this.#last.atMs <= this.#longestUsualMs()) return;
    this.#isStill = true;
    this.#stalls += 1;
  }

  /** A freeze is a gap of three usual ones, and at least 150 ms longer than one. */
  #longestUsualMs(): number {
    if (this.#gaps.length === 0) return firstGapMs;
    const meanMs = this.#gaps.reduce((sum, gap) => sum + gap, 0) / this.#gaps.length;
    return Math.max(3 * meanMs, meanMs + 150);
  }
}
