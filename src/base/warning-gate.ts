/**
 * Keeps one kind of warning from filling the log: a few of a kind pass, then one per minute, which
 * says how many were suppressed. Pure; the caller provides the time.
 */

/** Warnings of one kind that pass within a minute. */
const burstCountMax = 20;
const minuteUs = 60e6;
/** Kinds are names in our own code; one more than these shares a place with the others. */
const kindCountMax = 200;

type Kind = { passed: number; leftOut: number; sinceUs: number };

/** How many warnings of one kind were not printed. */
export type LeftOut = { readonly kind: string; readonly count: number };

/** Limits how many warnings of one kind are printed per minute, and counts the rest. */
export class WarningGate {
  readonly #kinds = new Map<string, Kind>();

  /**
   * Whether a warning of this kind may pass. Warnings that a stranger can cause pass once per
   * minute.
   */
  admit(kind: string, { nowUs, isStrangers }: { nowUs: number; isStrangers: boolean }): boolean {
    const known = this.#find(kind, nowUs);
    if (nowUs - known.sinceUs >= minuteUs) {
      known.passed = 0;
      known.sinceUs = nowUs;
    }
    if (known.passed >= (isStrangers ? 1 : burstCountMax)) {
      known.leftOut += 1;
      return false;
    }
    known.passed += 1;
    return true;
  }

  /** Takes the counts of kinds whose minute is over, or of all at the end of the process. */
  takeLeftOut(nowUs: number): LeftOut[] {
    const due: LeftOut[] = [];
    for (const [kind, known] of this.#kinds) {
      if (known.leftOut === 0 || nowUs - known.sinceUs < minuteUs) continue;
      due.push({ kind, count: known.leftOut });
      known.leftOut = 0;
    }
    return due;
  }

  #find(kind: string, nowUs: number): Kind {
    const name = this.#kinds.has(kind) || this.#kinds.size < kindCountMax ? kind : "other";
    const known = this.#kinds.get(name) ?? { passed: 0, leftOut: 0, sinceUs: nowUs };
    this.#kinds.set(name, known);
    return known;
  }
}
