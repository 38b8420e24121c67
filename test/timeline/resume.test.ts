import { expect, test } from "bun:test";
import { makeRecorder, messages, note } from "../support/timeline-parts.ts";

test("resuming replaces the active recording, which continues behind the imported events", () => {
  const { recorder } = makeRecorder();
  recorder.start("one");
  recorder.record(note("a"));
  recorder.record(note("b"));
  const exported = recorder.stop();
  if (exported === undefined) throw new Error("nothing was exported");
  recorder.start("two");
  recorder.record(note("lost"));
  recorder.resume(exported);
  expect(recorder.isRecording()).toBe(true);
  expect(recorder.record(note("c"))?.index).toBe(2);
  expect(messages(recorder.eventsSince(0))).toEqual(["a", "b", "c"]);
  expect(recorder.export()?.id).toBe("one");
  expect(recorder.export()?.started_at).toBe(exported.started_at);
});

test("resuming keeps the newest within the caps", () => {
  const { recorder } = makeRecorder({ eventCountMax: 2, checkpointCountMax: 1 });
  recorder.resume({
    id: "big",
    started_at: "2026-01-01T00:00:00.000Z",
    events: [5, 6, 7].map((index) => ({
      index,
      timestamp: "2026-01-01T00:00:01.000Z",
      event: note(String(index)),
    })),
    checkpoints: ["x", "y"].map((id) => ({
      id,
      label: null,
      timestamp: "2026-01-01T00:00:01.000Z",
      state: {},
      event_index: 0,
    })),
  });
  expect(messages(recorder.eventsSince(0))).toEqual(["6", "7"]);
  expect(recorder.checkpoints().map(({ id }) => id)).toEqual(["y"]);
  expect(recorder.record(note("next"))?.index).toBe(8);
});

test("indexes stop at the largest exact number", () => {
  const { recorder } = makeRecorder();
  const max = Number.MAX_SAFE_INTEGER;
  recorder.resume({
    id: "full",
    started_at: "2026-01-01T00:00:00.000Z",
    events: [{ index: max - 1, timestamp: "2026-01-01T00:00:00.000Z", event: note("a") }],
    checkpoints: [],
  });
  expect(recorder.record(note("b"))?.index).toBe(max);
  expect(recorder.record(note("c"))?.index).toBe(max);
  expect(recorder.checkpoint("c", { label: null }, {}).event_index).toBe(max);
  expect(messages(recorder.eventsSince(max))).toEqual(["b", "c"]);
});

test("a date that is set meanwhile reverses no times", () => {
  const { clock, recorder } = makeRecorder();
  recorder.start("one");
  clock.advanceMs(1000);
  clock.stepWallMs(-3_600_000);
  recorder.record(note("a"));
  expect(recorder.eventsSince(0)[0]?.timestamp).toBe("2026-06-26T20:14:04.000Z");
});

test("what resumed on a machine whose date is behind continues after the newest event", () => {
  const { clock, recorder } = makeRecorder();
  recorder.resume({
    id: "ahead",
    started_at: "2030-01-01T00:00:00.000Z",
    events: [{ index: 0, timestamp: "2030-01-01T00:00:05.000Z", event: note("a") }],
    checkpoints: [],
  });
  clock.advanceMs(1);
  expect(recorder.record(note("b"))?.timestamp).toBe("2030-01-01T00:00:05.001Z");
});

test("an event that a worker reports late has the time at which it happened", () => {
  const { clock, recorder } = makeRecorder();
  const startedUs = clock.nowUs();
  recorder.start("one", { startedUnixMs: clock.wallMs(), startedUs, hasClock: true });
  clock.advanceMs(2000);
  const told = recorder.record(note("a"), startedUs + 500_000);
  expect([told?.t_ms, told?.timestamp]).toEqual([500, "2026-06-26T20:14:03.500Z"]);
  expect(recorder.record(note("before it began"), startedUs - 1_000_000)?.t_ms).toBe(0);
});
