/**
 * Publishes one level while somebody is subscribed to what it counts: at once, then every second.
 * An unchanged set is not written. The last counts go out before the level is unannounced, with a
 * short linger so that they arrive; a subscription in that time keeps the task.
 */
import type { Clock } from "../base/clock.ts";
import type { Cancel, Scheduler } from "../base/scheduler.ts";
import { type Level, readSet, type SetPlace, setLength, sets } from "./level.ts";
import type { OutletBroadcast } from "./outlet.ts";

export const tickMs = 1000;
export const lingerMs = 250;
/** Counts may change in the linger too; after this many rounds it ends anyway. */
const lingerRoundsMax = 4;

type Options = {
  readonly level: Level;
  readonly node: string | undefined;
  readonly broadcast: OutletBroadcast;
  readonly clock: Clock;
  readonly scheduler: Scheduler;
  /** Updates the level's counts before they are read. */
  readonly sync: () => void;
  readonly onEnd: () => void;
};

/**
 * Publishes the counts of one level while it is subscribed to, and once more before it is closed.
 */
export class LevelTask {
  readonly #options: Options;
  readonly #written: Float64Array;
  #cancel: Cancel | undefined;

  constructor(options: Options) {
    this.#options = options;
    // Different from any count, so that the first tick writes all four sets, including zeros.
    this.#written = new Float64Array(options.level.counts.length).fill(Number.NaN);
  }

  start(): void {
    this.#tick();
  }

  /** Unannounces at once. */
  stop(): void {
    this.#cancel?.();
    this.#options.broadcast.close();
  }

  /** The next tick is due a second after this one ran, so that late ticks never burst. */
  #tick(): void {
    const { level, scheduler, sync } = this.#options;
    sync();
    this.#write();
    if (level.isSubscribed()) this.#cancel = scheduler.after(tickMs, () => this.#tick());
    else this.#linger(lingerRoundsMax);
  }

  #linger(roundsLeft: number): void {
    this.#cancel = this.#options.scheduler.after(lingerMs, () => this.#leave(roundsLeft - 1));
  }

  #leave(roundsLeft: number): void {
    const { level, sync, broadcast, onEnd } = this.#options;
    if (level.isSubscribed()) {
      this.#tick();
      return;
    }
    sync();
    if (this.#write() && roundsLeft > 0) {
      this.#linger(roundsLeft);
      return;
    }
    broadcast.close();
    onEnd();
  }

  /** Whether anything had changed. */
  #write(): boolean {
    const { level } = this.#options;
    const changed = sets.filter(({ base }) => !this.#isWritten(base));
    for (const place of changed) this.#writeSet(place);
    this.#written.set(level.counts);
    return changed.length > 0;
  }

  #isWritten(base: number): boolean {
    const { counts } = this.#options.level;
    for (let index = base; index < base + setLength; index += 1) {
      if (this.#written[index] !== counts[index]) return false;
    }
    return true;
  }

  #writeSet({ tier, role, base, track }: SetPlace): void {
    const { level, node, broadcast, clock } = this.#options;
    broadcast.write(track, {
      v: 1,
      level: level.key,
      tier,
      role,
      ...(node === undefined ? {} : { node }),
      ts_ms: clock.wallMs(),
      ...readSet(level.counts, base),
    });
  }
}
