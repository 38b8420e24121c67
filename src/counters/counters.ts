/**
 * Counts traffic by broadcast and rolls it up into every prefix of the broadcast's path. A level
 * exists while a guard holds it and for some time after; paths under the host's own stats prefix
 * are never counted, so that publishing counts creates no counts.
 */
import type { Clock } from "../base/clock.ts";
import { Failure } from "../base/failure.ts";
import { warn } from "../base/log.ts";
import type { Scheduler } from "../base/scheduler.ts";
import type { CounterReport, Role, Tier } from "../model/counters.ts";
import type { CounterReports } from "../ports/counters.ts";
import { ClosedLevels } from "./closed-levels.ts";
import { BroadcastGuard, type Span, TrackGuard } from "./guards.ts";
import { Level, nobody, type Started, setBase, sets } from "./level.ts";
import { LevelTask } from "./level-task.ts";
import { NodeReport } from "./node-report.ts";
import type { Outlet } from "./outlet.ts";
import { advertisedPath, isUnder, levelKeys, normalize, segmentsOf } from "./path.ts";

export const levelCountMax = 16;

/** Whether to count, how deep, and under which names counts are published. */
export type CounterSettings = {
  /** Where the levels are published, `.stats` by default. */
  readonly prefix?: string;
  /** Path segments that are counted separately, 3 by default; 0 switches counting off. */
  readonly levels?: number;
  /** One segment that distinguishes this host's stats broadcasts from another's. */
  readonly node?: string | undefined;
};

type Options = CounterSettings & {
  readonly outlet: Outlet;
  readonly clock: Clock;
  readonly scheduler: Scheduler;
};

/** One path in one tier. Empty, and every call a no-op, when the path is not counted. */
export type BroadcastCounter = {
  readonly isEmpty: boolean;
  /** Counts the broadcast itself. */
  open(role: Role): BroadcastGuard;
  /** Counts a subscription to one of its tracks. */
  track(role: Role): TrackGuard;
  /**
   * A connection has subscribed to the broadcast, for the first time or again; the returned call
   * ends it.
   */
  viewer(): () => void;
};

/**
 * All counts of a host, by path prefix. Provides guards that count; read by the API and published
 * over MoQ.
 */
export class Counters implements CounterReports {
  readonly prefix: string;
  readonly levels: number;
  readonly node: string | undefined;
  readonly #options: Options;
  readonly #levels = new Map<string, Level>();
  readonly #closed: ClosedLevels;
  readonly #tasks = new Map<Level, LevelTask>();
  readonly #syncs = new Set<() => void>();
  readonly #presence = nobody();
  #nodeReport: NodeReport | undefined;

  /** @throws Failure `usage` */
  constructor(options: Options) {
    this.#options = options;
    this.prefix = normalize(options.prefix ?? ".stats");
    this.levels = options.levels ?? 3;
    this.node = options.node;
    checkSettings(this);
    const { clock, scheduler } = options;
    this.#closed = new ClosedLevels({
      clock,
      scheduler,
      onExpired: (level) => this.#levels.delete(level.key),
    });
  }

  broadcast({ path, tier }: { path: string; tier: Tier }): BroadcastCounter {
    const plain = normalize(path);
    const keys = isUnder(plain, this.prefix) ? [] : levelKeys(plain, this.levels);
    return {
      isEmpty: keys.length === 0,
      open: (role) => new BroadcastGuard(this.#hold({ keys, tier, role, isTrack: false })),
      track: (role) => new TrackGuard(this.#hold({ keys, tier, role, isTrack: true })),
      viewer: () => this.#countViewer(keys, tier),
    };
  }

  /** A connection was opened; the returned call reports once that it was closed. */
  session(tier: Tier): () => void {
    return countOnce(this.#presence[tier]);
  }

  /**
   * From now until `stop`, all broadcasts of a host that has a name are also in one,
   * `<prefix>/node/<node>`. Without a name it could not be distinguished from that of another host.
   */
  publishNode(): void {
    const { prefix, node } = this;
    if (this.levels === 0 || node === undefined || this.#nodeReport !== undefined) return;
    const { outlet, scheduler } = this.#options;
    this.#nodeReport = new NodeReport({
      ...{ prefix, node, outlet, scheduler, presence: this.#presence },
      levels: () => this.#levels.values(),
      sync: () => this.#sync(),
    });
  }

  /**
   * Calls `sync` whenever counts are about to be read, for counts made elsewhere. The returned
   * function ends that.
   */
  addSync(sync: () => void): () => void {
    this.#syncs.add(sync);
    return () => this.#syncs.delete(sync);
  }

  /** Levels at or below `prefix`, down to `depth` segments under it; all of them by default. */
  report(range: { prefix?: string | undefined; depth?: number | undefined } = {}): CounterReport {
    this.#sync();
    const atUs = this.#options.clock.nowUs();
    const prefix = normalize(range.prefix ?? "");
    const depthMax = segmentsOf(prefix).length + (range.depth ?? levelCountMax);
    const entries = [...this.#levels.values()]
      .filter(({ key }) => isUnder(key, prefix) && segmentsOf(key).length <= depthMax)
      .sort((a, b) => (a.key < b.key ? -1 : 1))
      .map((level) => level.describe());
    return {
      prefix: this.prefix,
      ...(this.node === undefined ? {} : { node: this.node }),
      levels: this.levels,
      at_us: atUs,
      entries,
    };
  }

  /** Unannounces all levels; open guards are still counted. */
  stop(): void {
    for (const task of this.#tasks.values()) task.stop();
    this.#tasks.clear();
    this.#nodeReport?.stop();
    this.#closed.stop();
  }

  #hold(options: HoldOptions): Span {
    const { keys, tier, role, isTrack } = options;
    const levels = keys.map((key) => this.#level(key));
    for (const level of levels) level.openCount += 1;
    const own = levels.at(-1);
    if (own !== undefined && own.key !== "") own.isBroadcast = true;
    return {
      levels,
      base: setBase(tier, role),
      onOpened: () => {
        if (isTrack) for (const level of levels) this.#ensureTask(level);
      },
      onClosed: () => {
        for (const level of levels) {
          level.openCount -= 1;
          this.#closeIfUnused(level);
        }
      },
    };
  }

  #countViewer(keys: readonly string[], tier: Tier): () => void {
    const key = keys.at(-1);
    return key === undefined ? () => undefined : countOnce(this.#level(key).viewers[tier]);
  }

  #level(key: string): Level {
    const known = this.#levels.get(key);
    if (known !== undefined) {
      this.#closed.reopen(known);
      return known;
    }
    const level = new Level({ key, sinceUnixMs: this.#options.clock.wallMs() });
    this.#levels.set(key, level);
    return level;
  }

  #ensureTask(level: Level): void {
    if (this.#tasks.has(level)) return;
    const { outlet, clock, scheduler } = this.#options;
    const path = advertisedPath({ prefix: this.prefix, level: level.key, node: this.node });
    const broadcast = outlet.open(
      path,
      sets.map(({ track }) => track),
    );
    if (broadcast === undefined) {
      warn("stats_broadcast_refused", { path });
      return;
    }
    const task = new LevelTask({
      level,
      node: this.node,
      broadcast,
      clock,
      scheduler,
      sync: () => this.#sync(),
      onEnd: () => this.#endTask(level),
    });
    this.#tasks.set(level, task);
    task.start();
  }

  #endTask(level: Level): void {
    this.#tasks.delete(level);
    this.#closeIfUnused(level);
  }

  /** The root stays forever: its totals are those of the host. */
  #closeIfUnused(level: Level): void {
    if (level.openCount > 0 || level.key === "" || this.#tasks.has(level)) return;
    this.#closed.add(level);
  }

  #sync(): void {
    for (const sync of this.#syncs) sync();
  }
}

function countOnce(count: Started): () => void {
  let isOpen = true;
  count.started += 1;
  return () => {
    if (isOpen) count.ended += 1;
    isOpen = false;
  };
}

type HoldOptions = {
  readonly keys: readonly string[];
  readonly tier: Tier;
  readonly role: Role;
  readonly isTrack: boolean;
};

function checkSettings({ prefix, levels, node }: Counters): void {
  if (prefix === "") {
    throw new Failure("usage", "Cannot use an empty stats prefix: it would cover every path");
  }
  if (!Number.isInteger(levels) || levels < 0 || levels > levelCountMax) {
    const text = `Cannot use ${levels} stats levels: it takes a whole number from 0 to ${levelCountMax}`;
    throw new Failure("usage", text);
  }
  if (node !== undefined && (node === "" || node.includes("/"))) {
    throw new Failure("usage", `Cannot use stats node "${node}": it takes one path segment`);
  }
}
