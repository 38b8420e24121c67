/**
 * All of this host's broadcasts in one stats broadcast, `<prefix>/node/<node>`, in the format of
 * relay fleets (https://doc.moq.dev/concept/stats): tracks keyed by broadcast, in both spellings of
 * the counters. It stays announced while the host runs. Values that this host does not count are
 * left out, which readers take as none.
 */
import { type Cancel, every, type Scheduler } from "../base/scheduler.ts";
import { type Role, type Tier, tiers } from "../model/counters.ts";
import { Level, type Started, sets } from "./level.ts";
import type { NodeFrame, Outlet, OutletBroadcast } from "./outlet.ts";
import { normalize } from "./path.ts";

const intervalMs = 1000;

/** Connections by tier. */
type Presence = Readonly<Record<Tier, Started>>;

type Options = {
  readonly prefix: string;
  readonly node: string;
  readonly outlet: Outlet;
  readonly scheduler: Scheduler;
  readonly presence: Presence;
  levels(): Iterable<Level>;
  /** Updates the counts before they are read. */
  sync(): void;
};

/** Publishes the report until it is stopped. */
export class NodeReport {
  readonly #options: Options;
  readonly #broadcast: OutletBroadcast | undefined;
  readonly #cancel: Cancel;
  /** By track: the last written value. */
  readonly #written = new Map<string, string>();
  /** By track and broadcast: its entry when it was last in a frame. */
  #entries = new Map<string, string>();

  constructor(options: Options) {
    this.#options = options;
    const { prefix, node, outlet, scheduler } = options;
    const path = normalize([prefix, "node", node].join("/"));
    const tracks = [...sets.map(({ track }) => track), ...tiers.map(sessionsTrack)];
    this.#broadcast = outlet.open(path, tracks);
    this.#tick();
    this.#cancel = every(scheduler, intervalMs, () => this.#tick());
  }

  /** Unannounces at once. */
  stop(): void {
    this.#cancel();
    this.#broadcast?.close();
  }

  #tick(): void {
    const { sync, levels, presence } = this.#options;
    sync();
    const broadcasts = [...levels()].filter(({ isBroadcast }) => isBroadcast);
    const entries = new Map<string, string>();
    for (const { tier, role, track } of sets) {
      const frame: Record<string, object> = {};
      for (const level of broadcasts) {
        const entry = entryOf(level, tier, role);
        const key = `${track} ${level.key}`;
        const text = JSON.stringify(entry);
        const isNew = (this.#entries.get(key) ?? nothing) !== text;
        if (isNew || isLive(entry)) frame[level.key] = entry;
        entries.set(key, text);
      }
      this.#write(track, frame);
    }
    this.#entries = entries;
    for (const tier of tiers) this.#write(sessionsTrack(tier), sessionsOf(presence[tier]));
  }

  #write(track: string, frame: NodeFrame): void {
    const text = JSON.stringify(frame);
    if (this.#written.get(track) === text) return;
    this.#written.set(track, text);
    this.#broadcast?.write(track, frame);
  }
}

function sessionsTrack(tier: Tier): string {
  return tier === "internal" ? "internal/sessions.json" : "sessions.json";
}

/** At the root every right is valid. */
function sessionsOf({ started, ended }: Started): NodeFrame {
  if (started === 0) return {};
  return {
    "": {
      sessions_started: started,
      sessions_ended: ended,
      sessions: started,
      sessions_closed: ended,
    },
  };
}

type Entry = ReturnType<typeof entryOf>;

/** A viewer is a connection with at least one subscription; incoming broadcasts have none. */
function entryOf(level: Level, tier: Tier, role: Role) {
  const counts = level.set(tier, role);
  const viewers = role === "publisher" ? level.viewers[tier] : { started: 0, ended: 0 };
  return {
    announces_started: counts.broadcasts,
    announces_ended: counts.broadcasts_closed,
    broadcasts_started: viewers.started,
    broadcasts_ended: viewers.ended,
    subscriptions_started: counts.subscriptions,
    subscriptions_ended: counts.subscriptions_closed,
    bytes: counts.bytes,
    frames: counts.frames,
    groups: counts.groups,
    announced: counts.broadcasts,
    announced_closed: counts.broadcasts_closed,
    broadcasts: viewers.started,
    broadcasts_closed: viewers.ended,
    subscriptions: counts.subscriptions,
    subscriptions_closed: counts.subscriptions_closed,
  };
}

/** An entry that never counted anything. */
const nothing = JSON.stringify(
  entryOf(new Level({ key: "", sinceUnixMs: 0 }), "external", "publisher"),
);

/** Traffic may resume at any moment. */
function isLive(entry: Entry): boolean {
  return (
    entry.announces_started > entry.announces_ended ||
    entry.broadcasts_started > entry.broadcasts_ended ||
    entry.subscriptions_started > entry.subscriptions_ended
  );
}
