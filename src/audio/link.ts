/** Messages between a sound worker and the thread that sends its packets. */

import type { Micros } from "../base/clock.ts";
import type { ChannelCount } from "./format.ts";

/** The source of the sound, and its packets. */
export type SoundOptions = {
  /** The frame source whose sound is wanted: `testsrc`, `x11:<display>` or `file:<path>`. */
  readonly source: string;
  /** The output that only this stream's programs play to; the default one unless given. */
  readonly output?: string | undefined;
  /** 5, 10 or 20. */
  readonly packetMs: number;
  /** The player's. */
  readonly channelCount: ChannelCount;
  /** A `SharedTime`: when the shown film began; its sound stays in sync. */
  readonly filmStart: SharedArrayBuffer;
};

/** Requests to the worker. */
export type SoundRequest =
  | { readonly kind: "open"; readonly options: SoundOptions }
  | { readonly kind: "close" };

/** Messages of the worker. */
export type SoundReport =
  /**
   * An Opus packet, 48 kHz, of constant length; with the time its first sample was played at the
   * source.
   */
  | {
      readonly kind: "packet";
      readonly bytes: Uint8Array;
      readonly atUs: Micros;
      /** The source had nothing to play: its age is meaningless. */
      readonly isSilent: boolean;
    }
  /** Silence is sent from now on; with the reason. */
  | { readonly kind: "silent"; readonly reason: string }
  /** Sound is back. */
  | { readonly kind: "sounding" };
