/**
 * What an encode worker and the thread that consumes its frames agree on.
 *
 * Encoded frames are in the slots of a small pool of shared memory. The consumer returns each slot
 * with `release`, so the pool is the bound of the channel: with no free slot the worker drops the
 * frame, counts it in `droppedCount` and makes the next one an IDR. Memory is shared and not
 * transferred, because each transfer counts as newly allocated on the thread that receives it: at
 * 10 Mb/s that alone set off its collector every second, in the midst of a frame's packets.
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

/** The options of opening a stream. */
export type EncodeOptions = StreamMode & {
  /** `testsrc`, `x11:<display>` or `file:<path>`. */
  readonly source: string;
  /** `auto` if left out. */
  readonly encoder?: EncoderChoice;
  /** Speed setting of a software encoder; `ultrafast` for x264 if left out. */
  readonly preset?: string | undefined;
  /**
   * Minimum number of slices per picture, for players that decode them in parallel; the encoder's
   * number of threads if that is higher. Only used by x264.
   */
  readonly slices?: number | undefined;
  /** The size to which the source's pictures are scaled before encoding; not at all if left out. */
  readonly picture?: PictureSize | undefined;
  /**
   * Where a source stores permissions from its desktop, to be asked only once; nowhere if left out.
   */
  readonly dataDirectory?: string | undefined;
  /**
   * The longest time between two frames of a picture that stands still, in milliseconds: what the player
   * does not take for a freeze. 100 if left out.
   */
  readonly stillMs?: number | undefined;
};

/** Changes while a stream runs; absent values stay. */
export type Tuning = {
  readonly bitrateKbps?: number;
  readonly fps?: number;
  readonly preset?: string | undefined;
  readonly picture?: PictureSize | undefined;
};

/** A worker's activity, to explain missing frames. */
export const activities = { other: 0, capture: 1 } as const;

/** Index of the word by which the keeper signals that nobody waits any longer. */
export const cancelledWord = 1;

/** Requests of the consumer to the worker. */
export type EncodeRequest =
  | {
      readonly kind: "open";
      readonly options: EncodeOptions;
      readonly gate: SharedArrayBuffer;
      /** Two 32-bit words: one of `activities`, and 1 at `cancelledWord` once nobody waits. */
      readonly activity: SharedArrayBuffer;
      /** Ends a wait for a picture, so that requests are processed. Its keeper closes it. */
      readonly wake: WakeLink;
      /** A `SharedTime`: when a film began, by the shown pictures. */
      readonly filmStart: SharedArrayBuffer;
    }
  | { readonly kind: "idr" }
  /** The next picture should show this mark, if the source can draw one. */
  | { readonly kind: "mark"; readonly mark: number }
  | { readonly kind: "tune"; readonly tuning: Tuning }
  | { readonly kind: "mode"; readonly width: number; readonly height: number; readonly fps: number }
  | { readonly kind: "release"; readonly place: number }
  | { readonly kind: "close" };

/** A new encoder has taken over, starting with a key frame. */
export type EncoderReset = {
  readonly atUs: Micros;
  /** The differences, or how the old one failed. */
  readonly reason: Reason<"encoder_changed" | "encoder_failed">;
};

/** What a worker waits for while a stream is opened. */
export type OpeningPart = "source" | "encoder";

/** The source's picture has this size from now on. */
export type SourceResized = {
  readonly atUs: Micros;
  readonly width: number;
  readonly height: number;
};

/** The source shows nothing from now on, or something again. */
export type SourceAbsence = {
  readonly atUs: Micros;
  /** Why it shows nothing; `undefined` once it is back. */
  readonly why: AbsenceCode | undefined;
  /** After its return: how long it was away. */
  readonly ms: number;
};

/** Messages of the worker to the consumer. */
export type EncodeReport =
  | ({ readonly kind: "absence" } & SourceAbsence)
  | ({ readonly kind: "resized" } & SourceResized)
  /** The new input target: the source was opened again, or its desktop is back. */
  | { readonly kind: "input"; readonly inputTarget: InputTarget | undefined }
  /** The thread may block from now on, until the part has answered. */
  | { readonly kind: "opening"; readonly part: OpeningPart }
  /** For `auto`: the chosen source, and why earlier ones were not. */
  | {
      readonly kind: "chosen";
      readonly source: string;
      readonly passed: readonly PassedOver[];
    }
  /** A person at the desktop is being asked for the source, or has answered. */
  | { readonly kind: "asking"; readonly isAsking: boolean }
  /** `thread` is Linux's number of the encode thread, if reported. */
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
  /** The slot's memory from now on, reported before its first frame and when it had to grow. */
  | { readonly kind: "place"; readonly place: number; readonly buffer: SharedArrayBuffer }
  | { readonly kind: "frame"; readonly frame: PlacedFrame }
  | { readonly kind: "unsent"; readonly slots: UnsentSlots }
  | {
      readonly kind: "failed";
      readonly reason: string;
      readonly code?: FailureCode;
      readonly values?: FailureValues;
    };

/** Consecutive slots without a frame, reported as soon as that is known. */
export type UnsentSlots = {
  /** Number of the first. */
  readonly slot: number;
  readonly count: number;
  /** When the first was due, on the one clock, and how far apart they are. */
  readonly dueUs: number;
  readonly intervalUs: number;
  /**
   * No frame was made, or there was no room for it; `held`: the source had nothing new, and the
   * previous frame covers these slots.
   */
  readonly fate: "missed" | "dropped" | "held";
};

/** One access unit, Annex B (H.264, HEVC) or low-overhead OBUs (AV1), with where its time went. */
export type EncodedFrame = {
  /** Owned by the consumer until released; the unit is the first `byteCount` bytes. */
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
   * Of an unchanged picture: no frame is due for this long after this one's slot, unless something
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
  /** How long the encode thread waited for a core meanwhile, if the kernel reports it. */
  readonly cpuWaitUs?: number | undefined;
  /**
   * How old the picture already was when it was captured; absent for a repeat, and if no source
   * reports it.
   */
  readonly sourceAgeUs?: number | undefined;
  /** The mark that this is the first picture with, and when it came out of the encoder; absent for others. */
  readonly mark?: number | undefined;
  readonly markEncodedUs?: Micros | undefined;
  /** Mean of the picture, on the codec's own scale; absent if the encoder does not report it. */
  readonly quantiser?: number | undefined;
  /** The same in percent, on one scale for all codecs. */
  readonly quality?: number | undefined;
  /** Frames this stream lost before the channel so far, because no buffer was free. */
  readonly droppedCount: number;
  /** Slots that passed without a frame so far, because an earlier one was still being made. */
  readonly missedCount: number;
};

/** A frame on its way to the consumer, which knows the memory of each slot of the pool. */
export type PlacedFrame = Omit<EncodedFrame, "buffer"> & { readonly place: number };
