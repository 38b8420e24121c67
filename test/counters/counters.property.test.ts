import { expect, test } from "bun:test";
import fc from "fast-check";
import { type BroadcastGuard, TrackGuard } from "../../src/counters/guards.ts";
import { isUnder, levelKeys } from "../../src/counters/path.ts";
import {
  type CounterLevel,
  type CounterSet,
  counterNames,
  type Role,
  roles,
  type Tier,
  tiers,
} from "../../src/model/counters.ts";
import { counting } from "../support/counting.ts";

type Step =
  | { kind: "broadcast" | "track"; path: string; tier: Tier; role: Role }
  | { kind: "count"; at: number; bytes: number }
  | { kind: "close"; at: number }
  | { kind: "pass"; ms: number };

const anyPath = fc
  .array(fc.constantFrom("a", "b", "live", "viewer", ".stats", "x y", "ü"), { maxLength: 5 })
  .map((segments) => segments.join("/"));
const place = { path: anyPath, tier: fc.constantFrom(...tiers), role: fc.constantFrom(...roles) };
const anyStep: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ kind: fc.constant("broadcast" as const), ...place }),
  fc.record({ kind: fc.constant("track" as const), ...place }),
  fc.record({ kind: fc.constant("count" as const), at: fc.nat(), bytes: fc.nat(1e6) }),
  fc.record({ kind: fc.constant("close" as const), at: fc.nat() }),
  fc.record({ kind: fc.constant("pass" as const), ms: fc.nat(3000) }),
);

type Counted = { path: string; tier: Tier; role: Role; counts: CounterSet };

function none(): CounterSet {
  return {
    broadcasts: 0,
    broadcasts_closed: 0,
    subscriptions: 0,
    subscriptions_closed: 0,
    bytes: 0,
    frames: 0,
    groups: 0,
  };
}

type Held = {
  readonly guard: BroadcastGuard | TrackGuard;
  readonly counts: CounterSet;
  isOpen: boolean;
};

/** Does the steps, and keeps for each guard what it should have counted. */
class Play {
  readonly all;
  readonly counted: Counted[] = [];
  readonly #held: Held[] = [];

  constructor(steps: readonly Step[], levels: number) {
    this.all = counting({ levels });
    for (const next of steps) {
      this.#do(next);
      expectBalance(this.all.counters.report().entries);
    }
  }

  closeAll(): void {
    for (const held of this.#held) this.#close(held);
  }

  #do(next: Step): void {
    if (next.kind === "pass") this.all.scheduler.advanceMs(next.ms);
    else if (next.kind === "count") this.#count(this.#pick(next.at), next.bytes);
    else if (next.kind === "close") this.#close(this.#pick(next.at));
    else this.#open(next);
  }

  #open({ kind, path, tier, role }: Extract<Step, { path: string }>): void {
    const counts = none();
    const counter = this.all.counters.broadcast({ path, tier });
    counts[kind === "track" ? "subscriptions" : "broadcasts"] += 1;
    const guard = kind === "track" ? counter.track(role) : counter.open(role);
    this.counted.push({ path, tier, role, counts });
    this.#held.push({ guard, counts, isOpen: true });
  }

  #count(held: Held | undefined, bytes: number): void {
    if (!(held?.isOpen && held.guard instanceof TrackGuard)) return;
    held.guard.bytes(bytes);
    held.guard.frame();
    held.guard.group();
    held.counts.bytes += bytes;
    held.counts.frames += 1;
    held.counts.groups += 1;
  }

  #close(held: Held | undefined): void {
    held?.guard.close();
    if (!held?.isOpen) return;
    held.isOpen = false;
    held.counts[held.guard instanceof TrackGuard ? "subscriptions_closed" : "broadcasts_closed"] +=
      1;
  }

  #pick(at: number): Held | undefined {
    return this.#held[at % Math.max(1, this.#held.length)];
  }
}

const fourSets = tiers.flatMap((tier) => roles.map((role) => ({ tier, role })));

function expectBalance(entries: readonly CounterLevel[]) {
  for (const { tier, role } of fourSets) {
    for (const entry of entries) {
      const set = entry[tier][role];
      expect(set.subscriptions).toBeGreaterThanOrEqual(set.subscriptions_closed);
      expect(set.broadcasts).toBeGreaterThanOrEqual(set.broadcasts_closed);
    }
  }
}

function sum(parts: readonly Counted[]): CounterSet {
  const total = none();
  for (const name of counterNames) for (const { counts } of parts) total[name] += counts[name];
  return total;
}

const isCounted = ({ path }: Counted) => !isUnder(path, ".stats");

test("every level equals the sum of what was counted at or below it", () => {
  fc.assert(
    fc.property(fc.array(anyStep, { maxLength: 60 }), fc.nat(4), (steps, levels) => {
      const { all, counted } = new Play(steps, levels);
      const { entries } = all.counters.report();
      const keys = counted.filter(isCounted).flatMap(({ path }) => levelKeys(path, levels));
      expect(new Set(entries.map(({ level }) => level))).toEqual(new Set(keys));
      for (const entry of entries) {
        for (const { tier, role } of fourSets) {
          const parts = counted.filter(
            (part) =>
              isCounted(part) &&
              part.tier === tier &&
              part.role === role &&
              isUnder(part.path, entry.level),
          );
          expect(entry[tier][role]).toEqual(sum(parts));
        }
      }
    }),
  );
});

test("what was published last equals the totals of every level that had subscriptions", () => {
  fc.assert(
    fc.property(fc.array(anyStep, { maxLength: 40 }), (steps) => {
      const play = new Play(steps, 3);
      play.closeAll();
      const { counters, outlet, scheduler } = play.all;
      scheduler.advanceMs(10_000);
      expect(outlet.announced.size).toBe(0);
      for (const entry of counters.report().entries) {
        const path = [".stats/prefix", entry.level].filter((part) => part !== "").join("/");
        const last = outlet.framesOf(path).at(-1);
        if (last === undefined) expect(subscriptionsOf(entry)).toBe(0);
        else expect(last.bytes).toBe(entry.external.publisher.bytes);
      }
    }),
  );
});

function subscriptionsOf(entry: CounterLevel): number {
  const counts = fourSets.map(({ tier, role }) => entry[tier][role].subscriptions);
  return counts.reduce((total, count) => total + count, 0);
}
