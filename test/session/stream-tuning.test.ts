/** Who has the last word on a running stream. */
import { expect, test } from "bun:test";
import { bitrateKbpsLeast } from "../../src/model/limits.ts";
import { settingsDefault } from "../../src/model/settings.ts";
import { StreamTuning } from "../../src/session/stream-tuning.ts";

const mode = { width: 640, height: 360, fps: 60, codec: "h264", bitrateKbps: 4000 } as const;
const open = () => new StreamTuning({ mode, settings: settingsDefault, preset: "superfast" });
const changed = (revision: number, change: object) => ({ ...settingsDefault, revision, ...change });

test("without settings a stream is what its player asked for", () => {
  expect(open().now).toMatchObject({ bitrateKbps: 4000, fps: 60, preset: "superfast" });
});

test("settings overrule the player, and give way again", () => {
  const tuning = open();
  const set = { bitrate_kbps: 900, fps_cap: 30, encoder_preset: "medium" };
  expect(tuning.apply(changed(1, set))).toBe(true);
  expect(tuning.now).toMatchObject({ bitrateKbps: 900, fps: 30, preset: "medium" });
  expect(tuning.apply(changed(1, {}))).toBe(false);
  expect(tuning.apply(changed(2, {}))).toBe(true);
  expect(tuning.now).toMatchObject({ bitrateKbps: 4000, fps: 60, preset: "superfast" });
});

test("what the operator said to this session stays until the settings name another bitrate", () => {
  const tuning = open();
  tuning.setBitrate(700);
  tuning.apply(changed(1, { fps_cap: 30 }));
  expect(tuning.now).toMatchObject({ bitrateKbps: 700, fps: 30 });
  tuning.apply(changed(2, { fps_cap: 30, bitrate_kbps: 2000 }));
  expect(tuning.bitrateKbps).toBe(2000);
});

test("a cap above what the player asked for changes nothing", () => {
  const tuning = open();
  tuning.apply(changed(1, { fps_cap: 144 }));
  expect(tuning.fps).toBe(60);
});

test("settings for all streams never take one below what a key frame of its size needs", () => {
  const large = { ...mode, width: 8192, height: 4320 };
  const tuning = new StreamTuning({ mode: large, settings: settingsDefault, preset: undefined });
  tuning.apply(changed(1, { bitrate_kbps: 300 }));
  expect(tuning.bitrateKbps).toBe(bitrateKbpsLeast(large));
  expect(tuning.bitrateKbps).toBeGreaterThan(300);
});
