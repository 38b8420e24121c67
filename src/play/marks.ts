/**
 * Inputs of one page that were answered with a mark in the picture: the timing of each, from the
 * input until it was seen. The page reports when it was seen; values that contradict the host’s own
 * times are left out.
 */
import type { ClickTimes } from "../model/click.ts";
import { type MarkTimes, writeDrawn } from "./wire/message.ts";

/** Marks of one page that have not been seen. */
const waitingCountMax = 16;
/** No picture takes longer; the clocks of page and host may differ slightly. */
const totalUsMax = 10_000_000;
const clockSlackUs = 2000;
/** No person clicks more often; each leaves an event. */
const gapUs = 50_000;

type Options = {
  /** Draws a mark into the next picture; the answer comes once that is encoded. */
  draw(mark: number, onDrawn: (drawn: Omit<MarkTimes, "receivedUs">) => void): void;
  /** To the page. */
  send(bytes: Uint8Array<ArrayBuffer>): void;
  onClick(times: ClickTimes): void;
};

/** One for each page. */
export class PageMarks {
  readonly #options: Options;
  /** Oldest first. */
  readonly #drawn = new Map<number, MarkTimes>();
  #askedUs = Number.NEGATIVE_INFINITY;

  constructor(options: Options) {
    this.#options = options;
  }

  /** The page has made an input that the next picture should answer. */
  ask(mark: number, receivedUs: number): void {
    if (receivedUs - this.#askedUs < gapUs) return;
    this.#askedUs = receivedUs;
    this.#options.draw(mark, ({ capturedUs, encodedUs }) => {
      const [oldest] = this.#drawn.keys();
      if (oldest !== undefined && this.#drawn.size >= waitingCountMax) this.#drawn.delete(oldest);
      const times = { receivedUs, capturedUs, encodedUs };
      this.#drawn.set(mark, times);
      this.#options.send(writeDrawn(mark, times));
    });
  }

  /** The page has seen it. Both times are on the host’s clock, as the page estimates it. */
  shown(mark: number, { sentUs, shownUs }: { sentUs: number; shownUs: number }): void {
    const drawn = this.#drawn.get(mark);
    this.#drawn.delete(mark);
    if (drawn === undefined) return;
    const times = clickTimes({ ...drawn, sentUs, shownUs });
    if (times !== undefined) this.#options.onClick(times);
  }
}

/** All on the host’s clock; the first and the last as the page estimates it. */
export type ClickWay = MarkTimes & {
  readonly sentUs: number;
  readonly shownUs: number;
  /** When the probe window had the press. */
  readonly windowUs?: number;
};

/** The parts of the way; `undefined` for times that no picture can have. */
export function clickTimes(steps: ClickWay): ClickTimes | undefined {
  const { sentUs, receivedUs, windowUs, capturedUs, encodedUs, shownUs } = steps;
  // A capture in progress still sees what the window draws meanwhile.
  const isOfPicture = windowUs === undefined || isOrdered([receivedUs, windowUs, encodedUs]);
  const isSound = isOrdered([sentUs, receivedUs, capturedUs, encodedUs, shownUs]) && isOfPicture;
  if (!isSound || shownUs - sentUs > totalUsMax) return undefined;
  // Clock differences, and a capture in progress, must not make the parts exceed the whole.
  const receivedAt = Math.max(sentUs, receivedUs);
  const capturedAt = Math.max(receivedAt, capturedUs);
  const encodedAt = Math.max(capturedAt, encodedUs);
  const shownAt = Math.max(encodedAt, shownUs);
  return {
    to_host_us: stepUs(sentUs, receivedAt),
    to_capture_us: stepUs(receivedAt, capturedAt),
    to_encoded_us: stepUs(capturedAt, encodedAt),
    to_shown_us: stepUs(encodedAt, shownAt),
    total_us: stepUs(sentUs, shownAt),
    ...(windowUs === undefined ? {} : { to_window_us: stepUs(receivedUs, windowUs) }),
  };
}

function isOrdered(times: readonly number[]): boolean {
  return times.every((at, index) => at >= (times[index - 1] ?? at) - clockSlackUs);
}

function stepUs(fromUs: number, toUs: number): number {
  return Math.max(0, Math.round(toUs - fromUs));
}
