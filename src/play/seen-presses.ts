/**
 * Presses of one page in the probe window: when each arrived, and its timing after the page has
 * seen its picture. The page identifies the picture by its capture time; the host knows when it was
 * encoded.
 */
import type { ClickTimes } from "../model/click.ts";
import { clickTimes } from "./marks.ts";
import { type SeenPress, writeDrawn } from "./wire/message.ts";

/** Presses whose picture has not been seen. */
const waitingCountMax = 32;

type Options = {
  /**
   * When the picture with this capture time was encoded; `undefined` if it was not, or is too old.
   */
  encodedUs(capturedUs: number): number | undefined;
  /** To the page. */
  send(bytes: Uint8Array<ArrayBuffer>): void;
  onClick(times: ClickTimes): void;
};

/** One for each page. */
export class SeenPresses {
  readonly #options: Options;
  /** Arrival of each, by the page's time of it; oldest first. */
  readonly #received = new Map<number, number>();

  constructor(options: Options) {
    this.#options = options;
  }

  /** A button was pressed. @param atUs on the page's clock, as in the message */
  pressed(atUs: number, receivedUs: number): void {
    const [oldest] = this.#received.keys();
    if (oldest !== undefined && this.#received.size >= waitingCountMax)
      this.#received.delete(oldest);
    this.#received.set(atUs, receivedUs);
  }

  /** @param offsetUs what to add to the page's clock for the host's */
  seen(atUs: number, { mark, shownUs, ...picture }: SeenPress, offsetUs: number): void {
    const receivedUs = this.#received.get(atUs);
    this.#received.delete(atUs);
    const encodedUs = this.#options.encodedUs(picture.capturedUs);
    if (receivedUs === undefined || encodedUs === undefined) return;
    const [sentUs, seenUs] = [atUs + offsetUs, shownUs + offsetUs];
    const times = clickTimes({ sentUs, receivedUs, ...picture, encodedUs, shownUs: seenUs });
    if (times === undefined) return;
    const { capturedUs } = picture;
    this.#options.send(writeDrawn(mark, { receivedUs, capturedUs, encodedUs }));
    this.#options.onClick(times);
  }
}
