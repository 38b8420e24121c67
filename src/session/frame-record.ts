/**
 * Hot path: the host's data of one frame, from its slot on the grid until its last part was handed
 * over. One object is made per session and refilled for every frame: its receiver reads the numbers
 * at once. Samples and rows are made only from it.
 */
import type { FrameFate } from "../model/frames.ts";
import type { EncodedFrame } from "../video/link.ts";

/** Times are on the one clock, in microseconds. */
export type FrameRecord = {
  /** Number of its slot on the stream's grid. */
  slot: number;
  /** When the slot was due. */
  dueUs: number;
  fate: FrameFate;
  isKey: boolean;
  isRepeat: boolean;
  /** Without it `captureUs`, `submitUs` and `encodeUs` are not known. */
  isMeasured: boolean;
  captureStartUs: number;
  /** Stage times of the encode worker. */
  captureUs: number;
  submitUs: number;
  encodeUs: number;
  /** How long the encode thread waited for a core; `undefined` if unknown. */
  cpuWaitUs: number | undefined;
  /** How old the picture was when capture began; `undefined` if the source does not report it. */
  sourceAgeUs: number | undefined;
  /** As reported by the encoder, in percent; `undefined` if it does not report it. */
  quantiser: number | undefined;
  quality: number | undefined;
  /** The sender started with it. */
  takenUs: number;
  /** Its datagrams were ready; equal to `takenUs` if they are made while being sent. */
  packetizedUs: number;
  /** The last of it was handed to the kernel, or to the slowest viewer that did not skip it. */
  handedUs: number;
  /** Media payload that was handed over. */
  byteCount: number;
  /** Datagrams with media, and with parity; 0 on a path without datagrams. */
  packetCount: number;
  parityCount: number;
  /** Datagrams of either kind that the kernel refused. */
  refusedCount: number;
};

/** A record to be filled by `fillRecord`. */
export function emptyRecord(): FrameRecord {
  return {
    slot: 0,
    dueUs: 0,
    fate: "sent",
    isKey: false,
    isRepeat: false,
    isMeasured: false,
    captureStartUs: 0,
    captureUs: 0,
    submitUs: 0,
    encodeUs: 0,
    cpuWaitUs: undefined,
    sourceAgeUs: undefined,
    quantiser: undefined,
    quality: undefined,
    takenUs: 0,
    packetizedUs: 0,
    handedUs: 0,
    byteCount: 0,
    packetCount: 0,
    parityCount: 0,
    refusedCount: 0,
  };
}

/** The encoder's data of a frame; all fields of the sender are reset. */
export type RecordedFrame = Omit<
  EncodedFrame,
  "buffer" | "byteCount" | "index" | "droppedCount" | "missedCount"
>;

/** Starts the record of a frame that the sender takes now, or drops. */
export function fillRecord(record: FrameRecord, frame: RecordedFrame, takenUs: number): void {
  record.slot = frame.slot;
  record.dueUs = frame.dueUs;
  record.fate = "sent";
  record.isKey = frame.isKey;
  record.isRepeat = frame.isRepeat;
  record.isMeasured = frame.isMeasured;
  record.captureStartUs = frame.captureStartUs;
  record.captureUs = frame.captureUs;
  record.submitUs = frame.submitUs;
  record.encodeUs = frame.encodeUs;
  record.cpuWaitUs = frame.cpuWaitUs;
  record.sourceAgeUs = frame.sourceAgeUs;
  record.quantiser = frame.quantiser;
  record.quality = frame.quality;
  record.takenUs = takenUs;
  record.packetizedUs = takenUs;
  record.handedUs = takenUs;
  record.byteCount = 0;
  record.packetCount = 0;
  record.parityCount = 0;
  record.refusedCount = 0;
}

/**
 * Hot path: capture, submit, encode and sending, which lasts until the frame is handed over; sealing is
 * part of it.
 */
export function stageTimes(record: FrameRecord, times: Float64Array): void {
  times[0] = record.captureUs;
  times[1] = record.submitUs;
  times[2] = record.encodeUs;
  times[3] = record.handedUs - record.takenUs;
}
