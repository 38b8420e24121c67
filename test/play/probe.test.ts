/** The probe window: what it shows can be found again, and what a page says of it is checked. */
import { expect, test } from "bun:test";
import { probeMessage, readHostAnswer, seenMessage } from "../../public/input-wire.ts";
import { magentaBox } from "../../public/magenta.ts";
import type { InputTarget } from "../../src/desktop/input-target.ts";
import type { ClickTimes } from "../../src/model/click.ts";
import { ProbeWindows } from "../../src/play/probe-windows.ts";
import { SeenPresses } from "../../src/play/seen-presses.ts";
import { readPlayMessage, type SeenPress, writeProbeState } from "../../src/play/wire/message.ts";
import { type Box, cellFor, codeBox, patchBox, patchBoxes } from "../../src/probe/patch.ts";
import { readCode } from "../../src/video/code-block.ts";
import { ManualClock } from "../support/manual-clock.ts";

/** A screen with a window in it, as the page gets it: red, green, blue, opaque. */
function screenWith(window: Box, shown: { number: number; timeUs: number }) {
  const [width, height] = [1280, 720];
  const data = new Uint8ClampedArray(width * height * 4).fill(90);
  const patch = patchBox(window, cellFor(width));
  for (const { color, ...box } of patchBoxes(patch, shown)) {
    for (let y = 0; y < box.height; y += 1) {
      for (let x = 0; x < box.width; x += 1) {
        const at = 4 * ((window.y + box.y + y) * width + window.x + box.x + x);
        data.set([color >> 16, (color >> 8) & 0xff, color & 0xff], at);
      }
    }
  }
  return { data, width, height };
}

function codeAt({ data, width }: ReturnType<typeof screenWith>, box: Box) {
  const [codeWidth, codeHeight] = [box.width, box.height];
  const luma = Uint8Array.from({ length: codeWidth * codeHeight }, (_, at) => {
    const [x, y] = [box.x + (at % codeWidth), box.y + Math.floor(at / codeWidth)];
    return data[4 * (y * width + x) + 1] ?? 0;
  });
  return readCode({ data: luma, stride: codeWidth, width: codeWidth, height: codeHeight });
}

test("the patch of a window is found where it is, and its number and time are read", () => {
  const shown = { number: 40_001, timeUs: 123_456_789_012 };
  const screen = screenWith({ x: 333, y: 101, width: 320, height: 176 }, shown);
  const patch = magentaBox(screen);
  expect(patch).toEqual({ x: 333, y: 101, width: 320, height: 176 });
  if (patch === undefined) return;
  const code = codeAt(screen, codeBox(patch));
  expect(code).toEqual({ frameNumber: shown.number, captureStartUs: shown.timeUs });
});

test("in a window that a desktop has made larger or smaller the patch stays whole", () => {
  for (const [width, height] of [
    [1280, 720],
    [160, 88],
  ] as const) {
    const screen = screenWith({ x: 0, y: 0, width, height }, { number: 7, timeUs: 1 });
    const patch = magentaBox(screen);
    if (patch === undefined) throw new Error("it is not found");
    expect(codeAt(screen, codeBox(patch))?.frameNumber).toBe(7);
  }
});

test("a picture with a little magenta has no patch", () => {
  const data = new Uint8ClampedArray(100 * 100 * 4);
  for (let at = 0; at < 20; at += 1) data.set([255, 0, 255, 255], 4 * at);
  expect(magentaBox({ data, width: 100, height: 100 })).toBeUndefined();
});

test("the messages of the window arrive as they were sent", () => {
  expect(readPlayMessage(probeMessage(1, true))).toEqual({
    ...{ kind: "probe", atUs: 1000, isWanted: true },
  });
  const seen = { mark: 9, shownMs: 37, capturedUs: 5000, windowUs: 4000 };
  expect(readPlayMessage(seenMessage(1, seen))).toEqual({
    ...{ kind: "seen", atUs: 1000, mark: 9 },
    ...{ shownUs: 37_000, capturedUs: 5000, windowUs: 4000 },
  });
  expect(readHostAnswer(writeProbeState(2).buffer)).toEqual({ kind: "probe", state: 2 });
  const broken = seenMessage(1, { ...seen, windowUs: Number.NaN });
  expect(readPlayMessage(broken)).toBeUndefined();
});

function presses() {
  const clicks: ClickTimes[] = [];
  const sent: Uint8Array[] = [];
  const seen = new SeenPresses({
    encodedUs: (capturedUs) => (capturedUs === 9000 ? 12_000 : undefined),
    send: (bytes) => void sent.push(bytes),
    onClick: (times) => void clicks.push(times),
  });
  return { seen, clicks, sent };
}

const picture: SeenPress = { mark: 2, shownUs: 30_000, capturedUs: 9000, windowUs: 3000 };

test("a press is measured part by part, with the part of the window beside them", () => {
  const { seen, clicks, sent } = presses();
  seen.pressed(1000, 2500);
  seen.seen(1000, picture, 500);
  expect(clicks).toEqual([
    {
      ...{ to_host_us: 1000, to_capture_us: 6500, to_encoded_us: 3000, to_shown_us: 18_500 },
      ...{ total_us: 29_000, to_window_us: 500 },
    },
  ]);
  expect(sent).toHaveLength(1);
});

test("a page that lies about a press, a picture or their order is not answered", () => {
  const { seen, clicks, sent } = presses();
  seen.seen(1000, picture, 0);
  seen.pressed(1000, 2500);
  seen.seen(1000, { ...picture, capturedUs: 9001 }, 0);
  for (const lie of [{ shownUs: 1000 }, { windowUs: -90_000 }, { windowUs: 1e9 }]) {
    seen.pressed(1000, 2500);
    seen.seen(1000, { ...picture, ...lie }, 0);
  }
  expect(clicks).toEqual([]);
  expect(sent).toEqual([]);
});

function windows() {
  const clock = new ManualClock();
  const started: string[][] = [];
  const ends: (() => void)[] = [];
  const probes = new ProbeWindows(clock, (words) => {
    started.push([...words]);
    const { promise, resolve } = Promise.withResolvers<void>();
    ends.push(resolve);
    return { isOpen: Promise.resolve(true), ended: promise, stop: resolve };
  });
  return { clock, started, probes };
}

const target: InputTarget = { kind: "x11", display: ":7" };

test("a stream has one window at a time, and one that has gone makes room", async () => {
  const { clock, started, probes } = windows();
  const first = probes.open(1, target);
  expect(started[0]?.slice(0, 2)).toEqual(["--x11", ":7"]);
  clock.advanceMs(5000);
  expect(probes.open(1, target)).toBeUndefined();
  probes.close(1);
  await first?.ended;
  expect(probes.open(1, target)).toBeDefined();
});

test("windows are not opened one after the other faster than a page measures", () => {
  const { clock, started, probes } = windows();
  for (let stream = 1; stream <= 20; stream += 1) probes.open(stream, target);
  expect(started).toHaveLength(1);
  for (let stream = 2; stream <= 20; stream += 1) {
    clock.advanceMs(1000);
    probes.open(stream, target);
  }
  expect(started).toHaveLength(4);
});
