/** Any sequence of calls, against a model of lists; any bytes, against the reader. */
import { expect, test } from "bun:test";
import fc from "fast-check";
import { Failure } from "../../src/base/failure.ts";
import type { Timeline, TimelineCheckpoint, TimelineEvent } from "../../src/model/timeline.ts";
import type { EventRecorder } from "../../src/timeline/event-recorder.ts";
import { readTimeline } from "../../src/timeline/read-timeline.ts";
import type { ManualClock } from "../support/manual-clock.ts";
import { call, makeRecorder, note } from "../support/timeline-parts.ts";

const caps = { eventCountMax: 5, checkpointCountMax: 3 };

type Held = {
  id: string;
  next: number;
  events: TimelineEvent[];
  checkpoints: TimelineCheckpoint[];
};
type Model = { active?: Held | undefined; last?: Held | undefined };
type Real = { recorder: EventRecorder; clock: ManualClock };
type Step = (model: Model, real: Real) => void;

const current = ({ active, last }: Model) => active ?? last;

const start: Step = (model, { recorder }) => {
  if (model.active === undefined) {
    recorder.start("r");
    model.active = { id: "r", next: 0, events: [], checkpoints: [] };
  } else expect(() => recorder.start("r")).toThrow("is being recorded");
};

const stop: Step = (model, { recorder }) => {
  expect(recorder.stop()?.events).toEqual(model.active?.events);
  model.last = model.active ?? model.last;
  model.active = undefined;
};

const record =
  (isCall: boolean): Step =>
  ({ active }, { recorder, clock }) => {
    clock.advanceMs(1);
    const event = isCall ? call(`at ${clock.nowUs()}`) : note(`at ${clock.nowUs()}`);
    const recorded = recorder.record(event);
    expect(recorded?.index).toBe(active?.next);
    if (active === undefined || recorded === undefined) return;
    active.next = Math.min(active.next + 1, Number.MAX_SAFE_INTEGER);
    active.events = [...active.events, recorded].slice(-caps.eventCountMax);
  };

const checkpoint =
  (id: string): Step =>
  ({ active }, { recorder }) => {
    if (active === undefined) {
      expect(() => recorder.checkpoint(id, { label: null }, {})).toThrow("no timeline is recorded");
      return;
    }
    const taken = recorder.checkpoint(id, { label: null }, {});
    expect(taken.event_index).toBe(active.next);
    active.checkpoints = [...active.checkpoints, taken].slice(-caps.checkpointCountMax);
  };

const resume =
  (first: number, count: number): Step =>
  (model, { recorder, clock }) => {
    const timeline = foreign(first, count, clock.wallMs());
    recorder.resume(timeline);
    model.active = {
      id: "foreign",
      next: count === 0 ? 0 : Math.min(first + count, Number.MAX_SAFE_INTEGER),
      events: timeline.events.slice(-caps.eventCountMax),
      checkpoints: timeline.checkpoints.slice(-caps.checkpointCountMax),
    };
  };

function foreign(first: number, count: number, unixMs: number): Timeline {
  const timestamp = new Date(unixMs).toISOString();
  const indexes = Array.from({ length: count }, (_, n) => first + n);
  return {
    id: "foreign",
    started_at: timestamp,
    events: indexes
      .filter((index) => index <= Number.MAX_SAFE_INTEGER)
      .map((index) => ({ index, timestamp, event: note("foreign") })),
    checkpoints: indexes
      .filter((index) => index <= Number.MAX_SAFE_INTEGER)
      .map((index) => ({ id: "a", label: null, timestamp, state: {}, event_index: index })),
  };
}

const between =
  (a: string, b: string): Step =>
  (model, { recorder }) => {
    const held = current(model);
    const find = (id: string) => held?.checkpoints.find((each) => each.id === id)?.event_index;
    const [one, two] = [find(a), find(b)];
    if (held === undefined || one === undefined || two === undefined) {
      const reason = held === undefined ? "nothing was recorded" : `"${one === undefined ? a : b}"`;
      expect(() => recorder.eventsBetweenCheckpoints(a, b)).toThrow(reason);
      return;
    }
    const [lower, higher] = [Math.min(one, two), Math.max(one, two)];
    expect(recorder.eventsBetweenCheckpoints(a, b).events).toEqual(
      held.events.filter(({ index }) => index >= lower && index < higher),
    );
  };

const look =
  (since: number): Step =>
  (model, { recorder }) => {
    const held = current(model);
    const events = held?.events ?? [];
    expect(recorder.isRecording()).toBe(model.active !== undefined);
    expect(recorder.eventCount()).toBe(model.active?.events.length ?? 0);
    expect(recorder.checkpointCount()).toBe(model.active?.checkpoints.length ?? 0);
    expect(recorder.eventsSince(since)).toEqual(events.filter(({ index }) => index >= since));
    expect(recorder.checkpoints()).toEqual(held?.checkpoints ?? []);
    expect(recorder.replaySequence()).toEqual(
      events.flatMap(({ event }) => (event.type === "api_call" ? [event] : [])),
    );
    expect(recorder.export()?.id).toBe(held?.id);
    const times = events.map(({ timestamp }) => Date.parse(timestamp)).sort((a, b) => a - b);
    const [from = 0, to = 0] = [times[1], times.at(-2)];
    expect(recorder.eventsBetween(from, to)).toEqual(
      events.filter(({ timestamp }) => {
        const unixMs = Date.parse(timestamp);
        return unixMs >= from && unixMs <= to;
      }),
    );
  };

const anyId = fc.constantFrom("a", "b", "c");
const anyIndex = fc.oneof(
  fc.nat(12),
  fc.nat(4).map((n) => Number.MAX_SAFE_INTEGER - n),
);
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.constant(start),
  fc.constant(stop),
  { weight: 6, arbitrary: fc.boolean().map(record) },
  { weight: 3, arbitrary: anyId.map(checkpoint) },
  fc.tuple(anyIndex, fc.nat(8)).map(([first, count]) => resume(first, count)),
  { weight: 2, arbitrary: fc.tuple(anyId, anyId).map(([a, b]) => between(a, b)) },
  { weight: 3, arbitrary: anyIndex.map(look) },
);

test("any sequence of calls does what a model of plain lists does", () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const real = makeRecorder(caps);
      const model: Model = {};
      for (const one of steps) one(model, real);
      look(0)(model, real);
    }),
    { numRuns: 500 },
  );
});

test("whatever was recorded, its export is read back as it is", () => {
  const text = fc.string({ maxLength: 40, unit: "binary" });
  fc.assert(
    fc.property(
      fc.array(fc.tuple(text, fc.jsonValue({ maxDepth: 3 }), fc.nat(5000))),
      (happened) => {
        const { clock, recorder } = makeRecorder(caps);
        recorder.start("ours");
        for (const [message, value, ms] of happened) {
          recorder.record(note(message.toWellFormed()));
          recorder.record({
            type: "state_change",
            key: "k",
            old: 0,
            new: 1,
            caused_by: "imported",
          });
          recorder.checkpoint(message, { label: null }, { value: JSON.stringify(value) });
          clock.advanceMs(ms);
        }
        const ours = recorder.stop();
        const { timeline } = readTimeline(Buffer.from(JSON.stringify(ours)));
        expect(timeline.events).toEqual(ours?.events ?? []);
        expect(timeline.checkpoints).toEqual(ours?.checkpoints ?? []);
      },
    ),
  );
});

/** `undefined` when it opened. */
function refusal(text: string): string | undefined {
  try {
    readTimeline(Buffer.from(text));
    return undefined;
  } catch (cause) {
    if (cause instanceof Failure) return cause.message;
    throw cause;
  }
}

test("any JSON at all is refused in words", () => {
  fc.assert(
    fc.property(fc.json({ maxDepth: 6 }), (text) => {
      expect(refusal(text)).toStartWith("Cannot import the timeline: ");
    }),
  );
});

test("an export with any value put in place of one of its own opens or is refused in words", () => {
  const { recorder } = makeRecorder();
  recorder.start("ours");
  recorder.record(call("x"));
  recorder.checkpoint("c", { label: "label" }, {});
  const good = JSON.stringify(recorder.stop());
  const values = [...good.matchAll(/(?<=:)("[^"]*"|\d+|\{\})/g)];
  expect(refusal(good)).toBeUndefined();
  fc.assert(
    fc.property(fc.nat(values.length - 1), fc.jsonValue(), (which, value) => {
      const found = values[which];
      if (found === undefined) throw new Error("There is no such value");
      const end = found.index + found[0].length;
      const text = good.slice(0, found.index) + JSON.stringify(value) + good.slice(end);
      expect(refusal(text) ?? "Cannot import the timeline: ").toStartWith(
        "Cannot import the timeline: ",
      );
    }),
  );
});
