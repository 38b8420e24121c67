/** The bitrate of a broadcast follows what its viewers' links carry, by reports of a second each. */
import { expect, test } from "bun:test";
import { modeLimits } from "../../src/model/limits.ts";
import { SeenFrames } from "../../src/moq/seen-frames.ts";
import { type ArrivedFrame, ViewerLinks } from "../../src/moq/viewer-links.ts";

const asked = 8000;
const frameUs = 1e6 / 60;

/** One viewer over a line with an endless queue, as TCP makes one; reports once a second. */
class Viewer {
  readonly #capacityKbps: (second: number) => number;
  #freeUs = 0;

  constructor(capacityKbps: (second: number) => number) {
    this.#capacityKbps = capacityKbps;
  }

  second(second: number, kbps: number): ArrivedFrame[] {
    return Array.from({ length: 60 }, (_, frame) => {
      const leftUs = second * 1e6 + frame * frameUs;
      const byteCount = (kbps * 125) / 60;
      const lineUs = (byteCount * 8000) / this.#capacityKbps(second);
      this.#freeUs = Math.max(this.#freeUs, leftUs) + lineUs;
      // A page sees a frame when its turn comes.
      return { leftUs, completeUs: this.#freeUs + 5000 + ((frame * 7919) % 13) * 1000, byteCount };
    });
  }
}

function run(viewers: readonly Viewer[], seconds: number): number[] {
  const links = new ViewerLinks({ askedKbps: () => asked, followsBitrate: () => true });
  const ids = viewers.map((_, index) => index);
  const rates: number[] = [];
  for (let second = 0; second < seconds; second++) {
    const kbps = links.kbpsFor(ids);
    for (const [id, viewer] of viewers.entries()) links.add(id, viewer.second(second, kbps));
    rates.push(kbps);
  }
  return rates;
}

const mean = (list: readonly number[]) => list.reduce((sum, each) => sum + each, 0) / list.length;

test("a viewer whose link carries it changes nothing, although its page sees frames unevenly", () => {
  expect(run([new Viewer(() => 40_000)], 60).every((kbps) => kbps === asked)).toBe(true);
});

test("a link that carries 3 Mbit/s is followed within three seconds, used, and left alone again", () => {
  const capacity = (second: number) => (second >= 10 && second < 40 ? 3000 : 40_000);
  const rates = run([new Viewer(capacity)], 70);
  expect(rates[13]).toBeLessThan(3000);
  expect(mean(rates.slice(15, 40))).toBeGreaterThan(1500);
  expect(mean(rates.slice(15, 40))).toBeLessThan(3100);
  expect(rates.at(-1)).toBeGreaterThan(asked * 0.8);
});

test("of two viewers the one with the better link decides", () => {
  const rates = run([new Viewer(() => 40_000), new Viewer(() => 2000)], 30);
  expect(rates.every((kbps) => kbps === asked)).toBe(true);
});

test("a viewer that reports nothing gets what was asked for, and one that left decides nothing", () => {
  const links = new ViewerLinks({ askedKbps: () => asked, followsBitrate: () => true });
  const slow = new Viewer(() => 2000);
  for (let second = 0; second < 10; second++) links.add(1, slow.second(second, 4000));
  expect(links.kbpsFor([1])).toBeLessThan(2500);
  expect(links.kbpsFor([1, 2])).toBe(asked);
  links.remove(1);
  expect(links.kbpsFor([1])).toBe(asked);
  expect(links.kbpsFor([])).toBe(asked);
});

test("a viewer that says a frame will have come in a minute still has its link followed", () => {
  const frames = new SeenFrames({ addLate: () => undefined });
  const links = new ViewerLinks({ frames, askedKbps: () => asked, followsBitrate: () => true });
  const narrow = new Viewer(() => 2000);
  for (let second = 0; second < 10; second++) {
    const nowUs = (second + 1) * 1e6;
    const seen = narrow.second(second, links.kbpsFor([1]));
    for (const [slot, { leftUs, byteCount }] of seen.entries()) {
      const dueUs = leftUs;
      frames.add({ slot, dueUs, captureStartUs: leftUs, arrivedUs: leftUs, byteCount });
    }
    const first_us = seen[0]?.leftUs ?? 0;
    const lie = second === 0 ? 60_000_000 : 0;
    const report = {
      first_us,
      at_us: seen.map(({ leftUs }) => leftUs - first_us),
      complete_us: seen.map(({ leftUs, completeUs }) => completeUs - leftUs + lie),
      shown_us: seen.map(() => -1),
    };
    links.report(1, report, Math.max(nowUs, ...seen.map(({ completeUs }) => completeUs)));
  }
  expect(links.kbpsFor([1])).toBeLessThan(3000);
});

test("a link that carries next to nothing never leads below what an encoder takes", () => {
  const links = new ViewerLinks({ askedKbps: () => 500, followsBitrate: () => true });
  const viewer = new Viewer(() => 60);
  const rates = Array.from({ length: 60 }, (_, second) => {
    const kbps = links.kbpsFor([1]);
    links.add(1, viewer.second(second, kbps));
    return kbps;
  });
  expect(Math.min(...rates)).toBe(modeLimits.bitrateKbpsMin);
});
