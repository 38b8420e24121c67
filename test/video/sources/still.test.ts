/** A source that says what is new shows a still picture: few frames, and a row for each slot all the same. */
import { expect, test } from "bun:test";
import type { UnsentSlots } from "../../../src/video/link.ts";
import { collect, type KeptFrame, openSmall } from "../../support/stream.ts";
import { startDesktop } from "../../support/sway.ts";

const isNew = ({ isRepeat }: KeptFrame) => !isRepeat;

test("a still desktop is repeated ten times a second, and every slot is accounted for", async () => {
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
  const heldCounts = held.filter(({ fate }) => fate === "held").map(({ count }) => count);
  expect(Math.max(...heldCounts)).toBe(5);
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

test("what moves on a still desktop is taken at once, and a key frame that is asked for", async () => {
  await using desktop = await startDesktop({ width: 320, height: 180 });
  await using stream = await openSmall({ source: `wayland:${desktop.path}` });
  await collect(stream, (all) => (all.at(-1)?.slot ?? 0) > 90);
  const startUs = performance.now();
  stream.requestIdr();
  const [key] = (await collect(stream, (all) => all.some(({ isKey }) => isKey))).slice(-1);
  expect(key?.isKey).toBe(true);
  expect(performance.now() - startUs).toBeLessThan(1000);
  await desktop.message("output HEADLESS-1 bg #ff0000 solid_color");
  const frames = await collect(stream, (all) => all.some(isNew));
  expect(frames.at(-1)?.isRepeat).toBe(false);
});
