/**
 * The threads that a frame goes through run before everybody else's, as far as the machine allows:
 * a host on a busy machine misses no slot then. So do the threads that frames wait for: those of the
 * encoder, and those of the runtime that hold a lock or stop a thread to collect its garbage. A frame
 * thread would otherwise spin, before all others, on a lock whose holder does not get a core: 28 slots
 * missed and 46 frames dropped in 30 s beside four busy processes on two cores, 0 to 2 and 6 to 10 in
 * 20 s since. Nothing else in the process is raised: the API, the console and the recorder give way to frames.
 *
 * A thread that runs before all others can take the machine. So one that uses its cores up for
 * seconds loses its priority for the rest of its session, and the kernel's own limit stands behind.
 */
import { getPriority } from "node:os";
import { log, warn } from "../base/log.ts";
import { type Scheduler, Ticker } from "../base/scheduler.ts";
import { threadId } from "../base/thread-id.ts";
import { limitRealtime, scheduleThread } from "../base/threads.ts";
import type { PriorityGrant } from "../model/status.ts";
import { type HelperRole, helperThreads, ThreadNames } from "./helper-threads.ts";
import type { WatchedThreads } from "./watch.ts";

/** Above the lowest level of desktops' real-time threads, below that of sound servers. */
const levels = { encode: 4, send: 5 };
/** A thread that holds an allocator lock runs before all that may wait for it. */
const helperLevels: Readonly<Record<HelperRole, number>> = { encoder: 4, allocator: 5, runtime: 1 };
const niceValue = -11;
const checkMs = 1000;
/**
 * The share of all cores for all raised threads together: beyond it the runtime's collector threads
 * get too little, and the raised threads wait for them.
 */
const runawayShare = 0.6;
/** All threads of a process at rest, of one core. */
const restShare = 0.1;
/** In this many consecutive checks. */
const runawayCount = 2;
const softLimitUs = 2_000_000;
const hardLimitUs = 10_000_000;

/** The kernel's part: a test replaces it. */
export type ThreadScheduling = {
  /** Threads of this process that frames wait for, in addition to their own. */
  helpers(): ReadonlyMap<number, HelperRole>;
  /** CPU time of a thread in ns; `undefined` for one that is gone. */
  ranNs(thread: number): number | undefined;
  /** Of all threads of this process together. */
  processRanNs(): number;
  /** @param role a helper's; none for a thread of a session */
  raise(thread: number, level: number, role?: HelperRole): PriorityGrant;
  lower(thread: number): void;
};

/** A garbage collector also works for the API: its use says nothing about frames. */
type Raised = { readonly isCounted: boolean; ranNs: number | undefined };

type Raising = {
  readonly scheduling: ThreadScheduling;
  readonly scheduler: Scheduler;
  readonly coreCount: number;
  /** Nothing is raised when false. */
  readonly isOn: boolean;
};

/** Owns the priorities of all threads that frames go through. */
export class ThreadPriorities {
  readonly #raising: Raising;
  readonly #sessions = new Map<number, WatchedThreads>();
  readonly #raised = new Map<number, Raised>();
  readonly #ticker: Ticker;
  #grant: PriorityGrant;
  #processRanNs = 0;
  #busyCount = 0;
  #isGivenUp = false;

  constructor(raising: Raising) {
    this.#raising = raising;
    this.#grant = raising.isOn ? "untried" : "off";
    const { scheduler } = raising;
    this.#ticker = new Ticker({ scheduler, intervalMs: checkMs, onTick: () => this.#check() });
  }

  /** The scheduling that the machine granted; known after a session has begun. */
  get grant(): PriorityGrant {
    return this.#grant;
  }

  /** A session's frames go through these threads from now on. */
  begin(sessionId: number, threads: WatchedThreads): void {
    if (!this.#raising.isOn) return;
    if (this.#sessions.size === 0) this.#isGivenUp = false;
    this.#sessions.set(sessionId, threads);
    this.#raiseAll(this.#raising.scheduling.helpers());
    this.#ticker.start();
  }

  end(sessionId: number): void {
    this.#sessions.delete(sessionId);
    this.#lowerUnused(this.#sessions.size === 0 ? new Map() : this.#raising.scheduling.helpers());
    if (this.#sessions.size === 0) this.#ticker.stop();
  }

  /** A session's encoder was opened again: its new threads do not wait for the next check. */
  refresh(): void {
    const helpers = this.#raising.scheduling.helpers();
    this.#lowerUnused(helpers);
    this.#raiseAll(helpers);
  }

  /** The kernel reports that a thread has run too long without waiting. */
  giveUp(): void {
    if (this.#isGivenUp) return;
    this.#isGivenUp = true;
    for (const thread of this.#raised.keys()) this.#raising.scheduling.lower(thread);
    this.#raised.clear();
    warn("thread_priority_dropped", {
      sessions: this.#sessions.size,
    });
  }

  #check(): void {
    this.refresh();
    this.#busyCount = this.#isRunaway() ? this.#busyCount + 1 : 0;
    if (this.#busyCount >= runawayCount) this.giveUp();
  }

  #isRunaway(): boolean {
    const { coreCount, scheduling } = this.#raising;
    const before = this.#processRanNs;
    this.#processRanNs = scheduling.processRanNs();
    if (this.#processRanNs - before > restShare * checkMs * 1e6)
      return this.#coresUsed() > runawayShare * coreCount;
    // A file is read for each thread: not in a process that does next to nothing.
    for (const raised of this.#raised.values()) raised.ranNs = undefined;
    return false;
  }

  #raiseAll(helpers: ReadonlyMap<number, HelperRole>): void {
    if (this.#isGivenUp) return;
    for (const { encode, send } of this.#sessions.values()) {
      this.#raise(send, levels.send);
      this.#raise(encode, levels.encode);
    }
    for (const [thread, role] of helpers) this.#raise(thread, helperLevels[role], role);
  }

  /** Never main: its thread has the process's number. */
  #raise(thread: number | undefined, level: number, role?: HelperRole): void {
    if (thread === undefined || thread === process.pid || this.#raised.has(thread)) return;
    const { scheduling } = this.#raising;
    const isFirst = this.#grant === "untried";
    const grant = scheduling.raise(thread, level, role);
    // The scheduling of the session's own threads: a helper may get less.
    if (role === undefined) this.#grant = grant;
    if (isFirst) log("priority of stream threads", { granted: this.#grant });
    const isCounted = role !== "runtime";
    this.#raised.set(thread, { isCounted, ranNs: scheduling.ranNs(thread) });
  }

  /** Threads of ended sessions, and exited ones. @param helpers the existing ones */
  #lowerUnused(helpers: ReadonlyMap<number, HelperRole>): void {
    const { scheduling } = this.#raising;
    const frames = new Set(
      [...this.#sessions.values()].flatMap(({ encode, send }) => [encode, send]),
    );
    for (const thread of this.#raised.keys()) {
      if (helpers.has(thread)) continue;
      if (frames.has(thread) && scheduling.ranNs(thread) !== undefined) continue;
      scheduling.lower(thread);
      this.#raised.delete(thread);
    }
  }

  /** For all raised threads together, since the last check. */
  #coresUsed(): number {
    const { scheduling } = this.#raising;
    let sumNs = 0;
    for (const [thread, raised] of this.#raised) {
      if (!raised.isCounted) continue;
      const ranNs = scheduling.ranNs(thread);
      if (ranNs !== undefined && raised.ranNs !== undefined) sumNs += ranNs - raised.ranNs;
      raised.ranNs = ranNs;
    }
    return sumNs / (checkMs * 1e6);
  }
}

/** Gives real-time priority to threads of programs that have no right to it themselves. */
export type PriorityService = { raise(thread: number, level: number): boolean };

/**
 * What the machine would give to a thread of this process, tried on the calling one in the order of
 * `systemScheduling`; its scheduling is restored afterwards. A service may leave the process with a
 * limit for real-time threads, so this is for a process that ends soon.
 */
export function priorityToGet(
  kit: PriorityService,
  schedule: typeof scheduleThread = scheduleThread,
): "realtime" | "nice" | "none" {
  const thread = threadId();
  if (thread === undefined) return "none";
  const before = getPriority();
  const isRealtime =
    schedule(thread, { policy: "round_robin", level: 1 }) || kit.raise(thread, levels.encode);
  const isNicer = !isRealtime && schedule(thread, { policy: "shared", nice: niceValue });
  schedule(thread, { policy: "shared", nice: before });
  if (isRealtime) return "realtime";
  return isNicer ? "nice" : "none";
}

/** Half of a service's limit warns, all of it ends the process. */
export function limitForService(longestUs: number): boolean {
  return limitRealtime(Math.round(longestUs / 2), longestUs);
}

/**
 * The scheduling of this process's threads: by its own right, by the service, otherwise by a better
 * nice value.
 */
export function systemScheduling(
  ranNs: ThreadScheduling["ranNs"],
  kit: PriorityService,
): ThreadScheduling {
  const names = new ThreadNames();
  const ownNice = getPriority();
  return {
    ranNs,
    processRanNs: () => {
      const { user, system } = process.cpuUsage();
      return (user + system) * 1000;
    },
    helpers: () => helperThreads(names.read()),
    raise: (thread, level, role) => {
      const isRealtime = () => scheduleThread(thread, { policy: "round_robin", level });
      const isNicer = () => scheduleThread(thread, { policy: "shared", nice: niceValue });
      // These compile and collect for the API too, which may take long: before others, not above all.
      if (role === "runtime" && isNicer()) return "nice";
      if (isRealtime()) return "realtime";
      // Behind this level is a limit that ends the process: threads that may all run at once, and
      // keep main from lowering them in time, are excluded.
      if ((role === undefined || role === "allocator") && kit.raise(thread, level))
        return "realtime";
      return isNicer() ? "nice" : "none";
    },
    lower: (thread) => void scheduleThread(thread, { policy: "shared", nice: ownNice }),
  };
}

/**
 * Asks the kernel to report, and in the end to stop, a real-time thread that never waits.
 * @param onRunaway called when one has not waited for two seconds, or for half of a service's limit
 */
export function guardRealtime(onRunaway: () => void): Disposable {
  process.on("SIGXCPU", onRunaway);
  limitRealtime(softLimitUs, hardLimitUs);
  return { [Symbol.dispose]: () => void process.off("SIGXCPU", onRunaway) };
}
