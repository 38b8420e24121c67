import { expect, test } from "bun:test";
import { checkBitrate, checkMode, checkOptions } from "../../src/video/options.ts";
import { smallMode } from "../support/stream.ts";

test("sides of a mode are even and from 16 to 4096", () => {
  const width = (value: number) => () => checkMode({ width: value, height: 720, fps: 60 });
  const height = (value: number) => () => checkMode({ width: 1280, height: value, fps: 60 });
  for (const side of [width, height]) {
    for (const good of [16, 18, 4094, 4096]) expect(side(good)).not.toThrow();
    for (const bad of [14, 15, 17, 4095, 4098, 0, -16, 720.5, Number.NaN]) {
      expect(side(bad)).toThrow(`Cannot encode "`);
    }
  }
});

test("a frame rate is whole and from 1 to 240", () => {
  const fps = (value: number) => () => checkMode({ width: 1280, height: 720, fps: value });
  for (const good of [1, 240]) expect(fps(good)).not.toThrow();
  for (const bad of [0, 241, 59.94, Number.POSITIVE_INFINITY]) {
    expect(fps(bad)).toThrow(`Cannot encode "${bad}" frames a second`);
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
