/**
 * Hot path: writes one fixed-size row for each slot of a session's grid into shared memory. One
 * thread writes, the sender's; nothing is allocated, awaited or locked. What a player reports later
 * is joined to the row by its slot number until the row is final.
 */
import { assert } from "../base/assert.ts";
import {
  absentMark,
  absentWord,
  beginWord,
  columnsWord,
  endWord,
  fateIndex,
  finalUs,
  hostWordColumns,
  keyBit,
  type LateColumn,
  lateWordColumns,
  refusedWord,
  repeatBit,
  reportedBit,
  ringHeadBytes,
  ringRowCount,
  rowBytes,
  rowWords,
  writtenWord,
} from "./row-layout.ts";

const headWords = ringHeadBytes / Uint32Array.BYTES_PER_ELEMENT;
const refusedFate = fateIndex("refused");
const lostFate = fateIndex("lost");
const ringMask = ringRowCount - 1;
const lateWord = columnsWord + hostWordColumns.length;
const isTime = lateWordColumns.map((name) => name.endsWith("_us"));
/**
 * A player's clock is estimated over the link, and a picture is shown a moment after it is
 * reported.
 */
const clockErrorUs = 500_000;

/**
 * The host's data of a slot. Times in whole microseconds; `absentMark` if the path has no such
 * stage or did not measure it. Filled again for each row, never replaced.
 */
export type RowDraft = {
  frame: number;
  /** On the one clock. */
  dueUs: number;
  /** Index in `frameFates`. */
  fate: number;
  isRepeat: boolean;
  isKey: boolean;
  waitUs: number;
  captureUs: number;
  submitUs: number;
  encodeUs: number;
  packetizeUs: number;
  sendUs: number;
  queueUs: number;
  gapUs: number;
  cpuWaitUs: number;
  sourceAgeUs: number;
  bytes: number;
  packets: number;
  parity: number;
  quantiser: number;
  /** Percent. */
  quality: number;
};

/** A player's report of one frame; absent values stay unchanged. */
export type LateFacts = Partial<Record<LateColumn, number>> & { readonly isLost?: boolean };

/** The part of a row that reports refer to. */
export type WrittenFacts = {
  /** The kernel did not accept all of it. */
  readonly isRefused: boolean;
  readonly waitUs: number;
  readonly packets: number | undefined;
  readonly parity: number | undefined;
};

/** Consecutive slots of one kind, none of which was sent: no times but when they were due. */
export type RowGap = {
  readonly frame: number;
  readonly count: number;
  readonly dueUs: number;
  readonly intervalUs: number;
  /** Index in `frameFates`. */
  readonly fate: number;
  /** Nothing was new at the source, and nothing had to be sent: no bytes, no packets. */
  readonly isHeld?: boolean;
};

/** Memory for the rows of one session. */
export function makeRowMemory(): SharedArrayBuffer {
  return new SharedArrayBuffer(ringHeadBytes + ringRowCount * rowBytes);
}

/** Offsets of the sizes in a row: bytes, packets, parity. */
const bytesWord = columnsWord + hostWordColumns.indexOf("bytes");
const parityWord = columnsWord + hostWordColumns.indexOf("parity");

/** The sender’s end of a session’s ring. The only writer of its memory. */
export class RowWriter {
  /** To be filled before `write`. */
  readonly draft: RowDraft = emptyDraft();
  /** Signed: all that is stored is a small whole number then, and needs no conversion. */
  readonly #words: Int32Array;
  readonly #floats: Float64Array;
  #end = 0;

  constructor(memory: SharedArrayBuffer) {
    this.#words = new Int32Array(memory);
    this.#floats = new Float64Array(memory);
  }

  /** Measuring begins, or begins again, with slot `frame`: no row before it is still to come. */
  begin(frame: number): void {
    this.#words[beginWord] = frame;
  }

  /** Writes the draft into the row of its slot. */
  write(): void {
    const row = this.draft;
    const words = this.#words;
    const frame = row.frame | 0;
    const at = headWords + (frame & ringMask) * rowWords;
    words[at] = 0;
    words[at + 1] = row.fate | (row.isRepeat ? repeatBit : 0) | (row.isKey ? keyBit : 0);
    this.#floats[(at + 2) >> 1] = row.dueUs;
    words[at + 4] = row.waitUs;
    words[at + 5] = row.captureUs;
    words[at + 6] = row.submitUs;
    words[at + 7] = row.encodeUs;
    words[at + 8] = row.packetizeUs;
    words[at + 9] = row.sendUs;
    words[at + 10] = row.queueUs;
    words[at + 11] = row.gapUs;
    words[at + 12] = row.cpuWaitUs;
    words[at + 13] = row.sourceAgeUs;
    words[at + 14] = row.bytes;
    words[at + 15] = row.packets;
    words[at + 16] = row.parity;
    words[at + 17] = row.quantiser;
    words[at + 18] = row.quality;
    this.#publish(at, frame);
  }

  /** Writes a row for each slot of the gap; for one longer than the ring only the newest. */
  writeGap(gap: RowGap): void {
    const first = gap.frame + Math.max(0, gap.count - ringRowCount);
    const end = gap.frame + gap.count;
    for (let frame = first; frame < end; frame++) {
      const at = headWords + (frame % ringRowCount) * rowWords;
      this.#words.fill(absentMark, at + columnsWord, at + rowWords);
      this.#words[at] = 0;
      this.#words[at + 1] = gap.isHeld === true ? gap.fate | repeatBit : gap.fate;
      if (gap.isHeld === true) this.#words.fill(0, at + bytesWord, at + parityWord + 1);
      this.#words[at + columnsWord] = 0;
      this.#floats[(at + 2) / 2] = Math.round(gap.dueUs + (frame - gap.frame) * gap.intervalUs);
      this.#publish(at, frame);
    }
  }

  /**
   * Joins the player's report of a frame; a time that is not known yet is left out.
   * @returns false when the row is final, gone, or was never written; it is counted.
   */
  addLate(frame: number, facts: LateFacts, nowUs: number): boolean {
    const words = this.#words;
    const at = headWords + (frame % ringRowCount) * rowWords;
    const dueUs = this.#floats[(at + 2) / 2] ?? 0;
    if (words[at] !== frame + 1 || nowUs - dueUs > finalUs) {
      words[refusedWord] = (words[refusedWord] ?? 0) + 1;
      return false;
    }
    this.#openLate(at);
    const agoUs = nowUs - dueUs + clockErrorUs;
    for (let column = 0; column < lateWordColumns.length; column++) {
      const value = facts[lateWordColumns[column] ?? "lost_packets"];
      if (value === undefined || (isTime[column] === true && value > agoUs)) continue;
      words[at + lateWord + column] = clampWord(value);
    }
    if (facts.isLost === true) words[at + 1] = ((words[at + 1] ?? 0) & ~0xff) | lostFate;
    return true;
  }

  /** With the first report the player's words belong to this row; `write` leaves them unchanged. */
  #openLate(at: number): void {
    const kind = this.#words[at + 1] ?? 0;
    if ((kind & reportedBit) !== 0) return;
    this.#words.fill(absentMark, at + lateWord, at + rowWords);
    this.#words[at + 1] = kind | reportedBit;
  }

  /** The host's data of a slot that may still change; `undefined` when its row is gone. */
  written(frame: number): WrittenFacts | undefined {
    const words = this.#words;
    const at = headWords + (frame % ringRowCount) * rowWords;
    if (words[at] !== frame + 1) return undefined;
    const isRefused = ((words[at + 1] ?? 0) & 0xff) === refusedFate;
    return {
      isRefused,
      waitUs: (words[at + 4] ?? 0) >>> 0,
      packets: known(words[at + 15]),
      parity: known(words[at + 16]),
    };
  }

  #publish(at: number, frame: number): void {
    this.#words[at] = frame + 1;
    this.#words[writtenWord] = (this.#words[writtenWord] ?? 0) + 1;
    if (frame >= this.#end) {
      this.#end = frame + 1;
      Atomics.store(this.#words, endWord, frame + 1);
    }
  }
}

function known(word: number | undefined): number | undefined {
  return word === absentMark || word === undefined ? undefined : word >>> 0;
}

/** A player's value fits a word, and is never mistaken for "not measured". */
function clampWord(value: number): number {
  assert(value >= 0, "a fact of a player is checked before it is joined");
  return Math.min(Math.round(value), absentWord - 1);
}

function emptyDraft(): RowDraft {
  return {
    frame: 0,
    dueUs: 0,
    fate: 0,
    isRepeat: false,
    isKey: false,
    waitUs: 0,
    captureUs: absentMark,
    submitUs: absentMark,
    encodeUs: absentMark,
    packetizeUs: absentMark,
    sendUs: absentMark,
    queueUs: absentMark,
    gapUs: absentMark,
    cpuWaitUs: absentMark,
    sourceAgeUs: absentMark,
    bytes: absentMark,
    packets: absentMark,
    parity: absentMark,
    quantiser: absentMark,
    quality: absentMark,
  };
}
