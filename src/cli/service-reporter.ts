/**
 * Reports to the service manager that the host is ready, alive, or stopping. It is alive while the
 * loops of its paths answer and the recorder reads their rows: a firing timer is not enough.
 */
import { warn } from "../base/log.ts";
import { type Cancel, every, type Scheduler } from "../base/scheduler.ts";
import type { ServiceManager } from "../base/service-manager.ts";
import type { RunningHost } from "./serve.ts";

/** A manager whose buffer is full is retried: without READY it would kill the host. */
const readyRetryMs = 200;
const readyTriesMax = 50;
/** Reports within the interval that the manager grants: one may be lost. */
const looksPerWatchdog = 4;

/** The manager, what is reported to it, and the timers. */
export type ServiceReporterOptions = {
  readonly manager: Pick<ServiceManager, "notify" | "watchdogMs">;
  readonly host: Pick<RunningHost, "consoleUrl" | "standing">;
  readonly scheduler: Scheduler;
};

/** One per host that a service manager started. */
export class ServiceReporter {
  readonly #options: ServiceReporterOptions;
  #cancelReady: Cancel | undefined;
  #cancelWatch: Cancel | undefined;
  #isLooking = false;
  #hasWarned = false;
  #isEnded = false;

  constructor(options: ServiceReporterOptions) {
    this.#options = options;
  }

  /** The host listens. */
  begin(): void {
    this.#ready(1);
    const { manager, scheduler } = this.#options;
    if (manager.watchdogMs === undefined) return;
    const lookMs = Math.floor(manager.watchdogMs / looksPerWatchdog);
    this.#cancelWatch = every(scheduler, lookMs, () => this.#look());
  }

  /** From now on the manager waits for the exit, and stops watching. */
  end(): void {
    this.#isEnded = true;
    this.#cancelReady?.();
    this.#cancelWatch?.();
    this.#options.manager.notify({ STOPPING: 1 });
  }

  #ready(attempt: number): void {
    const { manager, host, scheduler } = this.#options;
    const isTold = manager.notify({ READY: 1, STATUS: `Console at ${host.consoleUrl}` });
    if (isTold || attempt >= readyTriesMax) return;
    this.#cancelReady = scheduler.after(readyRetryMs, () => this.#ready(attempt + 1));
  }

  /** One check at a time: if a loop hangs it does not return, and nothing is reported. */
  #look(): void {
    if (this.#isLooking) {
      this.#warn(["a path that does not answer"]);
      return;
    }
    this.#isLooking = true;
    void this.#options.host.standing().then((loops) => {
      this.#isLooking = false;
      if (this.#isEnded) return;
      if (loops.length > 0) {
        this.#warn(loops);
        return;
      }
      this.#hasWarned = false;
      this.#options.manager.notify({ WATCHDOG: 1 });
    });
  }

  #warn(loops: readonly string[]): void {
    if (!this.#hasWarned) warn("loop_stands_still", { loops: loops.join(", ") });
    this.#hasWarned = true;
  }
}
