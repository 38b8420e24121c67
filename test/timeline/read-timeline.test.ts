/** Exports from elsewhere: what is good opens, what is hostile is refused with its place, or clamped. */
import { expect, test } from "bun:test";
import { Failure } from "../../src/base/failure.ts";
import { importBytesMax } from "../../src/model/timeline.ts";
import { readTimeline } from "../../src/timeline/read-timeline.ts";
import { call, makeRecorder, messages, note } from "../support/timeline-parts.ts";

const time = "2026-06-26T20:14:03.000Z";
const later = "2026-06-26T20:14:04.000Z";
const event = (index: unknown, more: object = {}) => ({
  index,
  timestamp: time,
  event: note("a"),
  ...more,
});
const checkpoint = (id: unknown, more: object = {}) => ({
  id,
  label: null,
  timestamp: time,
  state: {},
  event_index: 0,
  ...more,
});
const exported = (more: object = {}) => ({
  id: "theirs",
  started_at: time,
  events: [event(0), event(1)],
  checkpoints: [checkpoint("c")],
  ...more,
});

function read(document: unknown) {
  return readTimeline(Buffer.from(JSON.stringify(document)));
}

/** Code and message of the refusal. */
function refusal(bytes: Uint8Array | string): string[] {
  try {
    readTimeline(typeof bytes === "string" ? Buffer.from(bytes) : bytes);
  } catch (cause) {
    if (cause instanceof Failure) return [cause.code, cause.message];
    throw cause;
  }
  throw new Error("It was not refused");
}

const refusalOf = (document: unknown) => refusal(JSON.stringify(document));

test("an export of our own opens, and says the same", () => {
  const { clock, recorder } = makeRecorder();
  recorder.start("ours");
  recorder.record(note("a"));
  clock.advanceMs(5);
  recorder.checkpoint("c", { label: "label" }, { deep: [{ x: null }] });
  recorder.record({ type: "state_change", key: "k", old: null, new: 2, caused_by: "token" });
  recorder.record({
    ...{ type: "stream", action: "loss_burst", session_id: 1 },
    ...{ packets: 3, ms: 500 },
  });
  const ours = recorder.stop();
  const { timeline, checkpointsClamped, duplicateIds } = read(ours);
  expect([checkpointsClamped, duplicateIds]).toEqual([0, 0]);
  expect(timeline.checkpoints).toEqual(ours?.checkpoints ?? []);
  expect(messages(timeline.events)).toEqual(["a", "state_change", "stream"]);
  expect(timeline.events[2]).toEqual(ours?.events[2]);
});

test("the bare shape of the contract opens, with times of any precision and offset", () => {
  const times = ["2026-06-26T20:14:03Z", "2026-06-26T22:14:03.123456789+02:00"];
  const events = times.map((timestamp, index) => ({ index, timestamp, event: note("a") }));
  const { timeline } = read({ id: "x", started_at: times[0], events, checkpoints: [] });
  expect(timeline.events.map(({ timestamp }) => timestamp)).toEqual([
    "2026-06-26T20:14:03.000Z",
    "2026-06-26T20:14:03.123Z",
  ]);
});

test("who did it is hearsay after an import", () => {
  const { timeline } = read(exported({ events: [event(0, { event: call("x") })] }));
  expect(timeline.events[0]?.event).toMatchObject({ actor: "imported: token" });
});

test("one byte above the limit is refused before it is parsed, the limit itself is not", () => {
  const good = JSON.stringify(exported());
  const full = Buffer.alloc(importBytesMax, " ");
  full.write(good);
  expect(readTimeline(full).timeline.id).toBe("theirs");
  const over = Buffer.alloc(importBytesMax + 1, "[");
  expect(refusal(over)).toEqual([
    "too_large",
    `Cannot import the timeline: it is larger than ${importBytesMax} bytes`,
  ]);
});

test("deep nesting is refused before it is parsed, 32 levels are not", () => {
  const nested = (levels: number) => {
    let state: unknown = 1;
    for (let level = 0; level < levels; level++) state = [state];
    return exported({ checkpoints: [checkpoint("c", { state })] });
  };
  // The document, its list of checkpoints and the checkpoint are three levels.
  expect(read(nested(29)).timeline.checkpoints).toHaveLength(1);
  const reason = "Cannot import the timeline: it is nested deeper than 32 levels";
  expect(refusalOf(nested(30))).toEqual(["import_refused", reason]);
  expect(refusal("[".repeat(10_000_000))).toEqual(["import_refused", reason]);
  expect(refusal('{"a":'.repeat(5_000_000))).toEqual(["import_refused", reason]);
});

test("brackets in texts are no nesting", () => {
  const message = '[{"\\'.repeat(200);
  const { timeline } = read(exported({ events: [event(0, { event: note(message) })] }));
  expect(messages(timeline.events)).toEqual([message]);
});

test.each(["__proto__", "constructor", "prototype"])(
  "a field named %s is refused wherever it is, and changes no prototype",
  (name) => {
    const evil = `{"${name}":{"polluted":true}}`;
    const places = [
      `{"id":"x","started_at":"${time}","events":[],"checkpoints":[],"${name}":{}}`,
      JSON.stringify(exported()).replace('"state":{}', `"state":{"a":[${evil}]}`),
      JSON.stringify(exported()).replace('"level":"warn"', `"level":"warn","${name}":1`),
    ];
    for (const text of places) {
      expect(text).toContain(name);
      expect(refusal(text)).toEqual([
        "import_refused",
        `Cannot import the timeline: it has a field named "${name}"`,
      ]);
    }
    expect("polluted" in {}).toBe(false);
  },
);

test.each([
  ["version 2", { version: 2 }, "version: it is 2, and this host reads 1"],
  ["version in words", { version: "1" }, 'version: it is "1"'],
  ["another kind", { kind: "capture" }, 'kind: it is "capture", which is not a timeline'],
  ["no id", { id: undefined }, "id: it is missing"],
  ["a long id", { id: "x".repeat(129) }, "takes a text of up to 128 characters"],
  ["no start", { started_at: undefined }, "started_at: it is missing"],
  ["a start that is a number", { started_at: 5 }, "started_at: it is 5"],
  ["a day that is none", { started_at: "2026-02-30T00:00:00Z" }, "started_at"],
  ["a month that is none", { started_at: "2026-13-01T00:00:00Z" }, "started_at"],
  ["a year before 1970", { started_at: "1969-12-31T23:59:59Z" }, "started_at"],
  ["a year of five digits", { started_at: "+012026-01-01T00:00:00Z" }, "started_at"],
  ["no events", { events: undefined }, "events: it is missing, and takes a list"],
  ["events by name", { events: { length: 3 } }, "events: it is an object, and takes a list"],
  ["an event that is null", { events: [null] }, "events[0]: it is null, and takes an object"],
  ["an event in an event", { events: [event(0, { event: [] })] }, "events[0].event: it is a list"],
  ["a negative index", { events: [event(-1)] }, "events[0].index: it is -1"],
  ["a broken index", { events: [event(0.5)] }, "events[0].index: it is 0.5"],
  ["an index in words", { events: [event("0")] }, 'events[0].index: it is "0"'],
  ["an inexact index", { events: [event(2 ** 53)] }, "events[0].index: it is 9007199254740992"],
  ["the same index twice", { events: [event(3), event(3)] }, "events[1].index: it is 3 after 3"],
  ["a falling index", { events: [event(3), event(2)] }, "events[1].index: it is 2 after 3"],
  ["a type that is none", { events: [event(0, { event: { type: "x" } })] }, "events[0].event.type"],
  [
    "a type of every object",
    { events: [event(0, { event: { type: "toString" } })] },
    "events[0].event.type",
  ],
  [
    "an event without its fields",
    { events: [event(0, { event: { type: "log" } })] },
    "events[0].event.level",
  ],
  [
    "a message that is too long",
    { events: [event(0, { event: note("x".repeat(1025)) })] },
    "events[0].event.message",
  ],
  [
    "an impossible status",
    { events: [event(0, { event: { ...call("x"), status: 99 } })] },
    "events[0].event.status",
  ],
  ["a time that is none", { events: [event(0, { timestamp: "now" })] }, "events[0].timestamp"],
  [
    "reversed times",
    {
      events: [event(0, { timestamp: "2026-06-26T21:00:00Z" }), event(1)],
    },
    'events[1].timestamp: "2026-06-26T20:14:03.000Z" lies before what came earlier',
  ],
  [
    "a time before the start",
    { events: [event(0, { timestamp: "2026-06-26T20:13:02.999Z" })] },
    "events[0].timestamp",
  ],
  ["a broken time on the clock", { events: [event(0, { t_ms: -1 })] }, "events[0].t_ms"],
  ["a checkpoint without id", { checkpoints: [checkpoint(undefined)] }, "checkpoints[0].id"],
  [
    "a label that is an object",
    { checkpoints: [checkpoint("c", { label: {} })] },
    "checkpoints[0].label",
  ],
  [
    "a place in words",
    { checkpoints: [checkpoint("c", { event_index: "0" })] },
    "checkpoints[0].event_index",
  ],
  [
    "reversed times of checkpoints",
    {
      checkpoints: [
        checkpoint("c", { timestamp: later }),
        checkpoint("d", { timestamp: "2026-06-26T20:13:03Z" }),
      ],
    },
    "checkpoints[1].timestamp",
  ],
])("%s is refused with its place", (_, more, reason) => {
  const [code, message] = refusalOf(exported(more));
  expect(code).toBe("import_refused");
  expect(message).toStartWith("Cannot import the timeline: ");
  expect(message).toContain(reason);
});

test("what is not JSON, no text or no object is refused", () => {
  expect(refusal("{")).toEqual(["malformed", "Cannot import the timeline: it is not JSON"]);
  expect(refusal(Buffer.from([0xff, 0xfe]))[0]).toBe("malformed");
  expect(refusal("")[0]).toBe("malformed");
  expect(refusal("null")[1]).toContain("it is null, and takes an object");
  expect(refusal("[]")[1]).toContain("it is a list");
});

test("times may lie back by a minute, since workers and clocks differ", () => {
  const back = event(1, { timestamp: time });
  const ahead = event(0, { timestamp: "2026-06-26T20:15:03.000Z" });
  expect(read(exported({ events: [ahead, back] })).timeline.events).toHaveLength(2);
});

test("an index at the maximum opens, and may repeat there only", () => {
  const max = Number.MAX_SAFE_INTEGER;
  const { timeline } = read(exported({ events: [event(max - 1), event(max), event(max)] }));
  expect(timeline.events.map(({ index }) => index)).toEqual([max - 1, max, max]);
  const { recorder } = makeRecorder();
  recorder.resume(timeline);
  expect(recorder.record(note("next"))?.index).toBe(max);
});

test("checkpoints that point nowhere are clamped into range, and counted", () => {
  const indexes = [-5, 0, 2, 3, 1e300, 1.5];
  const { timeline, checkpointsClamped } = read(
    exported({
      checkpoints: indexes.map((event_index, n) => checkpoint(`c${n}`, { event_index })),
    }),
  );
  expect(timeline.checkpoints.map(({ event_index }) => event_index)).toEqual([0, 0, 2, 2, 2, 1]);
  expect(checkpointsClamped).toBe(4);
});

test("checkpoints with the same id are counted; the first is found", () => {
  const { duplicateIds } = read(
    exported({ checkpoints: ["a", "b", "a", "a"].map((id) => checkpoint(id)) }),
  );
  expect(duplicateIds).toBe(2);
});

test("markup stays the text it is", () => {
  const markup = `<script>alert("x")</script>&amp;'`;
  const { timeline } = read(
    exported({
      id: markup,
      host: markup,
      events: [event(0, { event: { ...note(markup), level: markup } })],
      checkpoints: [checkpoint(markup, { label: markup, state: { [markup]: markup } })],
    }),
  );
  expect([timeline.id, timeline.host, ...messages(timeline.events)]).toEqual(
    Array.from({ length: 3 }, () => markup),
  );
  expect(timeline.checkpoints[0]).toMatchObject({ label: markup, state: { [markup]: markup } });
});

test("fields that no event has are left behind", () => {
  const { timeline } = read(
    exported({ events: [event(0, { event: { ...note("a"), x: 1 }, y: 2 })] }),
  );
  expect(timeline.events).toEqual([{ index: 0, timestamp: time, event: note("a") }]);
});
