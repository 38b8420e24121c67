/**
 * What an encode worker and the thread that consumes its frames agree on.
 *
 * Encoded frames lie in the places of a small pool of shared memory. The consumer hands each place
 * back with `release`, so the pool is the bound of the channel: with no place free the worker
 * drops the frame, counts it in `droppedCount` and makes the next one an IDR. Memory is shared and
 * not transferred, because each transfer counts as newly allocated on the thread that receives it:
 * at 10 Mb/s that alone set off its collector every second, in the midst of a frame's packets.
 */

import type { Micros } from "../base/clock.ts";
import type { FailureValues } from "../base/failure.ts";
import type { FailureCode } from "../base/failure-codes.ts";
import type { WakeLink } from "../base/wake.ts";
import type { InputTarget } from "../desktop/input-target.ts";
import type { CodecName } from "../model/capture.ts";
import type { AbsenceCode, Reason } from "../model/reason.ts";
import type { EncoderChoice } from "./encoders.ts";
import type { PassedOver, PictureSize } from "./sources/source.ts";

/** What a player asks for. Sizes in pixels, the rate in kbit/s. */
export type StreamMode = {
  readonly width: number;
  readonly height: number;
  readonly fps: number;
  readonly codec: CodecName;
  readonly bitrateKbps: number;
};

/** All that a stream is opened with. */
export type EncodeOptions = StreamMode & {
  /** `testsrc`, `x11:<display>` or `file:<path>`. */
  readonly source: string;
  /** `auto` if left out. */
  readonly encoder?: EncoderChoice;
  /** Speed setting of a software encoder; `ultrafast` for x264 if left out. */
  readonly preset?: string | undefined;
  /**
   * Slices of each picture at the least, for players that decode them at the same time. As many as
   * the encoder has threads where those are more. Followed by x264 alone.
   */
  readonly slices?: number | undefined;
  /** What the source's pictures are scaled to before they are encoded; not at all if left out. */
  readonly picture?: PictureSize | undefined;
  /** Where a source keeps what its desktop gives it, to be asked once; nowhere if left out. */
  readonly dataDirectory?: string | undefined;
  /**
   * The longest time between two frames of a picture that stands still, in milliseconds: what the player
   * does not take for a freeze. 100 if left out.
   */
  readonly stillMs?: number | undefined;
};

/** What can change while a stream runs; what is left out stays. */
export type Tuning = {
  readonly bitrateKbps?: number;
  readonly fps?: number;
  readonly preset?: string | undefined;
  readonly picture?: PictureSize | undefined;
};

/** What a worker is doing, for those who wonder why no frame comes. */
export const activities = { other: 0, capture: 1 } as const;

/** Place of the word with which the keeper says that nobody waits any longer. */
export const cancelledWord = 1;

/** What the consumer asks of the worker. */
export type EncodeRequest =
  | {
      readonly kind: "open";
      readonly options: EncodeOptions;
      readonly gate: SharedArrayBuffer;
      /** Two 32-bit words: one of `activities`, and 1 at `cancelledWord` once nobody waits. */
      readonly activity: SharedArrayBuffer;
      /** Ends a wait for a picture, so that what is asked is looked at. Its keeper closes it. */
      readonly wake: WakeLink;
      /** A `SharedTime`: when a film began, by the pictures that have been shown of it. */
      readonly filmStart: SharedArrayBuffer;
    }
  | { readonly kind: "idr" }
  /** The next picture shall show this mark, where the source can draw one. */
  | { readonly kind: "mark"; readonly mark: number }
  | { readonly kind: "tune"; readonly tuning: Tuning }
  | { readonly kind: "mode"; readonly width: number; readonly height: number; readonly fps: number }
  | { readonly kind: "release"; readonly place: number }
  | { readonly kind: "close" };

/** A new encoder has taken over, starting with a key frame. */
export type EncoderReset = {
  readonly atUs: Micros;
  /** What is different from before, or how the old one failed. */
  readonly reason: Reason<"encoder_changed" | "encoder_failed">;
};

/** What a worker waits for while a stream is opened. */
export type OpeningPart = "source" | "encoder";

/** The source's picture has this size from here on. */
export type SourceResized = {
  readonly atUs: Micros;
  readonly width: number;
  readonly height: number;
};

/** The source shows nothing from here on, or something again. */
export type SourceAbsence = {
  readonly atUs: Micros;
  /** Why it shows nothing; `undefined` once it is back. */
  readonly why: AbsenceCode | undefined;
  /** Once it is back: for how long it was away. */
  readonly ms: number;
};

/** What the worker reports to the consumer. */
export type EncodeReport =
  | ({ readonly kind: "absence" } & SourceAbsence)
  | ({ readonly kind: "resized" } & SourceResized)
  /** Input has to go there from here on: the source was opened again, or its desktop is back. */
  | { readonly kind: "input"; readonly inputTarget: InputTarget | undefined }
  /** The thread may block from here on, until the part has answered. */
  | { readonly kind: "opening"; readonly part: OpeningPart }
  /** Of `auto`: which source it is, and why none before it. */
  | {
      readonly kind: "chosen";
      readonly source: string;
      readonly passed: readonly PassedOver[];
    }
  /** A person at the desktop is asked for the source, or has answered. */
  | { readonly kind: "asking"; readonly isAsking: boolean }
  /** `thread` is Linux's number of the encode thread, where it tells. */
  | {
      readonly kind: "opened";
      readonly encoder: string;
      readonly thread: number | undefined;
      readonly inputTarget: InputTarget | undefined;
      readonly soundOutput: string | undefined;
    }
  | ({ readonly kind: "reset"; readonly encoder: string } & EncoderReset)
  /** A change failed: the current encoder stays, or the source's screen as large as it was. */
  | {
      readonly kind: "kept";
      readonly warning: "encoder_not_changed" | "screen_not_resized";
      readonly failure?: FailureCode;
      readonly detail: string;
    }
  /** The place's memory from now on, reported before its first frame and when it had to grow. */
  | { readonly kind: "place"; readonly place: number; readonly buffer: SharedArrayBuffer }
  | { readonly kind: "frame"; readonly frame: PlacedFrame }
  | { readonly kind: "unsent"; readonly slots: UnsentSlots }
  | {
      readonly kind: "failed";
      readonly reason: string;
      readonly code?: FailureCode;
      readonly values?: FailureValues;
    };

/** Slots next to each other from which no frame comes, reported as soon as that is known. */
export type UnsentSlots = {
  /** Number of the first. */
  readonly slot: number;
  readonly count: number;
  /** When the first was due, on the one clock, and how far apart they are. */
  readonly dueUs: number;
  readonly intervalUs: number;
  /**
   * No frame was made, or it was made and there was no room for it; `held`: the source had nothing new,
   * and what was sent before stands for these slots.
   */
  readonly fate: "missed" | "dropped" | "held";
};

/** One access unit, Annex B (H.264, HEVC) or low-overhead OBUs (AV1), with where its time went. */
export type EncodedFrame = {
  /** The consumer's until it is released; the unit is the first `byteCount` bytes. */
  readonly buffer: ArrayBufferLike;
  readonly byteCount: number;
  /** +1 for each captured slot, from 0. */
  readonly index: number;
  /** Number of its slot on the stream's grid, from 0: missed slots have numbers too. */
  readonly slot: number;
  /** When its slot was due, on the one clock. */
  readonly dueUs: Micros;
  readonly isKey: boolean;
  /** The source had nothing new; the last picture was encoded again. */
  readonly isRepeat: boolean;
  /**
   * Of a picture that stands still: no frame is due for so long after this one's slot, unless something
   * happens. Absent while every slot has one.
   */
  readonly quietUs?: number | undefined;
  /** Start of capture on the one clock; always present. */
  readonly captureStartUs: Micros;
  /** Stage times, all 0 unless `isMeasured`. */
  readonly isMeasured: boolean;
  readonly captureUs: number;
  readonly submitUs: number;
  readonly encodeUs: number;
  /** How long the encode thread could have run and did not meanwhile, where the kernel tells. */
  readonly cpuWaitUs?: number | undefined;
  /** How old the picture already was when it was captured; absent for a repeat, and where no source tells. */
  readonly sourceAgeUs?: number | undefined;
  /** The mark that this is the first picture with, and when it came out of the encoder; absent for others. */
  readonly mark?: number | undefined;
  readonly markEncodedUs?: Micros | undefined;
  /** Mean of the picture, on the codec's own scale; absent where the encoder does not tell. */
  readonly quantiser?: number | undefined;
  /** The same in percent, on one scale for all codecs. */
  readonly quality?: number | undefined;
  /** Frames this stream lost before the channel so far, because no buffer was free. */
  readonly droppedCount: number;
  /** Slots that passed without a frame so far, because an earlier one was still being made. */
  readonly missedCount: number;
};

/** A frame on its way to the consumer, which knows the memory of each place of the pool. */
export type PlacedFrame = Omit<EncodedFrame, "buffer"> & { readonly place: number };
