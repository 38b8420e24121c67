/** What a sound worker and the thread that sends its packets say to each other. */

import type { Micros } from "../base/clock.ts";
import type { ChannelCount } from "./format.ts";

/** Whose sound, and in which packets. */
export type SoundOptions = {
  /** The frame source whose sound is wanted: `testsrc`, `x11:<display>` or `file:<path>`. */
  readonly source: string;
  /** The output that only this stream's programs play to; the default one unless given. */
  readonly output?: string | undefined;
  /** 5, 10 or 20. */
  readonly packetMs: number;
  /** Of the player. */
  readonly channelCount: ChannelCount;
  /** A `SharedTime`: when the film that is shown began; its sound stays with it. */
  readonly filmStart: SharedArrayBuffer;
};

/** What the worker is asked. */
export type SoundRequest =
  | { readonly kind: "open"; readonly options: SoundOptions }
  | { readonly kind: "close" };

/** What the worker sends back. */
export type SoundReport =
  /** An Opus packet, 48 kHz, always of the same length; when the source played its first sample. */
  | {
      readonly kind: "packet";
      readonly bytes: Uint8Array;
      readonly atUs: Micros;
      /** The source had nothing to play: its age says nothing. */
      readonly isSilent: boolean;
    }
  /** Silence is sent from here on; why. */
  | { readonly kind: "silent"; readonly reason: string }
  /** Sound is back. */
  | { readonly kind: "sounding" };
