/**
 * Per frame: the counters of one path prefix, four sets (tier and role) of seven in one typed array.
 * They only grow. `openCount` says how many guards hold the level.
 */
import {
  type CounterLevel,
  type CounterName,
  type CounterSet,
  counterNames,
  type Role,
  roles,
  type Tier,
  tiers,
} from "../model/counters.ts";

export const setLength = counterNames.length;

/** The four sets in the order in which they lie, and the track each is published on. */
export const sets = tiers.flatMap((tier) =>
  roles.map((role) => ({
    tier,
    role,
    base: setBase(tier, role),
    track: tier === "internal" ? `internal/${role}.json` : `${role}.json`,
  })),
);
/** One set of counts of a level. */
export type SetPlace = (typeof sets)[number];

export const subscriptionsSlot = slot("subscriptions");
export const subscriptionsClosedSlot = slot("subscriptions_closed");

/** Opened and closed; both only grow. */
export type Started = { started: number; ended: number };

/** Initial counts of both tiers. */
export function nobody(): Record<Tier, Started> {
  return { external: { started: 0, ended: 0 }, internal: { started: 0, ended: 0 } };
}

/** The counts of one path prefix. Counts only grow. */
export class Level {
  readonly key: string;
  readonly sinceUnixMs: number;
  readonly counts = new Float64Array(sets.length * setLength);
  openCount = 0;
  /** It is the path of a broadcast itself. */
  isBroadcast = false;
  /** Connections with a subscription to the broadcast. */
  readonly viewers: Record<Tier, Started> = nobody();

  constructor(options: { key: string; sinceUnixMs: number }) {
    this.key = options.key;
    this.sinceUnixMs = options.sinceUnixMs;
  }

  /** Whether any set has open subscriptions. */
  isSubscribed(): boolean {
    return sets.some(
      ({ base }) => this.#at(base, subscriptionsSlot) > this.#at(base, subscriptionsClosedSlot),
    );
  }

  set(tier: Tier, role: Role): CounterSet {
    return readSet(this.counts, setBase(tier, role));
  }

  describe(): CounterLevel {
    return {
      level: this.key,
      since_unix_ms: this.sinceUnixMs,
      open: this.openCount,
      external: {
        publisher: this.set("external", "publisher"),
        subscriber: this.set("external", "subscriber"),
      },
      internal: {
        publisher: this.set("internal", "publisher"),
        subscriber: this.set("internal", "subscriber"),
      },
    };
  }

  #at(base: number, offset: number): number {
    return this.counts[base + offset] ?? 0;
  }
}

/** Offset of a set in a level's counts. */
export function setBase(tier: Tier, role: Role): number {
  return (tiers.indexOf(tier) * roles.length + roles.indexOf(role)) * setLength;
}

/** Offset of a counter in its set. */
export function slot(name: CounterName): number {
  return counterNames.indexOf(name);
}

/** A set as an object, from counts laid out like a level's. */
export function readSet(counts: Float64Array, base: number): CounterSet {
  const at = (name: CounterName) => counts[base + slot(name)] ?? 0;
  return {
    broadcasts: at("broadcasts"),
    broadcasts_closed: at("broadcasts_closed"),
    subscriptions: at("subscriptions"),
    subscriptions_closed: at("subscriptions_closed"),
    bytes: at("bytes"),
    frames: at("frames"),
    groups: at("groups"),
  };
}
