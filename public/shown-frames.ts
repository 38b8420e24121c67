/**
 * Follows a viewer's frames from its decoder to the canvas: how many were shown, how many no longer
 * can be, how old they were, and how often the picture froze. A waiting frame is neither shown nor
 * dropped, so that no count ever decreases.
 */

/** How many frames may wait between decoder and canvas; older ones will not be shown any more. */
const waitingCountMax = 1024;
/** The usual time between two pictures is the mean of this many. */
const gapCount = 30;
/** What counts as a stall while the usual time is unknown. */
const firstGapMs = 1000;

/** A viewer's counts since it began, and the ages since the last query. */
export type ShownReport = {
  readonly shown: number;
  readonly dropped: number;
  readonly stalls: number;
  /** Whole microseconds from capture on the host, ascending. */
  readonly agesUs: readonly number[];
  /**
   * How much older the freshest picture of this time was than a frame without delay; `undefined`
   * when nothing arrived, or the host's clock is unknown.
   */
  readonly behindMs: number | undefined;
};

/** Frames of one report: two seconds at 240 a second. */
const frameCountMax = 480;

/** Single frames since the last query; ages in whole microseconds from capture on the host. */
export type FrameAges = {
  /** Capture time of the first, and the distance of each later one. */
  readonly first_us: number;
  readonly at_us: readonly number[];
  /** Until the page had it complete. */
  readonly complete_us: readonly number[];
  /** Until it was decoded; -1 = never. */
  readonly decode_us: readonly number[];
  /** Until it was shown; -1 = never. */
  readonly shown_us: readonly number[];
};

type SeenFrame = {
  readonly timeUs: number;
  readonly completeUs: number;
  readonly decodeUs: number;
  readonly shownUs: number;
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
  /** Arrival times of the waiting frames, on the page's clock. */
  readonly #receivedMs = new Map<number, number>();
  /** When the picture of each waiting frame was decoded. */
  readonly #decodedMs = new Map<number, number>();
  #frames: SeenFrame[] = [];
  /** The visible picture. */
  #last: { readonly timeUs: number; readonly atMs: number } | undefined;
  #isStill = false;
  /** Of a received frame, since the page joined: the minimum that host and network take. */
  #leastAgeUs = Number.POSITIVE_INFINITY;
  /** Of pictures since the last query. */
  #freshestUs = Number.POSITIVE_INFINITY;
  #hasReceived = false;

  /** A frame went into the decoder. */
  received(timeUs: number, nowMs?: number): void {
    this.#waiting.push(timeUs);
    if (nowMs !== undefined) this.#noteArrival(timeUs, nowMs);
    if (this.#waiting.length <= waitingCountMax) return;
    this.#addFrame(this.#waiting.shift() ?? 0, undefined);
    this.#dropped += 1;
  }

  /** Its picture came out of the decoder. */
  decoded(timeUs: number, nowMs: number): void {
    if (this.#receivedMs.has(timeUs)) this.#decodedMs.set(timeUs, nowMs);
  }

  /** A frame is on the canvas. Earlier ones that still waited will never be. */
  shown(timeUs: number, nowMs: number): void {
    this.#settle(timeUs, nowMs);
    this.#shown += 1;
    this.#addAge(timeUs, nowMs);
    this.#freshestUs = Math.min(this.#freshestUs, this.#ageUs(timeUs, nowMs) ?? this.#freshestUs);
    this.#addGap(nowMs);
    this.#last = { timeUs, atMs: nowMs };
  }

  /** A new connection: what waited is not shown, and usual values are unknown. */
  rejoin(): void {
    this.#settle(Number.MAX_SAFE_INTEGER, 0);
    this.#leastAgeUs = Number.POSITIVE_INFINITY;
    this.rest();
  }

  /** No picture is expected for now: the page is hidden, or the stream is not running. */
  rest(): void {
    this.#last = undefined;
    this.#isStill = false;
  }

  /** The totals; ages are reported once. A frozen picture ages, too. */
  take(nowMs: number): ShownReport {
    this.#noticeStill(nowMs);
    if (this.#last !== undefined && (this.#isStill || this.#agesUs.length === 0)) {
      this.#addAge(this.#last.timeUs, nowMs);
    }
    const agesUs = this.#agesUs.sort((a, b) => a - b);
    this.#agesUs = [];
    const behindMs = this.#takeBehind(nowMs);
    return { shown: this.#shown, dropped: this.#dropped, stalls: this.#stalls, agesUs, behindMs };
  }

  /** Single frames since the last query; each is reported once. */
  takeFrames(): FrameAges | undefined {
    const frames = this.#frames.slice(-frameCountMax);
    this.#frames = [];
    const [first] = frames;
    if (first === undefined) return undefined;
    return {
      first_us: first.timeUs,
      at_us: frames.map(({ timeUs }) => timeUs - first.timeUs),
      complete_us: frames.map(({ completeUs }) => completeUs),
      decode_us: frames.map(({ decodeUs }) => decodeUs),
      shown_us: frames.map(({ shownUs }) => shownUs),
    };
  }

  #noteArrival(timeUs: number, nowMs: number): void {
    this.#receivedMs.set(timeUs, nowMs);
    this.#hasReceived = true;
    this.#leastAgeUs = Math.min(this.#leastAgeUs, this.#ageUs(timeUs, nowMs) ?? this.#leastAgeUs);
  }

  /** If frames arrive and none is shown, the oldest that waits counts. */
  #takeBehind(nowMs: number): number | undefined {
    const [oldest] = this.#waiting;
    const waitedUs = oldest === undefined ? undefined : this.#ageUs(oldest, nowMs);
    const isShown = this.#freshestUs !== Number.POSITIVE_INFINITY;
    const ageUs = isShown ? this.#freshestUs : waitedUs;
    const isKnown = this.#hasReceived && this.#leastAgeUs !== Number.POSITIVE_INFINITY;
    this.#freshestUs = Number.POSITIVE_INFINITY;
    this.#hasReceived = false;
    if (!isKnown || ageUs === undefined) return undefined;
    return Math.max(0, Math.round((ageUs - this.#leastAgeUs) / 1000));
  }

  #settle(timeUs: number, nowMs: number): void {
    let passed = 0;
    while ((this.#waiting[passed] ?? Number.POSITIVE_INFINITY) <= timeUs) passed += 1;
    const isKnown = this.#waiting[passed - 1] === timeUs;
    for (const one of this.#waiting.splice(0, passed)) {
      this.#addFrame(one, one === timeUs ? nowMs : undefined);
    }
    this.#dropped += isKnown ? passed - 1 : passed;
  }

  #addAge(timeUs: number, nowMs: number): void {
    const ageUs = this.#ageUs(timeUs, nowMs);
    if (ageUs !== undefined) this.#agesUs.push(ageUs);
  }

  /**
   * `undefined` while the host's clock is unknown, or so inexact that a frame would lie in the
   * future.
   */
  #ageUs(timeUs: number, nowMs: number): number | undefined {
    if (this.offsetUs === undefined) return undefined;
    const ageUs = Math.round(nowMs * 1000 + this.offsetUs - timeUs);
    return ageUs < 0 ? undefined : ageUs;
  }

  /** @param shownMs `undefined` if it was never shown */
  #addFrame(timeUs: number, shownMs: number | undefined): void {
    const receivedMs = this.#receivedMs.get(timeUs);
    const decodedMs = this.#decodedMs.get(timeUs);
    this.#receivedMs.delete(timeUs);
    this.#decodedMs.delete(timeUs);
    const completeUs = receivedMs === undefined ? undefined : this.#ageUs(timeUs, receivedMs);
    if (completeUs === undefined || this.#frames.length >= 2 * frameCountMax) return;
    const ageAt = (atMs: number | undefined) =>
      atMs === undefined ? -1 : (this.#ageUs(timeUs, atMs) ?? -1);
    const [decodeUs, shownUs] = [ageAt(decodedMs), ageAt(shownMs)];
    this.#frames.push({ timeUs, completeUs, decodeUs, shownUs });
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
