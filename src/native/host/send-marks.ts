/** Hot path: when each datagram left, to the precision of the call that it left with. */

/** More than are sent in the longest useful round trip. */
const markCount = 1024;

/** A ring; one for each session. */
export class SendMarks {
  /** Datagrams with a sequence below this had been sent by then. */
  readonly #ends = new Float64Array(markCount);
  readonly #us = new Float64Array(markCount);
  #at = 0;

  /** Those below `end` have been sent now. */
  add(end: number, nowUs: number): void {
    this.#ends[this.#at] = end;
    this.#us[this.#at] = nowUs;
    this.#at = (this.#at + 1) % markCount;
  }

  /** From the newest mark back to the last one that covers the sequence; `undefined` beyond both ends. */
  leftUs(sequence: number): number | undefined {
    let leftUs: number | undefined;
    for (let back = 1; back <= markCount; back++) {
      const at = (this.#at - back + markCount) % markCount;
      if ((this.#ends[at] ?? 0) <= sequence) return leftUs;
      leftUs = this.#us[at];
    }
    return undefined;
  }
}
