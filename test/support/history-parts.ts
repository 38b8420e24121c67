/** A history in a directory, with a clock that a test moves and a session that writes rows. */

import { readdirSync } from "node:fs";
import { makeRowMemory, RowWriter } from "../../src/frames/row-writer.ts";
import { concatTables } from "../../src/frames/table.ts";
import { History, type HistoryOptions } from "../../src/history/history.ts";
import type { HistoryPart } from "../../src/history/read-range.ts";
import type { RetentionLimits } from "../../src/history/retention.ts";
import { decodeSegment } from "../../src/history/segment.ts";
import type { CaptureSession } from "../../src/model/capture.ts";
import { ManualScheduler } from "./manual-scheduler.ts";

export const dayMs = 24 * 60 * 60 * 1000;
export const generous: RetentionLimits = { ageMsMax: 7 * dayMs, bytesMax: 1e9 };
const frameMs = 20;

export async function openHistory(
  directory: string,
  {
    limits = generous,
    scheduler = new ManualScheduler(),
    ...later
  }: Partial<
    Pick<HistoryOptions, "limits" | "cleanAfterMs" | "sync" | "beforeCleaning" | "beside">
  > & {
    scheduler?: ManualScheduler;
  } = {},
) {
  const { clock } = scheduler;
  const given = { directory, clock, scheduler, hostName: "here", limits, ...later };
  const history = await History.open(given);
  const close = () => history[Symbol.asyncDispose]();
  return { history, scheduler, clock, [Symbol.asyncDispose]: close };
}

export function session(session_id: number): CaptureSession {
  const mode = { width: 1280, height: 720, fps: 50, codec: "h264" };
  return { session_id, kind: "native", ...mode, client: "player" };
}

/** Plays `frameCount` frames at 50 a second; the time of the test moves with them. */
export class Playing {
  readonly writer: RowWriter;
  readonly #scheduler: ManualScheduler;
  readonly memory = makeRowMemory();
  frame = 0;

  constructor(scheduler: ManualScheduler) {
    this.#scheduler = scheduler;
    this.writer = new RowWriter(this.memory);
  }

  play(frameCount: number): void {
    for (let count = 0; count < frameCount; count++, this.frame++) {
      const dueUs = this.#scheduler.clock.nowUs();
      Object.assign(this.writer.draft, { frame: this.frame, dueUs, encodeUs: 1000 + this.frame });
      this.writer.write();
      this.#scheduler.advanceMs(frameMs);
    }
  }
}

/** All parts of a range as one. */
export async function readAll(parts: AsyncGenerator<HistoryPart>) {
  const all: HistoryPart[] = [];
  for await (const part of parts) all.push(part);
  return {
    parts: all,
    rows: concatTables(all.map(({ rows }) => rows)),
    samples: all.flatMap(({ samples }) => samples),
    events: all.flatMap(({ events }) => events),
    checkpoints: all.flatMap(({ checkpoints }) => checkpoints),
  };
}

export const everything = { fromUs: 0, toUs: Number.POSITIVE_INFINITY };

/** Names of the segments in a directory, oldest first. */
export function segmentsIn(directory: string): string[] {
  return readdirSync(directory)
    .filter((name) => name.endsWith(".hist"))
    .sort();
}

/** Rows in the whole batches of a segment. */
export function rowCountOf(bytes: Uint8Array): number {
  const records = decodeSegment(bytes)?.records ?? [];
  const counts = records.map((record) => (record.kind === "rows" ? record.rows.count : 0));
  return counts.reduce((sum, count) => sum + count, 0);
}

/** The same with one session, 1, whose frames are played. */
export async function openPlaying(...given: Parameters<typeof openHistory>) {
  const opened = await openHistory(...given);
  const playing = new Playing(opened.scheduler);
  opened.history.startSession(session(1), playing.memory);
  return { ...opened, playing };
}

/** As a segment has it: its length, its sum, packed. */
export function batchOf(plain: Uint8Array): Uint8Array {
  const packed = Bun.zstdCompressSync(plain, { level: 1 });
  const batch = Buffer.alloc(8 + packed.length);
  batch.writeUInt32LE(packed.length, 0);
  batch.writeUInt32LE(Bun.hash.crc32(packed), 4);
  batch.set(packed, 8);
  return batch;
}
