import { expect, test } from "bun:test";
import { call, makeRecorder, messages, note } from "../support/timeline-parts.ts";

test("a recorder that was not started records nothing", () => {
  const { recorder } = makeRecorder();
  expect(recorder.isRecording()).toBe(false);
  expect(recorder.record(note("a"))).toBeUndefined();
  expect([recorder.eventCount(), recorder.checkpointCount()]).toEqual([0, 0]);
  expect(recorder.stop()).toBeUndefined();
  expect(recorder.export()).toBeUndefined();
  expect(recorder.eventsSince(0)).toEqual([]);
});

test("what was recorded comes back whole when it is stopped", () => {
  const { recorder } = makeRecorder();
  recorder.start("one");
  recorder.record(note("a"));
  recorder.checkpoint("c", { label: "a label" }, { x: 1 });
  recorder.record(note("b"));
  expect([recorder.eventCount(), recorder.checkpointCount()]).toEqual([2, 1]);
  expect(recorder.stop()).toEqual({
    version: 1,
    kind: "timeline",
    id: "one",
    started_at: "2026-06-26T20:14:03.000Z",
    host: "test",
    events_dropped: 0,
    checkpoints_dropped: 0,
    events_thinned: 0,
    events: [
      { index: 0, timestamp: "2026-06-26T20:14:03.000Z", event: note("a") },
      { index: 1, timestamp: "2026-06-26T20:14:03.000Z", event: note("b") },
    ],
    checkpoints: [
      {
        id: "c",
        label: "a label",
        timestamp: "2026-06-26T20:14:03.000Z",
        state: { x: 1 },
        event_index: 1,
      },
    ],
  });
  expect([recorder.eventCount(), recorder.checkpointCount()]).toEqual([0, 0]);
});

test("a second start is refused with the name of the recording that runs", () => {
  const { recorder } = makeRecorder();
  recorder.start("one");
  expect(() => recorder.start("two")).toThrow('"one" is being recorded');
  expect(recorder.stop()?.id).toBe("one");
});

test("the last recording stays available while nothing runs, and until then after a start", () => {
  const { recorder } = makeRecorder();
  recorder.start("one");
  recorder.record(note("a"));
  recorder.stop();
  expect(messages(recorder.eventsSince(0))).toEqual(["a"]);
  expect(recorder.export()?.id).toBe("one");
  recorder.start("two");
  recorder.stop();
  expect(recorder.export()?.id).toBe("two");
});

test("an active recording that is empty does not fall back to the last one", () => {
  const { recorder } = makeRecorder();
  recorder.start("one");
  recorder.record(call("x"));
  recorder.checkpoint("c", { label: null }, {});
  recorder.stop();
  recorder.start("two");
  expect(recorder.eventsSince(0)).toEqual([]);
  expect(recorder.eventsBetween(0, Number.MAX_SAFE_INTEGER)).toEqual([]);
  expect(recorder.checkpoints()).toEqual([]);
  expect(recorder.replaySequence()).toEqual([]);
  expect(() => recorder.eventsBetweenCheckpoints("c", "c")).toThrow('"c"');
});

test("at the cap the oldest event goes, and indexes continue", () => {
  const { recorder } = makeRecorder({ eventCountMax: 3 });
  recorder.start("one");
  for (const name of ["a", "b", "c"]) recorder.record(note(name));
  expect(recorder.export()?.events_dropped).toBe(0);
  recorder.record(note("d"));
  expect(recorder.eventCount()).toBe(3);
  expect(recorder.eventsSince(0).map(({ index }) => index)).toEqual([1, 2, 3]);
  expect(recorder.export()?.events_dropped).toBe(1);
});

test("at the cap the oldest checkpoint goes", () => {
  const { recorder } = makeRecorder({ checkpointCountMax: 2 });
  recorder.start("one");
  for (const id of ["a", "b", "c"]) recorder.checkpoint(id, { label: null }, {});
  expect(recorder.checkpoints().map(({ id }) => id)).toEqual(["b", "c"]);
  expect(recorder.checkpointCount()).toBe(2);
});

test("events are bounded by their bytes too", () => {
  const { recorder } = makeRecorder({ eventBytesMax: 20_000 });
  recorder.start("one");
  for (let index = 0; index < 100; index++) recorder.record(note("x".repeat(1000)));
  expect(recorder.eventCount()).toBeGreaterThan(10);
  const held = JSON.stringify(recorder.export()?.events).length;
  expect(held).toBeLessThanOrEqual(20_000);
  expect(recorder.export()?.events_dropped).toBe(100 - recorder.eventCount());
});

test("checkpoints are bounded by their bytes too", () => {
  const { recorder } = makeRecorder({ checkpointBytesMax: 20_000 });
  recorder.start("one");
  for (let n = 0; n < 100; n++)
    recorder.checkpoint(`c${n}`, { label: null }, { x: "ä".repeat(500) });
  expect(recorder.checkpointCount()).toBeGreaterThan(2);
  expect(Buffer.byteLength(JSON.stringify(recorder.checkpoints()))).toBeLessThanOrEqual(20_000);
});

test("a checkpoint is refused when nothing is recorded", () => {
  const { recorder } = makeRecorder();
  expect(() => recorder.checkpoint("c", { label: null }, {})).toThrow("no timeline is recorded");
});

test("a checkpoint remembers the index of the next event", () => {
  const { recorder } = makeRecorder();
  recorder.start("one");
  expect(recorder.checkpoint("a", { label: null }, {}).event_index).toBe(0);
  recorder.record(note("x"));
  expect(recorder.checkpoint("b", { label: null }, {}).event_index).toBe(1);
  expect(recorder.checkpoint("c", { label: null }, {}).event_index).toBe(1);
});

test("events since an index begin with that very one", () => {
  const { recorder } = makeRecorder();
  recorder.start("one");
  for (const name of ["a", "b", "c"]) recorder.record(note(name));
  expect(messages(recorder.eventsSince(0))).toEqual(["a", "b", "c"]);
  expect(messages(recorder.eventsSince(2))).toEqual(["c"]);
  expect(messages(recorder.eventsSince(3))).toEqual([]);
});

test("events between two times include both ends", () => {
  const { clock, recorder } = makeRecorder();
  const begin = clock.wallMs();
  recorder.start("one");
  for (const name of ["a", "b", "c", "d"]) {
    recorder.record(note(name));
    clock.advanceMs(10);
  }
  expect(messages(recorder.eventsBetween(begin + 10, begin + 20))).toEqual(["b", "c"]);
  expect(messages(recorder.eventsBetween(begin + 11, begin + 19))).toEqual([]);
  expect(messages(recorder.eventsBetween(begin + 20, begin + 10))).toEqual([]);
  expect(messages(recorder.eventsBetween(Number.NEGATIVE_INFINITY, begin))).toEqual(["a"]);
});

test("events between checkpoints are those from the lower index up to the higher, in either order", () => {
  const { recorder } = makeRecorder();
  recorder.start("one");
  recorder.record(note("a"));
  recorder.checkpoint("first", { label: null }, {});
  recorder.record(note("b"));
  recorder.record(note("c"));
  recorder.checkpoint("second", { label: null }, {});
  recorder.record(note("d"));
  for (const [from, to] of [
    ["first", "second"],
    ["second", "first"],
  ] as const) {
    const range = recorder.eventsBetweenCheckpoints(from, to);
    expect([messages(range.events), range.reachesLost]).toEqual([["b", "c"], false]);
  }
  expect(recorder.eventsBetweenCheckpoints("first", "first").events).toEqual([]);
  recorder.stop();
  expect(messages(recorder.eventsBetweenCheckpoints("first", "second").events)).toEqual(["b", "c"]);
});

test("a checkpoint that is not there is named, the first before the second", () => {
  const { recorder } = makeRecorder();
  recorder.start("one");
  recorder.checkpoint("here", { label: null }, {});
  expect(() => recorder.eventsBetweenCheckpoints("no", "neither")).toThrow('"no"');
  expect(() => recorder.eventsBetweenCheckpoints("here", "neither")).toThrow('"neither"');
});

test("looking between checkpoints before anything was recorded is an error of its own", () => {
  const { recorder } = makeRecorder();
  expect(() => recorder.eventsBetweenCheckpoints("a", "b")).toThrow("nothing was recorded");
});

test("of checkpoints with the same id the first is found", () => {
  const { recorder } = makeRecorder();
  recorder.start("one");
  recorder.checkpoint("same", { label: null }, {});
  recorder.record(note("a"));
  recorder.checkpoint("same", { label: null }, {});
  recorder.record(note("b"));
  recorder.checkpoint("end", { label: null }, {});
  expect(messages(recorder.eventsBetweenCheckpoints("same", "end").events)).toEqual(["a", "b"]);
});

test("a range that reaches events which are gone says so", () => {
  const { recorder } = makeRecorder({ eventCountMax: 2 });
  recorder.start("one");
  recorder.checkpoint("a", { label: null }, {});
  for (const name of ["x", "y", "z"]) recorder.record(note(name));
  recorder.checkpoint("b", { label: null }, {});
  const range = recorder.eventsBetweenCheckpoints("a", "b");
  expect([messages(range.events), range.reachesLost]).toEqual([["y", "z"], true]);
});

test("an export does not stop the recording", () => {
  const { recorder } = makeRecorder();
  recorder.start("one");
  recorder.record(note("a"));
  const exported = recorder.export();
  recorder.record(note("b"));
  expect(messages(exported?.events ?? [])).toEqual(["a"]);
  expect(recorder.isRecording()).toBe(true);
  expect(recorder.eventCount()).toBe(2);
});

test("the replay sequence has the calls in order, without replayed ones", () => {
  const { recorder } = makeRecorder();
  recorder.start("one");
  recorder.record(call("a"));
  recorder.record(note("x"));
  recorder.record(call("b", { replayed: true }));
  recorder.record(call("c"));
  const ids = () => recorder.replaySequence().map(({ id }) => id);
  expect(ids()).toEqual(["a", "c"]);
  recorder.stop();
  expect(ids()).toEqual(["a", "c"]);
});
