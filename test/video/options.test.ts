import { expect, test } from "bun:test";
import { encodersFor } from "../../src/video/encoders.ts";
import {
  checkBitrate,
  checkHoldable,
  checkMode,
  checkOptions,
  checkTuning,
  heldPreset,
} from "../../src/video/options.ts";
import { smallMode } from "../support/stream.ts";

test("sides of a mode are even and from 16 to 4096", () => {
  const width = (value: number) => () => checkMode({ width: value, height: 720, fps: 60 });
  const height = (value: number) => () => checkMode({ width: 1280, height: value, fps: 60 });
  for (const side of [width, height]) {
    for (const good of [16, 18, 4096, 5120]) expect(side(good)).not.toThrow();
    for (const bad of [14, 15, 17, 5119, 8194, 0, -16, 720.5, Number.NaN]) {
      expect(side(bad)).toThrow(`Cannot encode "`);
    }
  }
});

test("sides reach 8192, and a picture 8192x4320", () => {
  const mode = (width: number, height: number) => () => checkMode({ width, height, fps: 60 });
  expect(mode(8192, 4320)).not.toThrow();
  expect(mode(8192, 4322)).toThrow('Cannot encode "8192x4322"');
});

test("a frame rate may be a fraction and is from 1 to 480", () => {
  const fps = (value: number) => () => checkMode({ width: 1280, height: 720, fps: value });
  for (const good of [1, 59.94, 60_000 / 1001, 480]) expect(fps(good)).not.toThrow();
  for (const bad of [0, 0.5, 480.1, 481, Number.POSITIVE_INFINITY, Number.NaN]) {
    expect(fps(bad)).toThrow(`Cannot encode "${bad}" frames per second`);
  }
});

test("a bitrate is whole and from 200 to 500000 kbit/s", () => {
  for (const good of [200, 500_000]) expect(() => checkBitrate(good)).not.toThrow();
  for (const bad of [199, 500_001, 1000.5, Number.NaN]) {
    expect(() => checkBitrate(bad)).toThrow(`Cannot encode at "${bad}" kbit/s`);
  }
});

test("a preset is one of the encoder's own", () => {
  expect(() => checkOptions({ ...smallMode, preset: "medium" })).not.toThrow();
  expect(() => checkOptions({ ...smallMode, codec: "av1", preset: "10" })).not.toThrow();
  const message = 'Cannot encode with preset "10": "libx264" has no such preset';
  expect(() => checkOptions({ ...smallMode, preset: "10" })).toThrow(message);
});

const x265 = encodersFor("hevc", "x264")[0];
const hold = (mode: { width: number; height: number; fps: number }, coreCount: number) => () => {
  if (x265 === undefined) throw new Error("hevc has a software encoder");
  checkHoldable(x265, mode, coreCount);
};
const hd = { width: 1280, height: 720, fps: 60 };
const fullHd = { width: 1920, height: 1080, fps: 60 };

test("a slow encoder takes what two cores hold, and not one frame a second more", () => {
  expect(hold(hd, 2)).not.toThrow();
  expect(hold({ ...hd, fps: 61 }, 2)).toThrow('Cannot encode 1280x720 at 61 fps with "libx265"');
  expect(hold({ ...fullHd, fps: 26 }, 2)).not.toThrow();
});

test("a mode that is too large is refused with the largest that is not", () => {
  const largest = "this host holds at most 1280x720 at 60 fps or 1920x1080 at 26 fps";
  expect(hold(fullHd, 2)).toThrow(largest);
  expect(hold(hd, 1)).toThrow("at most 640x360 at 60 fps or 1280x720 at 30 fps");
  expect(hold(fullHd, 4)).toThrow("or 1920x1080 at 53 fps");
});

test("more cores hold more, up to four", () => {
  expect(hold({ ...hd, fps: 120 }, 4)).not.toThrow();
  expect(hold({ ...hd, fps: 121 }, 64)).toThrow();
});

test("x264 takes any mode", () => {
  const [x264] = encodersFor("h264", "x264");
  const mode = { width: 3840, height: 2160, fps: 240 };
  expect(() => x264 && checkHoldable(x264, mode, 1)).not.toThrow();
});

const held = (codec: "hevc" | "av1" | "h264", mode: typeof hd, preset: string) => {
  const [setup] = encodersFor(codec, "x264");
  return setup && heldPreset(setup, { ...mode, preset }, 2);
};

test("a preset is taken as far as two cores hold the mode with it", () => {
  expect(held("hevc", hd, "ultrafast")).toBe("ultrafast");
  expect(held("hevc", hd, "superfast")).toBe("ultrafast");
  expect(held("hevc", { ...hd, fps: 37 }, "superfast")).toBe("superfast");
  expect(held("hevc", { ...hd, fps: 38 }, "superfast")).toBe("ultrafast");
  expect(held("hevc", { ...hd, fps: 24 }, "veryslow")).toBe("medium");
  expect(held("hevc", { width: 320, height: 180, fps: 22 }, "veryslow")).toBe("veryslow");
  expect(held("av1", hd, "0")).toBe("9");
  expect(held("av1", hd, "10")).toBe("10");
  expect(held("av1", { ...hd, fps: 30 }, "4")).toBe("7");
});

test("x264 is never given another preset than the one that is wanted", () => {
  expect(held("h264", { width: 3840, height: 2160, fps: 240 }, "veryslow")).toBe("veryslow");
  expect(held("h264", hd, "p1")).toBe("ultrafast");
});

test("a running stream takes no rate below what a key frame of its size needs", () => {
  const size = { width: 8192, height: 4320 };
  expect(() => checkTuning({ bitrateKbps: 300 }, size)).toThrow("300");
  expect(() => checkTuning({ bitrateKbps: 300 }, smallMode)).not.toThrow();
  expect(() => checkTuning({ fps: 30 }, size)).not.toThrow();
});
