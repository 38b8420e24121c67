/** A source that says what is new shows a still picture: few frames, and a row for each slot all the same. */
import { expect, test } from "bun:test";
import type { UnsentSlots } from "../../../src/video/link.ts";
import type { EncodeStream } from "../../../src/video/stream.ts";
import { collect, type KeptFrame, openSmall } from "../../support/stream.ts";
import { startDesktop } from "../../support/sway.ts";

const isNew = ({ isRepeat }: KeptFrame) => !isRepeat;

test("a still desktop is repeated ten times a second for a player that says nothing", async () => {
  await using desktop = await startDesktop({ width: 320, height: 180 });
  await using stream = await openSmall({ source: `wayland:${desktop.path}` });
  const heldCounts = await heldUntil(stream, 120);
  expect(Math.max(...heldCounts)).toBe(5);
});

test("a desktop that stands still for longer is repeated less often, as far as the player allows", async () => {
  await using desktop = await startDesktop({ width: 320, height: 180 });
  await using stream = await openSmall({ source: `wayland:${desktop.path}`, stillMs: 400 });
  const heldCounts = await heldUntil(stream, 180);
  expect(heldCounts.slice(0, 3)).toEqual(heldCounts.slice(0, 3).sort((a, b) => a - b));
  expect(Math.max(...heldCounts)).toBe(23);
});

test("a frame of a still picture says how long none follows", async () => {
  await using desktop = await startDesktop({ width: 320, height: 180 });
  await using stream = await openSmall({ source: `wayland:${desktop.path}`, stillMs: 400 });
  const frames = await collect(stream, (all) => (all.at(-1)?.quietUs ?? 0) === 400_000);
  expect(frames[0]?.quietUs).toBeUndefined();
});

/** How many slots were held at a time until the slot. */
async function heldUntil(stream: EncodeStream, slot: number): Promise<number[]> {
  const counts: number[] = [];
  stream.subscribe({
    onFrame: ({ release }) => release(),
    onUnsent: ({ fate, count }) => fate === "held" && counts.push(count),
    onEnd: () => undefined,
  });
  await collect(stream, (all) => (all.at(-1)?.slot ?? 0) > slot);
  return counts;
}

test("every slot of a still desktop is accounted for", async () => {
  await using desktop = await startDesktop({ width: 320, height: 180 });
  await using stream = await openSmall({ source: `wayland:${desktop.path}` });
  const held: UnsentSlots[] = [];
  stream.subscribe({
    onFrame: ({ release }) => release(),
    onUnsent: (unsent) => held.push(unsent),
    onEnd: () => undefined,
  });
  const frames = await collect(stream, (all) => (all.at(-1)?.slot ?? 0) > 150);
  const late = frames.filter(({ slot }) => slot > 60);
  expect(late.length).toBeLessThan(30);
  const slots = new Set(frames.map(({ slot }) => slot));
  for (const { slot, count, fate } of held) {
    if (fate === "held") for (let at = slot; at < slot + count; at++) slots.add(at);
  }
  const [first, last] = [frames[0]?.slot ?? 0, frames.at(-1)?.slot ?? 0];
  const missed = held.filter(({ fate }) => fate !== "held");
  const missedCount = missed.reduce((sum, { count }) => sum + count, 0);
  expect(slots.size + missedCount).toBeGreaterThanOrEqual(last - first + 1);
  // What nobody saw is neither missed nor dropped.
  expect(frames.at(-1)?.missedCount).toBe(missedCount);
});

test("what moves on a desktop that has stood still for long is taken at once", async () => {
  await using desktop = await startDesktop({ width: 320, height: 180 });
  await using stream = await openSmall({ source: `wayland:${desktop.path}`, stillMs: 10_000 });
  await collect(stream, isLongStill);
  const changed = collect(stream, (all) => all.some(isNew));
  await desktop.message("output HEADLESS-1 bg #ff0000 solid_color");
  const frames = await changed;
  expect(frames.at(-1)?.isRepeat).toBe(false);
});

test("a key frame of a desktop that has stood still for long does not wait until it is repeated", async () => {
  await using desktop = await startDesktop({ width: 320, height: 180 });
  await using stream = await openSmall({ source: `wayland:${desktop.path}`, stillMs: 10_000 });
  const still = (await collect(stream, isLongStill)).at(-1);
  stream.requestIdr();
  const [key] = (await collect(stream, (all) => all.some(({ isKey }) => isKey))).slice(-1);
  const waitedUs = (key?.dueUs ?? 0) - (still?.dueUs ?? 0);
  expect(waitedUs).toBeLessThan(still?.quietUs ?? 0);
});

function isLongStill(all: readonly KeptFrame[]): boolean {
  return (all.at(-1)?.quietUs ?? 0) > 700_000;
}
