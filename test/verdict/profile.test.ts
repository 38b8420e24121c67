/** What frames were made of, and what is known to keep a rhythm. */
import { expect, test } from "bun:test";
import type { StatsSample } from "../../src/model/capture.ts";
import { candidatesOf } from "../../src/verdict/rhythm-candidates.ts";
import { verdictOf } from "../../src/verdict/verdict.ts";
import { Windows } from "../../src/verdict/windows.ts";
import { type MadeRow, madeRows } from "./made-rows.ts";

const stream = { session_id: 1, width: 1280, height: 720, fps: 60, codec: "h264" };
const judge = (change: (row: number) => MadeRow, count = 1800) =>
  verdictOf({ stream, rows: madeRows(count, change), windows: [] });

test("the parts of bad frames stand beside those of the usual frame", () => {
  const { profile } = judge((row) => (row % 20 === 10 ? { encode_us: 40_000 } : {}));
  expect(profile?.usual.parts.encode).toBeWithin(2800, 3300);
  expect(profile?.bad.parts.encode).toBeWithin(36_000, 44_500);
  expect(profile?.bad.frames).toBe(89);
});

test("the slowest one in a hundred has its own blame and causes", () => {
  const { profile } = judge((row) => (row % 20 === 10 ? { encode_us: 40_000 } : {}));
  expect(profile?.tail.frames).toBe(17);
  expect(profile?.tail.from_us).toBeGreaterThan(40_000);
  expect(profile?.tail.blame.encode).toBeGreaterThan(0.95);
  expect(profile?.tail.causes).toEqual([{ code: "encoder_slow", frames: 17 }]);
});

test("a smooth stream has a tail too, all of it in time", () => {
  const { profile } = judge(() => ({}));
  expect(profile?.tail.causes).toEqual([{ code: "in_time", frames: 17 }]);
  expect(profile?.bad).toEqual({ frames: 0, parts: {} });
});

test("too few frames have no profile", () => {
  expect(judge(() => ({}), 100).profile).toBeUndefined();
});

test("the preset follows from the frames that were encoded, not from slots without one", () => {
  const rows = madeRows(1800, (row) => {
    if (row % 7 === 0) return { encode_us: 110_000 };
    return row % 7 < 6 ? { fate: 1 } : {};
  });
  const { causes } = verdictOf({ stream: { ...stream, preset: "veryslow" }, rows, windows: [] });
  const step = causes.find(({ code }) => code === "encoder_slow")?.step;
  expect(step).toEqual({ code: "faster_preset", values: { preset: "ultrafast" } });
});

test("a preset is named only of an encoder that uses the one that is set", () => {
  const rows = madeRows(1800, (row) => (row % 20 === 10 ? { encode_us: 40_000 } : {}));
  const judged = (codec: string) =>
    verdictOf({ stream: { ...stream, codec, preset: "slow" }, rows, windows: [] }).causes[0];
  expect(judged("h264")).toMatchObject({ code: "encoder_slow", preset: "slow" });
  expect(judged("hevc")?.step?.code).toBe("faster_preset");
  expect(judged("hevc")).not.toHaveProperty("preset");
});

test("freezes are listed with begin and end", () => {
  const { freezes } = judge((row) => (row >= 900 && row < 930 ? { fate: 1 } : {}));
  expect(freezes.count).toBe(1);
  expect(freezes.list).toEqual([{ from_ms: 15_000, to_ms: 15_500 }]);
});

test("eight frames a second are slow, and no freeze; the second without one among them is", () => {
  const slow = judge((row) => (row % 7 === 0 ? { encode_us: 110_000 } : { fate: 1 }));
  expect(slow.freezes.count).toBe(0);
  const isHeld = (row: number) => row >= 901 && row < 960;
  const held = judge((row) => {
    if (isHeld(row)) return { fate: 1 };
    return row % 7 === 0 ? { encode_us: 110_000 } : { fate: 1 };
  });
  expect(held.freezes.count).toBe(1);
  // From the frame of slot 896 to that of slot 966.
  expect(held.freezes.ms).toBe(1150);
});

test("loss every 30 s may be a wireless scan, every 7 s it is not", () => {
  const none = new Windows([]);
  expect(candidatesOf({ periodUs: 30e6, code: "link_loss" }, none)).toEqual(["wireless_scan"]);
  expect(candidatesOf({ periodUs: 7e6, code: "link_loss" }, none)).toEqual([]);
  expect(candidatesOf({ periodUs: 30e6, code: "encoder_slow" }, none)).toEqual([]);
});

test("a machine that is busy every ten seconds names a timer, and the disk where it waits for one", () => {
  const sample = { t_ms: 2000, machine: { pressure_io_share: 0.4 } } as StatsSample;
  const busy = { periodUs: 10_010_000, code: "machine_busy" } as const;
  expect(candidatesOf(busy, new Windows([]))).toEqual(["timer"]);
  expect(candidatesOf(busy, new Windows([sample]))).toEqual(["disk_job", "timer"]);
  expect(candidatesOf({ ...busy, periodUs: 7.3e6 }, new Windows([]))).toEqual([]);
});
