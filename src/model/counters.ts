/** Counts by path prefix: the shapes of the API and of stats broadcasts. */
import { type Static, Type } from "@sinclair/typebox";

const count = (description: string) => Type.Integer({ minimum: 0, description });

/** The other end of the traffic: players and browsers, or this host's own monitor and other hosts. */
export const tiers = ["external", "internal"] as const;
/** Whose traffic is counted: external, or internal such as that of a relay. */
export type Tier = (typeof tiers)[number];

/** Publisher is outgoing, subscriber incoming. */
export const roles = ["publisher", "subscriber"] as const;
/** Publisher or subscriber, seen from the host. */
export type Role = (typeof roles)[number];

/** The counters of one set, in the order in which they lie in memory. */
export const counterNames = [
  "broadcasts",
  "broadcasts_closed",
  "subscriptions",
  "subscriptions_closed",
  "bytes",
  "frames",
  "groups",
] as const;
/** A count of a set. */
export type CounterName = (typeof counterNames)[number];

const counterFields = {
  broadcasts: count("Broadcasts opened"),
  broadcasts_closed: count("Broadcasts closed"),
  subscriptions: count("Subscriptions opened"),
  subscriptions_closed: count("Subscriptions closed"),
  bytes: count("Payload bytes of the frames"),
  frames: count("Frames"),
  groups: count("Groups; decoding can start at the beginning of each"),
};

export const CounterSet = Type.Object(counterFields, {
  $id: "CounterSet",
  description: "Totals of one tier and role since the level was created; they only grow",
});
export type CounterSet = Static<typeof CounterSet>;

export const CounterTier = Type.Object(
  { publisher: CounterSet, subscriber: CounterSet },
  { $id: "CounterTier", description: "What was sent, and what was received" },
);
export type CounterTier = Static<typeof CounterTier>;

export const CounterLevel = Type.Object(
  {
    level: Type.String({ description: 'Path prefix; "" is everything' }),
    since_unix_ms: count(
      "When the totals began; if this is later than before, they were restarted",
    ),
    open: count("Broadcasts and subscriptions open now"),
    external: CounterTier,
    internal: CounterTier,
  },
  { $id: "CounterLevel", description: "Totals counted at or below a path prefix" },
);
export type CounterLevel = Static<typeof CounterLevel>;

export const CounterReport = Type.Object(
  {
    prefix: Type.String({ description: "Where the stats broadcasts are published" }),
    node: Type.Optional(Type.String({ description: "Last segment of their paths" })),
    levels: count("Path segments that are counted separately; 0 if counting is off"),
    at_us: Type.Number({
      description:
        "When this was counted, in microseconds on the host’s clock. For a rate, divide the difference of two reports by that of their times",
    }),
    entries: Type.Array(CounterLevel, { description: "Sorted by level" }),
  },
  { $id: "CounterReport", description: "All levels that are open or recently were" },
);
export type CounterReport = Static<typeof CounterReport>;

export const CounterFrame = Type.Object(
  {
    v: Type.Literal(1),
    level: Type.String(),
    tier: Type.String({ description: "external or internal" }),
    role: Type.String({ description: "publisher or subscriber" }),
    node: Type.Optional(Type.String()),
    ts_ms: count("Wall clock"),
    ...counterFields,
  },
  { $id: "CounterFrame", description: "One frame of a stats broadcast's track" },
);
export type CounterFrame = Static<typeof CounterFrame>;
