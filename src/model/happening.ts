/**
 * A path's reports about a session besides its numbers, for the timeline. Times are on the
 * monotonic clock.
 */

import type { ClickTimes } from "./click.ts";
import type { AbsenceCode, Reason } from "./reason.ts";

/** Who asked for something. */
export type Asker = "player" | "host" | "operator" | "link";

/** As reported by the player: input from outside, clamped where it is read. */
export const clientActions = [
  "stall",
  "decode_error",
  "tab_hidden",
  "jumped_to_live",
  "sound_out",
] as const;
/** Possible reports of a player. */
export type ClientAction = (typeof clientActions)[number];

/** One event of a session, before it is recorded; `atUs` on the monotonic clock. */
export type Happening = { readonly atUs: number } & (
  | { readonly action: "idr_requested"; readonly by: Asker }
  | { readonly action: "idr_sent" }
  | {
      readonly action: "bitrate_changed";
      readonly from_kbps: number;
      readonly to_kbps: number;
      readonly by: Asker;
    }
  /** A new encoder has taken over; the reason says what was requested, or what had failed. */
  | {
      readonly action: "encoder_reset";
      readonly reason: Reason<"encoder_changed" | "encoder_failed">;
    }
  /** The bitrate is too low for the requested picture, or sufficient again. */
  | {
      readonly action: "picture_changed";
      readonly reason: Reason<"picture_lowered" | "picture_raised" | "picture_asked">;
    }
  /** The source has provided nothing new for this long. */
  | { readonly action: "source_starved"; readonly ms: number }
  /** It provides something new again, after this long in total. */
  | { readonly action: "source_resumed"; readonly ms: number }
  /** The player has been silent for this long. */
  | { readonly action: "player_unreachable"; readonly ms: number }
  /** It is heard again, after this long in total. */
  | { readonly action: "player_reachable"; readonly ms: number }
  /** The picture of the source has another size from now on. */
  | { readonly action: "source_resized"; readonly width: number; readonly height: number }
  /** The source shows nothing from now on: black is streamed, and it is searched for. */
  | { readonly action: "source_gone"; readonly reason: Reason<AbsenceCode> }
  /** It shows something again, after this long in total. */
  | { readonly action: "source_back"; readonly ms: number }
  /** The whole process was stopped, or the machine suspended. */
  | { readonly action: "host_stopped"; readonly ms: number }
  | { readonly action: "loss_burst"; readonly packets: number; readonly ms: number }
  /** Slots of the frame rate passed without a frame: the host was too slow, or `source` does not answer. */
  | {
      readonly action: "slots_missed";
      readonly slots: number;
      readonly ms: number;
      readonly source?: string;
    }
  /** The picture that answers an input of the player was seen there. */
  | ({ readonly action: "click_shown" } & ClickTimes)
  | { readonly action: "viewer_joined" | "viewer_left"; readonly viewers: number }
  | { readonly action: ClientAction; readonly ms?: number; readonly reason?: Reason }
);

/** Events of one session, as they are reported to main. */
export type Happened = {
  readonly session_id: number;
  readonly happenings: readonly Happening[];
  /** After a flood: how many more were not reported. */
  readonly leftOutCount: number;
};
