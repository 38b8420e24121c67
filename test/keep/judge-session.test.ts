/** Changes of settings as a timeline has them, which may come from a file. */
import { expect, test } from "bun:test";
import { changesOf } from "../../src/keep/judge-session.ts";
import type { Timeline } from "../../src/model/timeline.ts";

const timelineOf = (events: object[]) =>
  ({
    events: events.map((event, index) => ({ index, t_ms: index * 1000, event })),
  }) as unknown as Timeline;

test("changes of settings that a stream follows are found, with their time", () => {
  const change = { type: "state_change", key: "settings.encoder_preset", caused_by: "call-2" };
  const found = changesOf(
    timelineOf([
      { type: "stream", action: "idr_sent", session_id: 1 },
      { ...change, old: "superfast", new: "slow" },
      { ...change, key: "settings.history_days", old: 7, new: 8 },
    ]),
  );
  expect(found).toEqual([
    { at_ms: 1000, setting: "encoder_preset", from: "superfast", to: "slow" },
  ]);
});

test.each([
  [{ old: null, new: "slow" }],
  [{ old: { a: 1 }, new: ["slow"] }],
  [{ old: "a".repeat(4000), new: "slow" }],
  [{ key: "settings.__proto__", old: "a", new: "b" }],
])("a change that cannot be one is left out: %p", (odd) => {
  const change = { type: "state_change", key: "settings.encoder_preset", caused_by: "" };
  expect(changesOf(timelineOf([{ ...change, ...odd }]))).toEqual([]);
});
