/**
 * Levels that nobody holds any more, oldest first. They stay readable for ten minutes, so that an
 * occasional reader misses no total, and are bounded in number.
 */
import type { Clock, Micros } from "../base/clock.ts";
import type { Cancel, Scheduler } from "../base/scheduler.ts";
import type { Level } from "./level.ts";

export const closedLevelCountMax = 4096;
export const closedLevelAgeMsMax = 600_000;

type Options = {
  readonly clock: Clock;
  readonly scheduler: Scheduler;
  readonly onExpired: (level: Level) => void;
};

/** Released levels, readable for ten minutes, at most 4,096; the oldest are dropped. */
export class ClosedLevels {
  readonly #options: Options;
  readonly #closedUs = new Map<Level, Micros>();
  #cancel: Cancel | undefined;

  constructor(options: Options) {
    this.#options = options;
  }

  /** The 4,097th drops the oldest early. */
  add(level: Level): void {
    // Removed first, so that the order stays that of closing.
    this.#closedUs.delete(level);
    this.#closedUs.set(level, this.#options.clock.nowUs());
    const [oldest] = this.#closedUs.keys();
    if (oldest !== undefined && this.#closedUs.size > closedLevelCountMax) this.#expire(oldest);
    this.#cancel ??= this.#options.scheduler.after(closedLevelAgeMsMax, () => this.#sweep());
  }

  reopen(level: Level): void {
    this.#closedUs.delete(level);
  }

  stop(): void {
    this.#cancel?.();
    this.#cancel = undefined;
  }

  #sweep(): void {
    this.#cancel = undefined;
    const nowUs = this.#options.clock.nowUs();
    for (const [level, closedUs] of this.#closedUs) {
      const leftMs = closedLevelAgeMsMax - (nowUs - closedUs) / 1000;
      if (leftMs > 0) {
        this.#cancel = this.#options.scheduler.after(Math.ceil(leftMs), () => this.#sweep());
        return;
      }
      this.#expire(level);
    }
  }

  #expire(level: Level): void {
    this.#closedUs.delete(level);
    this.#options.onExpired(level);
  }
}
