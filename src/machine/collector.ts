/**
 * Runs of the collector on the calling thread, as the runtime reports them. Reports wait in a list
 * until they are taken, so somebody must ask regularly while it runs.
 */
import type { GCProfiler } from "node:v8";
import { v8 } from "../base/late-builtins.ts";

/** Since it was made. */
export type Collected = { readonly runCount: number; readonly us: number };

/** Counts while it is started; a stopped one keeps its totals. */
export class CollectorWatch {
  #profiler: GCProfiler | undefined;
  #runCount = 0;
  #us = 0;

  start(): void {
    if (this.#profiler !== undefined) return;
    const { GCProfiler: Profiler } = v8();
    this.#profiler = new Profiler();
    this.#profiler.start();
  }

  stop(): void {
    const { statistics } = this.#profiler?.stop() ?? { statistics: [] };
    this.#profiler = undefined;
    this.#runCount += statistics.length;
    for (const { cost } of statistics) this.#us += cost;
  }

  /** Runs until now, and their total duration. */
  total(): Collected {
    if (this.#profiler !== undefined) {
      this.stop();
      this.start();
    }
    return { runCount: this.#runCount, us: this.#us };
  }
}
