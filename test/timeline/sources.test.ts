/** What gets into a recording, and in which form. */
import { expect, test } from "bun:test";
import fc from "fast-check";
import { log, onWarning, warn } from "../../src/base/log.ts";
import { replayReasonText } from "../../src/model/replay.ts";
import { textLengthMax } from "../../src/model/timeline.ts";
import { jsonBytesMax } from "../../src/timeline/json-size.ts";
import { redact, removed } from "../../src/timeline/redaction.ts";
import { recordSettingsChange } from "../../src/timeline/settings.ts";
import { answerShape, shapeDifference } from "../../src/timeline/shape.ts";
import { ManualClock } from "../support/manual-clock.ts";
import { messages, noJournal, note, timelineOn } from "../support/timeline-parts.ts";

function recording() {
  const clock = new ManualClock();
  const timeline = timelineOn(clock);
  timeline.start("mine");
  return { clock, timeline };
}

test("of a flood a burst is kept, the rest is counted", () => {
  const { clock, timeline } = recording();
  for (let n = 0; n < 1000; n++) timeline.record(note(`${n}`));
  expect(timeline.status().manual).toMatchObject({ event_count: 200, events_thinned: 800 });
  timeline.record({ type: "ui_action", page: "p", control: "c", value: "" });
  expect(timeline.status().manual?.event_count).toBe(201);
  clock.advanceMs(1000);
  for (let n = 0; n < 20; n++) timeline.record(note(`${n}`));
  expect(timeline.status().manual).toMatchObject({ event_count: 211, events_thinned: 810 });
  expect(timeline.stop()?.events_thinned).toBe(810);
});

test("an event goes to the capture's and the manual recording, with an index of its own in each", () => {
  const { clock, timeline } = recording();
  timeline.record(note("a"));
  const kept: unknown[] = [];
  const start = { startedUnixMs: clock.wallMs(), startedUs: clock.nowUs() };
  timeline.beginCapture({ ...start, journal: noJournal((entry) => kept.push(entry)) });
  clock.advanceMs(7);
  timeline.record(note("b"));
  timeline.note({ code: "settings_before", values: { names: "a" } });
  const capture = timeline.endCapture();
  const manual = timeline.stop();
  expect(capture?.events.map(({ index, t_ms }) => [index, t_ms])).toEqual([[0, 7]]);
  expect(manual?.events.map(({ index, t_ms }) => [index, t_ms])).toEqual([
    [0, undefined],
    [1, undefined],
  ]);
  expect([capture?.checkpoints[0]?.event_index, manual?.checkpoints[0]?.event_index]).toEqual([
    1, 2,
  ]);
  expect(kept).toEqual([{ event: capture?.events[0] }, { checkpoint: capture?.checkpoints[0] }]);
});

test("texts are cut to what their shape allows, on both sides of the limit", () => {
  const { timeline } = recording();
  const { message } = textLengthMax;
  timeline.record(note("x".repeat(message)));
  timeline.record(note("x".repeat(message + 1)));
  timeline.record({ type: "ui_action", page: "p".repeat(200), control: "c", value: "" });
  const events = timeline.stop()?.events.map(({ event }) => event) ?? [];
  expect(messages([{ event: events[0] ?? note("") }, { event: events[1] ?? note("") }])).toEqual([
    "x".repeat(message),
    "x".repeat(message),
  ]);
  expect(events[2]).toMatchObject({ page: "p".repeat(textLengthMax.name) });
});

test("each changed setting is an event between checkpoints before and after", () => {
  const { timeline } = recording();
  const before = { revision: 1, values: { bitrate_kbps: 9000, fps_cap: 60, same: [1] } };
  const after = { revision: 2, values: { bitrate_kbps: 5000, fps_cap: 30, same: [1] } };
  recordSettingsChange(timeline, { before, after, actor: "token" });
  const recorded = timeline.stop();
  expect(recorded?.events.map(({ event }) => event)).toEqual([
    ...[
      { key: "settings.bitrate_kbps", old: 9000, new: 5000 },
      { key: "settings.fps_cap", old: 60, new: 30 },
    ].map((change) => ({ type: "state_change" as const, ...change, caused_by: "token" })),
  ]);
  expect(recorded?.checkpoints.map(({ state, event_index }) => [event_index, state])).toEqual([
    [0, { version: "test", settings: before }],
    [2, { version: "test", settings: after }],
  ]);
});

test("a flood of one kind of warning or of a stream's event thins out no other", () => {
  const { timeline } = recording();
  for (let n = 0; n < 1000; n++) timeline.record(note(`player refused: no ${n}`));
  for (let n = 0; n < 1000; n++) {
    timeline.record({ type: "stream", action: "idr_requested", session_id: 1 });
  }
  timeline.record(note("capture not saved: the disk is full"));
  timeline.record({ type: "stream", action: "loss_burst", session_id: 1, packets: 9 });
  const events = timeline.stop()?.events ?? [];
  expect(events).toHaveLength(402);
  expect(events.slice(-2).map(({ event }) => event)).toMatchObject([
    { message: "capture not saved: the disk is full" },
    { action: "loss_burst" },
  ]);
});

test("a change of settings that changes nothing leaves no trace", () => {
  const { timeline } = recording();
  const settings = { revision: 1, values: { a: 1 } };
  recordSettingsChange(timeline, { before: settings, after: settings, actor: "token" });
  expect(timeline.stop()).toMatchObject({ events: [], checkpoints: [] });
});

test("warnings are reported to those that follow the log, and nothing less", () => {
  const told: unknown[] = [];
  {
    using _following = onWarning((event, fields) => {
      told.push([event, fields.reason]);
      // Would recur if it were reported again.
      warn("journal_not_removed");
    });
    log("only so");
    warn("capture_full", { reason: "a test" });
  }
  warn("capture_full");
  expect(told).toEqual([["capture_full", "a test"]]);
});

test.each([
  [{ token: "x" }, { token: removed }],
  [
    { pairingCode: "x", pin: 1234 },
    { pairingCode: removed, pin: removed },
  ],
  [{ api_key: ["x"] }, { api_key: removed }],
  [
    { codec: "h264", keyframe: 1, spinning: 2 },
    { codec: "h264", keyframe: 1, spinning: 2 },
  ],
  [{ a: [{ note: "my-secret-text" }] }, { a: [{ note: removed }] }],
  [{ "my-secret-text": 1 }, removed],
  [{ a: "x".repeat(256) }, { a: "x".repeat(256) }],
  [{ a: "x".repeat(257) }, { a: removed }],
])("of %j is kept %j", (value, kept) => {
  const { value: found, isRedacted } = redact(value, ["secret-text"]);
  expect(found).toEqual(kept);
  expect(isRedacted).toBe(JSON.stringify(value) !== JSON.stringify(kept));
});

test("nothing that holds the secret is kept of any body", () => {
  const secret = "s3cret";
  const leaf = fc.oneof(
    fc.string(),
    fc.constant(secret),
    fc.string().map((text) => text + secret),
  );
  const value = fc.letrec((tie) => ({
    any: fc.oneof({ maxDepth: 5 }, leaf, fc.array(tie("any")), fc.dictionary(leaf, tie("any"))),
  })).any;
  fc.assert(
    fc.property(value, (body) => {
      expect(JSON.stringify(redact(body, [secret]).value)).not.toContain(secret);
    }),
  );
});

test("the size of a value is never below that of its JSON", () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      const bytes = Buffer.byteLength(JSON.stringify(value));
      expect(jsonBytesMax(value)).toBeGreaterThanOrEqual(bytes);
    }),
  );
});

test("where two answers differ is named as it is called, whatever that is", () => {
  for (const name of ["x: expected y, found z", "constructor", "", "a.b"]) {
    const shapes = [{ [name]: "number" }, { [name]: "string" }] as const;
    expect(shapeDifference(...shapes)).toEqual({
      code: "answer_differs",
      values: { path: `.${name}`, expected: "number", found: "string" },
    });
  }
});

test("answers of the same shape do not differ, whatever their values", () => {
  const difference = (...shapes: readonly [unknown, unknown]) => {
    const why = shapeDifference(...shapes);
    return why && replayReasonText(why);
  };
  const shape = (value: unknown) => answerShape(JSON.stringify(value), "application/json");
  const one = shape({ id: 1, list: [{ a: "x" }], none: null });
  expect(difference(one, shape({ none: null, list: [{ a: "y" }, 1], id: 2 }))).toBeUndefined();
  expect(difference(one, shape({ id: 1, list: [], none: null }))).toBeUndefined();
  expect(difference(one, shape({ id: 1, list: [{ a: 1 }], none: null }))).toBe(
    "answer.list[].a: expected string, found number",
  );
  expect(difference(one, shape({ id: 1, list: [] }))).toBe(
    "answer.none: expected null, found nothing",
  );
  expect(difference(shape([]), shape({}))).toBe("answer: expected a list, found an object");
  expect(difference(answerShape("", ""), shape({}))).toBe(
    "answer: expected nothing, found an object",
  );
  expect(answerShape("{", "application/json")).toBe("text");
});
