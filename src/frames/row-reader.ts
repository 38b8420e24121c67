/**
 * Reads a session's rows from shared memory, on main, once a window: each row once as the host
 * wrote it, and once more with the player's report, when it is final. Rows that were overwritten
 * before they were read are counted.
 */
import type { FrameColumnName, FrameTable } from "../model/frames.ts";
import {
  absentWord,
  beginWord,
  columnsWord,
  endWord,
  finalUs,
  hostWordColumns,
  keyBit,
  refusedWord,
  repeatBit,
  reportedBit,
  ringHeadBytes,
  ringRowCount,
  rowWords,
  wordColumns,
  writtenWord,
} from "./row-layout.ts";
import { makeColumns, sliceTable, type TableColumns } from "./table.ts";

const headWords = ringHeadBytes / Uint32Array.BYTES_PER_ELEMENT;

/** `due_us` of both is on the one clock. */
export type ReadRows = {
  /** Rows since the last read; players' reports are not included yet. */
  readonly written: FrameTable;
  /** Rows that have become final since then, complete. */
  readonly final: FrameTable;
};

/**
 * Main’s end of a session’s ring: reads what is new and what has become final. One for each
 * session.
 */
export class RowReader {
  /** Rows that were overwritten before they were read. */
  overwrittenCount = 0;
  readonly #sessionId: number;
  readonly #words: Uint32Array;
  readonly #floats: Float64Array;
  #nextWritten = 0;
  #nextFinal = 0;
  #readCount = 0;

  constructor(memory: SharedArrayBuffer, sessionId: number) {
    this.#sessionId = sessionId;
    this.#words = new Uint32Array(memory);
    this.#floats = new Float64Array(memory);
  }

  /** Reports of players that arrived too late. */
  get refusedCount(): number {
    return this.#words[refusedWord] ?? 0;
  }

  /** @param nowUs on the one clock; `Infinity` after the session's end: all rows are final then. */
  read(nowUs: number): ReadRows {
    const writtenCount = this.#words[writtenWord] ?? 0;
    const end = Atomics.load(this.#words, endWord);
    const written = this.#readWritten(end, nowUs);
    this.#readCount += written.count;
    const isWhole = this.#nextWritten === end;
    if (isWhole) {
      this.overwrittenCount = Math.max(this.overwrittenCount, writtenCount - this.#readCount);
    }
    return { written, final: this.#readFinal(nowUs) };
  }

  /** Rows that are not final yet, with the reports so far. They are read again. */
  peek(): FrameTable {
    const columns = makeColumns(Math.max(0, this.#nextWritten - this.#nextFinal));
    let count = 0;
    for (let frame = this.#nextFinal; frame < this.#nextWritten; frame++) {
      if (this.#readRow(frame, columns, count)) count += 1;
    }
    return cut(columns, count);
  }

  #readWritten(end: number, nowUs: number): FrameTable {
    let frame = Math.max(this.#nextWritten, end - ringRowCount);
    const columns = makeColumns(Math.max(0, end - frame));
    let count = 0;
    while (frame < end) {
      if (this.#readRow(frame, columns, count)) {
        count += 1;
        frame += 1;
      } else {
        const next = this.#afterHole(frame, end, nowUs);
        if (next === undefined) break;
        frame = next;
      }
    }
    this.#nextWritten = Math.max(this.#nextWritten, frame);
    return cut(columns, count);
  }

  #readFinal(nowUs: number): FrameTable {
    const first = Math.max(this.#nextFinal, this.#nextWritten - ringRowCount);
    const columns = makeColumns(this.#nextWritten - first);
    let count = 0;
    let frame = first;
    for (; frame < this.#nextWritten; frame++) {
      if (!this.#readRow(frame, columns, count)) continue;
      if (nowUs - (columns.due_us[count] ?? 0) <= finalUs) break;
      count += 1;
    }
    this.#nextFinal = frame;
    return cut(columns, count);
  }

  /** False when the row does not exist, or was overwritten while it was read. */
  #readRow(frame: number, columns: TableColumns, place: number): boolean {
    const words = this.#words;
    const at = headWords + (frame % ringRowCount) * rowWords;
    if (words[at] !== frame + 1) return false;
    const kind = words[at + 1] ?? 0;
    columns.session_id[place] = this.#sessionId;
    columns.frame[place] = frame;
    columns.due_us[place] = this.#floats[(at + 2) / 2] ?? Number.NaN;
    columns.fate[place] = kind & 0xff;
    columns.repeat[place] = kind & repeatBit ? 1 : 0;
    columns.key[place] = kind & keyBit ? 1 : 0;
    const knownCount = kind & reportedBit ? wordColumns.length : hostWordColumns.length;
    for (let column = 0; column < wordColumns.length; column++) {
      const name: FrameColumnName = wordColumns[column] ?? "wait_us";
      const word = column < knownCount ? words[at + columnsWord + column] : absentWord;
      columns[name][place] = known(word);
    }
    return words[at] === frame + 1;
  }

  /**
   * The next slot with a row. `undefined` while the row at `frame` may still arrive: a frame can be
   * in its sender when a later one has already been dropped. After a later one is final it never
   * arrives.
   */
  #afterHole(frame: number, end: number, nowUs: number): number | undefined {
    const words = this.#words;
    const begin = words[beginWord] ?? 0;
    for (let next = frame + 1; next < end; next++) {
      const at = headWords + (next % ringRowCount) * rowWords;
      if (words[at] !== next + 1) continue;
      const isFinal = nowUs - (this.#floats[(at + 2) / 2] ?? 0) > finalUs;
      return isFinal || next <= begin ? next : undefined;
    }
    return undefined;
  }
}

function known(word = absentWord): number {
  return word === absentWord ? Number.NaN : word;
}

/** The first `count` rows of columns that have room for more. */
function cut(columns: TableColumns, count: number): FrameTable {
  return sliceTable({ count: columns.frame.length, columns }, 0, count);
}
