/**
 * Hot path: the data of the frames in the encoder, in input order, which without B-frames is the
 * output order. Records are made once.
 */
import { assert } from "../base/assert.ts";
import type { Micros } from "../base/clock.ts";

/** The data of one frame in the encoder. Reused for later frames. */
export type InFlightFrame = {
  index: number;
  slot: number;
  dueUs: Micros;
  isRepeat: boolean;
  isMeasured: boolean;
  captureStartUs: Micros;
  capturedUs: Micros;
  encodeStartUs: Micros;
  /** Run delay of the thread when capture began; `undefined` if unknown. */
  runDelayUs: number | undefined;
  /** How old the picture was when capture began; `undefined` if unknown. */
  sourceAgeUs: number | undefined;
  /** No frame is due for this long after this one; `undefined` while every slot has one. */
  quietUs: number | undefined;
  /** The mark that this is the first picture with; 0 for none. */
  mark: number;
};

const zero = 0 as Micros;

/** The records in use, oldest first; holds at most `recordCountMax`. */
export class InFlightFrames {
  readonly #records: readonly InFlightFrame[];
  #first = 0;
  #count = 0;

  constructor(options: { recordCountMax: number }) {
    this.#records = Array.from({ length: options.recordCountMax }, () => ({
      index: 0,
      slot: 0,
      dueUs: zero,
      isRepeat: false,
      isMeasured: false,
      captureStartUs: zero,
      capturedUs: zero,
      encodeStartUs: zero,
      runDelayUs: undefined,
      sourceAgeUs: undefined,
      quietUs: undefined,
      mark: 0,
    }));
  }

  get count(): number {
    return this.#count;
  }

  get isFull(): boolean {
    return this.#count === this.#records.length;
  }

  /** The record for the next frame, to be filled in. */
  add(): InFlightFrame {
    assert(!this.isFull, "no more frames go into the encoder than there are records");
    this.#count += 1;
    return this.#at(this.#count - 1);
  }

  /** The record of the frame that came out, valid until the next `add`. */
  take(): InFlightFrame {
    assert(this.#count > 0, "no more packets come out than frames went in");
    const record = this.#at(0);
    this.#first = (this.#first + 1) % this.#records.length;
    this.#count -= 1;
    return record;
  }

  clear(): void {
    this.#count = 0;
  }

  #at(place: number): InFlightFrame {
    const record = this.#records[(this.#first + place) % this.#records.length];
    assert(record !== undefined, "a place lies inside the ring");
    return record;
  }
}
