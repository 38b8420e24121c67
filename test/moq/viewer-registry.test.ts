import { expect, test } from "bun:test";
import fc from "fast-check";
import { clickCountMax } from "../../src/model/click.ts";
import type { ViewerReport } from "../../src/model/watch.ts";
import { reportBytesMax } from "../../src/moq/ingress.ts";
import { readReport, ViewerRegistry } from "../../src/moq/viewer-registry.ts";
import { ManualClock } from "../support/manual-clock.ts";

const report: ViewerReport = {
  v: 1,
  frames: 60,
  bytes: 60_000,
  shown: 60,
  dropped: 0,
  stalls: 0,
  decode_queue: 1,
  age_p50_us: 30_000,
  age_p99_us: 50_000,
};
const bytesOf = (value: unknown) => new TextEncoder().encode(JSON.stringify(value));

function registryOf() {
  const clock = new ManualClock();
  const registry = new ViewerRegistry(clock);
  const add = (peerId: number, change: object) =>
    registry.add(peerId, bytesOf({ ...report, ...change }));
  return { clock, registry, add };
}

test("anything that is not a report is refused without a fault", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 400 }), (bytes) => {
      expect(readReport(bytes)).toBeUndefined();
    }),
  );
  fc.assert(
    fc.property(fc.json(), (text) => {
      expect(readReport(new TextEncoder().encode(text))).toBeUndefined();
    }),
  );
});

test.each([
  [{ shown: -1 }],
  [{ shown: 1.5 }],
  [{ shown: "60" }],
  [{ shown: Number.NaN }],
  [{ v: 2 }],
  [{ age_p50_us: -1 }],
  [{ frames: null }],
])("a report with %p is refused", (change) => {
  expect(readReport(bytesOf({ ...report, ...change }))).toBeUndefined();
});

test("a report reads as it was written", () => {
  expect(readReport(bytesOf(report))).toEqual(report);
});

test("of several viewers the one worst off speaks for rate and age, and counts add up", () => {
  const { clock, registry, add } = registryOf();
  add(1, {});
  add(2, {});
  clock.advanceMs(1000);
  add(1, { shown: 120, dropped: 1, age_p50_us: 20_000 });
  add(2, { shown: 90, dropped: 5, stalls: 2, age_p50_us: 90_000, age_p99_us: 200_000 });
  expect(registry.closeWindow()).toEqual({
    client_fps: 30,
    client_dropped: 6,
    client_stalls: 2,
    client_age_p50_us: 90_000,
    client_age_p99_us: 200_000,
  });
});

test("a window without a report says nothing of the viewers", () => {
  const { clock, registry, add } = registryOf();
  add(1, {});
  clock.advanceMs(1000);
  add(1, { shown: 100 });
  registry.closeWindow();
  clock.advanceMs(1000);
  expect(registry.closeWindow()).toEqual({});
});

test("a viewer that knows no age says none", () => {
  const { clock, registry, add } = registryOf();
  add(1, {});
  clock.advanceMs(1000);
  registry.add(1, bytesOf({ ...report, age_p50_us: undefined, age_p99_us: undefined, shown: 90 }));
  expect(registry.closeWindow()).toEqual({ client_fps: 30, client_dropped: 0, client_stalls: 0 });
});

test("what is beyond belief is clamped", () => {
  const { clock, registry, add } = registryOf();
  add(1, {});
  clock.advanceMs(1000);
  add(1, { shown: 1e15, dropped: 1e15, stalls: 1e15, age_p50_us: 1e300, age_p99_us: 60_000_001 });
  expect(registry.closeWindow()).toEqual({
    client_fps: 10_000,
    client_dropped: 10_000,
    client_stalls: 10_000,
    client_age_p50_us: 60_000_000,
    client_age_p99_us: 60_000_000,
  });
});

test("a page that has received fewer frames than before is another one, counted from zero", () => {
  const { clock, registry, add } = registryOf();
  add(1, { frames: 5003, shown: 5000, dropped: 3 });
  clock.advanceMs(1000);
  add(1, { frames: 42, shown: 40, dropped: 2 });
  expect(registry.closeWindow()).toMatchObject({ client_fps: 40, client_dropped: 2 });
});

test("a total that is corrected downwards is not a loss, neither then nor when it rises again", () => {
  const { clock, registry, add } = registryOf();
  add(1, { frames: 60, shown: 58, dropped: 35 });
  const dropped = [34, 36, 35, 36, 34].map((total, index) => {
    clock.advanceMs(1000);
    add(1, { frames: 120 + 60 * index, shown: 118 + 60 * index, dropped: total });
    return registry.closeWindow().client_dropped;
  });
  expect(dropped).toEqual([0, 1, 0, 0, 0]);
});

test("a viewer that was silent for longer than a window has counts and no rate", () => {
  const { clock, registry, add } = registryOf();
  add(1, {});
  clock.advanceMs(3001);
  add(1, { frames: 70, shown: 70, stalls: 1 });
  const { client_fps, client_stalls } = registry.closeWindow();
  expect([client_fps, client_stalls]).toEqual([undefined, 1]);
  clock.advanceMs(1000);
  add(1, { frames: 100, shown: 100, stalls: 1 });
  expect(registry.closeWindow().client_fps).toBe(30);
});

test("ages are whole microseconds, whatever a viewer reports", () => {
  const { clock, registry, add } = registryOf();
  add(1, {});
  clock.advanceMs(1000);
  add(1, { age_p50_us: 30_416.199_999, age_p99_us: 51_000.5 });
  expect(registry.closeWindow()).toMatchObject({
    client_age_p50_us: 30_416,
    client_age_p99_us: 51_001,
  });
});

test("reports that come too fast are not looked at", () => {
  const { clock, registry, add } = registryOf();
  add(1, {});
  clock.advanceMs(199);
  add(1, { shown: 1000 });
  expect(registry.refusedCount).toBe(1);
  clock.advanceMs(1);
  add(1, { shown: 100 });
  expect(registry.refusedCount).toBe(1);
  expect(registry.closeWindow().client_fps).toBe(200);
});

test("a viewer whose connection ended is forgotten", () => {
  const { clock, registry, add } = registryOf();
  add(1, {});
  clock.advanceMs(1000);
  add(1, { shown: 90 });
  registry.remove(1);
  expect(registry.closeWindow()).toEqual({});
});

test("a page that watches through a relay is listed until it falls silent, as a hidden one does", () => {
  const { clock, registry } = registryOf();
  registry.add(1, bytesOf(report), true);
  clock.advanceMs(2999);
  expect(registry.viewers([])).toEqual([{ id: 1, isRelay: false, isRelayed: true, report }]);
  clock.advanceMs(1);
  expect(registry.viewers([])).toEqual([]);
  registry.add(1, bytesOf(report), true);
  expect(registry.viewers([])).toHaveLength(1);
});

test("of pages that ran late or were not painted the one worst off counts", () => {
  const { clock, registry, add } = registryOf();
  add(1, { late_ms: 40, unpainted_ms: 0 });
  add(2, { late_ms: 0, unpainted_ms: 500 });
  clock.advanceMs(1000);
  add(1, { late_ms: 440, unpainted_ms: 0 });
  add(2, { late_ms: 3, unpainted_ms: 1500 });
  expect(registry.closeWindow()).toMatchObject({
    player_pause_us: 1_000_000,
    player_wait_us: 400_000,
  });
});

test("a page cannot have stood still for much longer than it was not heard", () => {
  const { clock, registry, add } = registryOf();
  add(1, { late_ms: 0, unpainted_ms: 0 });
  clock.advanceMs(1000);
  add(1, { late_ms: 50_000, unpainted_ms: 50_000 });
  expect(registry.closeWindow()).toMatchObject({
    player_pause_us: 3_000_000,
    player_wait_us: 3_000_000,
  });
});

test("a page that does not say how late it ran is not taken for one in time", () => {
  const { clock, registry, add } = registryOf();
  add(1, {});
  clock.advanceMs(1000);
  add(1, { shown: 100 });
  expect(registry.closeWindow()).not.toHaveProperty("player_wait_us");
});

test("what pages say of sound, display and decoder is summed, or taken of the one worst off", () => {
  const { clock, registry, add } = registryOf();
  const heard = { sound_ms: 1000, sound_empty: 2, long_tasks: 1, long_task_ms: 60 };
  add(1, heard);
  add(2, { ...heard, sound_empty: 0 });
  add(3, {});
  clock.advanceMs(1000);
  add(1, {
    ...{ ...heard, sound_ms: 1900, sound_empty: 3, sound_offset_us: -52_000, long_task_ms: 180 },
    ...{ display_fps: 144, decoder: "hardware" },
  });
  add(2, {
    ...{ ...heard, sound_ms: 2000, sound_empty: 1, sound_offset_us: 12_000 },
    ...{ display_fps: 59.9, decoder: "software" },
  });
  add(3, {});
  expect(registry.closeWindow()).toMatchObject({
    client_sound_offset_us: 52_000,
    client_sound_empty: 2,
    client_long_tasks_us: 120_000,
    client_display_fps: 59.9,
    client_software_decoding: 1,
  });
});

test("pages that say nothing of sound, display and decoder leave that out of the sample", () => {
  const { clock, registry, add } = registryOf();
  add(1, {});
  clock.advanceMs(1000);
  add(1, { frames: 120 });
  const names = Object.keys(registry.closeWindow());
  expect(names.filter((name) => /sound|task|display|software/.test(name))).toEqual([]);
});

test("sound that ran out is an event with its number, once", () => {
  const { clock, add } = registryOf();
  add(1, { sound_ms: 10, sound_empty: 1 });
  clock.advanceMs(1000);
  const [news] = add(1, { sound_ms: 900, sound_empty: 3 });
  expect(news).toMatchObject({ action: "sound_out", reason: { values: { times: 2 } } });
  clock.advanceMs(1000);
  expect(add(1, { sound_ms: 1900, sound_empty: 3 })).toEqual([]);
});

test("a report of the most frames that one may have is short enough to be looked at", () => {
  const ages = Array.from({ length: 480 }, () => 59_999_999);
  const frames_seen = {
    ...{ first_us: 9e12, at_us: ages, complete_us: ages, decode_us: ages, shown_us: ages },
  };
  const bytes = bytesOf({ ...report, frames_seen });
  expect(readReport(bytes)).toBeDefined();
  expect(bytes.byteLength).toBeLessThan(reportBytesMax);
});

const click = (totalUs: number) => ({
  ...{ to_host_us: 1000, to_capture_us: 9000, to_encoded_us: 10_000 },
  ...{ to_shown_us: totalUs - 20_000, total_us: totalUs },
});

test("clicks of a window are in its sample, one by one and as percentiles, and in no other", () => {
  const { registry } = registryOf();
  expect(registry.closeWindow()).toEqual({});
  for (const totalUs of [60_000, 40_000, 50_000]) registry.clicked(click(totalUs));
  expect(registry.closeWindow()).toEqual({
    ...{ click_count: 3, click_p50_us: 50_000, click_p99_us: 60_000 },
    ...{ click_to_host_us: 1000, click_to_capture_us: 9000, click_to_encoded_us: 10_000 },
    click_to_shown_us: 30_000,
    clicks: [click(60_000), click(40_000), click(50_000)],
  });
  expect(registry.closeWindow()).toEqual({});
});

test("of more clicks than a sample keeps the others are counted", () => {
  const { registry } = registryOf();
  for (let index = 0; index <= clickCountMax; index++) registry.clicked(click(50_000));
  const { click_count, clicks } = registry.closeWindow();
  expect(click_count).toBe(clickCountMax + 1);
  expect(clicks).toHaveLength(clickCountMax);
});
