/**
 * Resources that rest on rights which can be revoked or expire, such as tokens, links and sign-ins:
 * they end with their right. A timer runs only while something rests on a right that expires.
 */
import type { Cancel, Scheduler } from "../../base/scheduler.ts";

/** An expiry date that is set while something rests on a right is noticed within this time. */
const checkMsMax = 60_000;

type Options = {
  readonly scheduler: Scheduler;
  nowMs(): number;
  /** Whether the right is valid now. */
  isGood(id: string): boolean;
  /**
   * When it expires by itself, milliseconds as `nowMs` counts them; `undefined` if it never does.
   */
  endMsOf(id: string): number | undefined;
};

/** By the id of a right: what is to be ended with it. */
export class RightEnds {
  readonly #options: Options;
  readonly #waiting = new Map<string, Set<() => void>>();
  #cancelCheck: Cancel | undefined;

  constructor(options: Options) {
    this.#options = options;
  }

  /** How many resources rest on a right now. */
  countOf(id: string): number {
    return this.#waiting.get(id)?.size ?? 0;
  }

  /**
   * Runs `onOver` once when the right is no longer valid, at once if it already is not. The
   * returned call cancels that.
   */
  whenOver(id: string, onOver: () => void): () => void {
    if (!this.#options.isGood(id)) {
      onOver();
      return () => undefined;
    }
    const waiting = this.#waiting.get(id) ?? new Set();
    const entry = () => onOver();
    this.#waiting.set(id, waiting.add(entry));
    this.#planCheck();
    return () => {
      waiting.delete(entry);
      if (waiting.size > 0) return;
      if (this.#waiting.get(id) === waiting) this.#waiting.delete(id);
      this.#planCheck();
    };
  }

  /** Ends what rests on it. */
  end(id: string): void {
    const waiting = this.#waiting.get(id);
    if (!this.#waiting.delete(id)) return;
    this.#planCheck();
    for (const onOver of waiting ?? []) onOver();
  }

  #planCheck(): void {
    this.#cancelCheck?.();
    this.#cancelCheck = undefined;
    const ends = [...this.#waiting.keys()].flatMap((id) => this.#options.endMsOf(id) ?? []);
    if (ends.length === 0) return;
    const leftMs = Math.min(...ends) - this.#options.nowMs();
    const delayMs = Math.max(0, Math.min(leftMs, checkMsMax)) + 1;
    this.#cancelCheck = this.#options.scheduler.after(delayMs, () => {
      for (const id of [...this.#waiting.keys()]) if (!this.#options.isGood(id)) this.end(id);
      this.#planCheck();
    });
  }
}
