/** Timelines made up for tests of what shows them: as many events of all kinds as are wanted. */
import type { HostAction, Timeline, TimelineCheckpoint } from "../../src/model/timeline.ts";
import { dateText } from "../../src/model/unix-ms.ts";

const startedUnixMs = Date.UTC(2026, 5, 26, 20, 14, 3);

const kinds: readonly ((text: string) => HostAction)[] = [
  (key) => ({ type: "state_change", key, old: 20_000, new: 12_000, caused_by: "token" }),
  (reason) => ({ type: "stream", action: "loss_burst", session_id: 1, packets: 40, reason }),
  (client) => ({
    ...{ type: "session", action: "connected", session_id: 1, client },
    ...{ codec: "h264", mode: "1920x1080@60", reason: "" },
  }),
  (message) => ({ type: "log", level: "warn", message }),
  (client) => ({ type: "client", action: "stall", client, ms: 120 }),
];

export type MadeTimeline = {
  /** Of each event, on the capture's clock, ascending. */
  readonly times: readonly number[];
  /** Where a player could have put it. */
  readonly text?: string;
  readonly checkpoints?: readonly { readonly t_ms: number; readonly state: unknown }[];
};

export function madeTimeline({ times, text = "what", checkpoints = [] }: MadeTimeline): Timeline {
  const timestampOf = (t_ms: number) => dateText(startedUnixMs + t_ms);
  return {
    version: 1,
    kind: "timeline",
    id: "made",
    started_at: timestampOf(0),
    events: times.map((t_ms, index) => ({
      index,
      timestamp: timestampOf(t_ms),
      t_ms,
      event: kindAt(index)(text),
    })),
    checkpoints: checkpoints.map(
      ({ t_ms, state }, index): TimelineCheckpoint => ({
        id: `checkpoint-${index}`,
        label: `label ${index}`,
        timestamp: timestampOf(t_ms),
        t_ms,
        state,
        event_index: times.filter((time) => time < t_ms).length,
      }),
    ),
  };
}

function kindAt(index: number): (text: string) => HostAction {
  const made = kinds[index % kinds.length];
  if (made === undefined) throw new Error("there are kinds of events");
  return made;
}
