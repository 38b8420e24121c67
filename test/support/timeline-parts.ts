/** Recorders of events on a clock that the test moves, and events for them. */

import type { Clock } from "../../src/base/clock.ts";
import type { HostAction } from "../../src/model/timeline.ts";
import type { TimelineEntry, TimelineJournal } from "../../src/ports/timeline.ts";
import { EventRecorder } from "../../src/timeline/event-recorder.ts";
import { HostTimeline } from "../../src/timeline/host-timeline.ts";
import type { RecorderLimits } from "../../src/timeline/recording.ts";
import { ManualClock } from "./manual-clock.ts";

export function makeRecorder(limits: Partial<RecorderLimits> = {}) {
  const clock = new ManualClock();
  return { clock, recorder: new EventRecorder({ clock, host: "test", limits }) };
}

/** Keeps nothing; who wants to see the entries gives `append`. */
export function noJournal(
  append: (entry: TimelineEntry) => void = () => undefined,
): TimelineJournal {
  return { append, settled: async () => undefined };
}

export function note(message: string): HostAction {
  return { type: "log", level: "warn", message };
}

export function call(id: string, more: { replayed?: boolean } = {}): HostAction {
  return {
    type: "api_call",
    id,
    method: "POST",
    route: "/api/v1/x",
    status: 200,
    duration_us: 1,
    actor: "token",
    answer_sha256: "",
    ...more,
  };
}

/** Messages of log events, types of others. */
export const messages = (events: readonly { event: HostAction }[]) =>
  events.map(({ event }) => (event.type === "log" ? event.message : event.type));

/** The timeline of a host whose state is that it is a test. */
export function timelineOn(clock: Clock): HostTimeline {
  const state = (changes: Readonly<Record<string, unknown>>) => ({ version: "test", ...changes });
  return new HostTimeline({ clock, host: "test", state, secrets: ["a-secret-of-the-test"] });
}
