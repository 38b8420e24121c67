/**
 * Hot path: which sequences arrived, for one direction of one session. Refuses replays and
 * separately counts lost, duplicated, reordered, late and stale ones.
 *
 * A gap counts as lost only once it is settled: `settle` is called at an even pace, and everything
 * below the highest sequence of two calls ago is then old enough that reordering does not explain
 * it. A sequence below the window cannot be distinguished from a replay and is refused.
 */
import { assert } from "../../base/assert.ts";

/** Result for an arriving sequence. */
export type Arrival = "new" | "duplicate" | "stale";

/** The sequences of one direction, the newest `sequenceCountMax` in detail. */
export class SequenceWindow {
  readonly #seen: Uint8Array;
  /** Highest sequence + 1. */
  #end = 0;
  /** Everything below is settled: received or counted as lost. */
  #settled = 0;
  #endOneTickAgo = 0;
  /** Accepted datagrams. */
  receivedCount = 0;
  /** Settled gaps that no late datagram filled. */
  lostCount = 0;
  /** Refused: was accepted before (duplicated in transit, or replayed). */
  duplicateCount = 0;
  /** Accepted after one with a higher sequence. */
  reorderedCount = 0;
  /** Accepted after having been counted as lost. */
  lateCount = 0;
  /** Refused: older than the window; too late, or replayed. */
  staleCount = 0;

  constructor({ sequenceCountMax }: { sequenceCountMax: number }) {
    assert(sequenceCountMax > 0, "a sequence window holds something");
    this.#seen = new Uint8Array(sequenceCountMax);
  }

  /** Highest accepted sequence, undefined before the first. */
  get highest(): number | undefined {
    return this.#end === 0 ? undefined : this.#end - 1;
  }

  /** Everything below this sequence is counted, as received or as lost. */
  get settled(): number {
    return this.#settled;
  }

  /** The result of `accept` in advance; refuses a replay before any work is spent on opening it. */
  check(sequence: number): Arrival {
    if (sequence >= this.#end) return "new";
    if (sequence < this.#end - this.#seen.length) return "stale";
    return this.#seen[sequence % this.#seen.length] === 1 ? "duplicate" : "new";
  }

  /** Records an authenticated datagram. Only "new" ones may be used. */
  accept(sequence: number): Arrival {
    const arrival = this.check(sequence);
    if (arrival === "duplicate") this.duplicateCount += 1;
    else if (arrival === "stale") this.staleCount += 1;
    else this.#add(sequence);
    return arrival;
  }

  /** Counts the gaps that are two calls old. */
  settle(): void {
    this.#settleTo(this.#endOneTickAgo);
    this.#endOneTickAgo = this.#end;
  }

  /** At the end: nothing more will come, so every gap below the highest sequence is a loss. */
  settleAll(): void {
    this.#settleTo(this.#end);
  }

  #add(sequence: number): void {
    this.receivedCount += 1;
    if (sequence >= this.#end) this.#grow(sequence);
    else this.#fill(sequence);
    this.#seen[sequence % this.#seen.length] = 1;
  }

  #fill(sequence: number): void {
    this.reorderedCount += 1;
    if (sequence >= this.#settled) return;
    this.lateCount += 1;
    this.lostCount -= 1;
  }

  #grow(sequence: number): void {
    const size = this.#seen.length;
    this.#settleTo(Math.min(sequence + 1 - size, this.#end));
    if (sequence + 1 - size > this.#end) {
      // A jump past the whole window: the sequences in between were never seen.
      const skipped = sequence + 1 - size - this.#settled;
      this.lostCount += skipped;
      this.#settled += skipped;
      this.#seen.fill(0);
    } else {
      for (let gap = this.#end; gap < sequence; gap++) this.#seen[gap % size] = 0;
    }
    this.#end = sequence + 1;
  }

  #settleTo(end: number): void {
    for (; this.#settled < end; this.#settled++) {
      if (this.#seen[this.#settled % this.#seen.length] !== 1) this.lostCount += 1;
    }
  }
}
