/**
 * Hot path: what a session's end knows of one frame, from its slot on the grid until the last of it
 * was handed over. One object is made for each session and filled again for every frame: the one that is
 * given it takes the numbers out at once. Samples and rows are made from it and nothing else.
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
  /** How long the encode thread could have run and did not; `undefined` where it is not known. */
  cpuWaitUs: number | undefined;
  /** How old the picture was when capture began; `undefined` where the source does not tell. */
  sourceAgeUs: number | undefined;
  /** Of the encoder, and in percent; `undefined` where it does not tell. */
  quantiser: number | undefined;
  quality: number | undefined;
  /** The sender began with it. */
  takenUs: number;
  /** Its datagrams were ready; as `takenUs` where they are made while they leave. */
  packetizedUs: number;
  /** The last of it was handed to the kernel, or to the slowest viewer that did not skip it. */
  handedUs: number;
  /** Media payload that was handed over. */
  byteCount: number;
  /** Datagrams with media, and with parity; 0 on a path without datagrams. */
  packetCount: number;
  parityCount: number;
  /** Datagrams of either kind that the kernel did not take. */
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

/** What the encoder said of a frame; everything that the sender adds begins at nothing. */
export type RecordedFrame = Omit<
  EncodedFrame,
  "buffer" | "byteCount" | "index" | "droppedCount" | "missedCount"
>;

/** Begins the record of a frame that the sender takes now, or drops. */
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
