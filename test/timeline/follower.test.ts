/** What happens, for one who keeps it whether a timeline is recorded or not. */
import { expect, test } from "bun:test";
import type { HostAction } from "../../src/model/timeline.ts";
import { ManualClock } from "../support/manual-clock.ts";
import { note, timelineOn } from "../support/timeline-parts.ts";

function followed() {
  const clock = new ManualClock();
  const timeline = timelineOn(clock);
  const state = { isOn: true };
  const events: { event: HostAction; atUs: number }[] = [];
  const checkpoints: string[] = [];
  timeline.follow({
    isOn: () => state.isOn,
    onEvent: (event, atUs) => events.push({ event, atUs }),
    onCheckpoint: ({ id }) => checkpoints.push(id),
  });
  return { clock, timeline, state, events, checkpoints };
}

test("events and checkpoints reach the follower while nothing is recorded", () => {
  const { timeline, events, checkpoints } = followed();
  timeline.record(note("a"), 42);
  timeline.note({ code: "session_connected", values: { session: 1 } });
  expect(events).toEqual([{ event: note("a"), atUs: 42 }]);
  expect(checkpoints).toEqual(["connect-1"]);
  expect(timeline.status().recording).toBe(false);
});

test("they reach it and the recording alike while one runs", () => {
  const { timeline, events } = followed();
  timeline.start("mine");
  timeline.record(note("a"));
  expect(events).toHaveLength(1);
  expect(timeline.status().manual?.event_count).toBe(1);
});

test("a follower that is off gets nothing", () => {
  const { timeline, state, events, checkpoints } = followed();
  state.isOn = false;
  timeline.record(note("a"));
  timeline.note({ code: "session_connected", values: { session: 1 } });
  expect([events, checkpoints]).toEqual([[], []]);
});

test("a checkpoint that somebody asks for is still refused while nothing is recorded", () => {
  const { timeline } = followed();
  expect(() => timeline.checkpoint({})).toThrow("no timeline is recorded");
});

test("a secret never reaches the follower", () => {
  const { timeline, events } = followed();
  timeline.record(note("it is a-secret-of-the-test"));
  expect(JSON.stringify(events)).not.toContain("a-secret-of-the-test");
});
