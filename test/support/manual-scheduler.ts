/** A scheduler whose time a test moves, together with the clock that follows it. */
import type { Cancel, Scheduler } from "../../src/base/scheduler.ts";
import { ManualClock } from "./manual-clock.ts";

type Task = { readonly dueMs: number; readonly action: () => void };

export class ManualScheduler implements Scheduler {
  readonly clock = new ManualClock();
  readonly #tasks = new Set<Task>();
  #nowMs = 0;

  get waitingCount(): number {
    return this.#tasks.size;
  }

  after(delayMs: number, action: () => void): Cancel {
    const task = { dueMs: this.#nowMs + delayMs, action };
    this.#tasks.add(task);
    return () => this.#tasks.delete(task);
  }

  /** Everything that falls due on the way runs at its own time, in order. */
  advanceMs(ms: number): void {
    const endMs = this.#nowMs + ms;
    for (let task = this.#next(endMs); task !== undefined; task = this.#next(endMs)) {
      this.#moveTo(task.dueMs);
      this.#tasks.delete(task);
      task.action();
    }
    this.#moveTo(endMs);
  }

  /** The machine was busy: time passes and nothing runs before the end of it. */
  stallMs(ms: number): void {
    this.#moveTo(this.#nowMs + ms);
  }

  #moveTo(ms: number): void {
    if (ms <= this.#nowMs) return;
    this.clock.advanceMs(ms - this.#nowMs);
    this.#nowMs = ms;
  }

  #next(endMs: number): Task | undefined {
    const due = [...this.#tasks].filter((task) => task.dueMs <= endMs);
    return due.sort((a, b) => a.dueMs - b.dueMs)[0];
  }
}
