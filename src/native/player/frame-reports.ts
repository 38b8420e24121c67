/**
 * Per frame: the fate of each frame, for the reports: how many datagrams, how many shards were
 * rebuilt, when it was complete. A frame is reported once, when nothing of it can arrive any more
 * except very late; the host knows how many datagrams it had.
 */
import type { FrameReport } from "../wire/messages.ts";
import type { ShardHeader } from "../wire/packet.ts";

/** Two seconds at 240 frames a second. */
const frameCountMax = 512;
/** After a later frame began: patience for a frame, and reordering beyond it. */
const settleUs = 150_000;
/** Per report; a stopped player drops the oldest. */
export const reportFrameCountMax = 480;
const notComplete = -1;
const noClock = -2;
/** Nothing of the first block arrived. */
const headAway = 0xffff;

/** Where a datagram belongs. */
type Place = Pick<ShardHeader, "frame" | "block" | "shard">;

/** Holds the last 512 frames. */
export class FrameReports {
  readonly #frames = new Float64Array(frameCountMax).fill(-1);
  readonly #arrived = new Uint16Array(frameCountMax);
  readonly #rebuilt = new Uint16Array(frameCountMax);
  /** The first datagram of the first block that arrived: those before it were lost. */
  readonly #head = new Uint16Array(frameCountMax);
  /** From capture until complete. */
  readonly #completeUs = new Float64Array(frameCountMax);
  readonly #seenUs = new Float64Array(frameCountMax);
  /** The frame to report next, and the highest that began, plus one. */
  #next = 0;
  #end = 0;

  /** An authentic datagram of a frame arrived. */
  onShard({ frame, block, shard }: Place, nowUs: number): void {
    if (frame < this.#next) return;
    const place = frame % frameCountMax;
    if (this.#frames[place] !== frame) this.#open(frame, place, nowUs);
    this.#arrived[place] = (this.#arrived[place] ?? 0) + 1;
    if (block === 0 && shard < (this.#head[place] ?? 0)) this.#head[place] = shard;
  }

  /** @param latencyUs from capture until now; `undefined` while the host's clock is unknown */
  onComplete(frame: number, latencyUs: number | undefined, rebuiltCount: number): void {
    const place = frame % frameCountMax;
    if (this.#frames[place] !== frame) return;
    this.#completeUs[place] = latencyUs === undefined ? noClock : Math.round(latencyUs);
    this.#rebuilt[place] = rebuiltCount;
  }

  /** New reports; `undefined` when there are none. */
  take(nowUs: number): FrameReport | undefined {
    const first = Math.max(this.#next, this.#end - frameCountMax);
    const end = Math.min(this.#settledEnd(first, nowUs), first + reportFrameCountMax);
    this.#next = end;
    if (end <= first) return undefined;
    const frames = Array.from({ length: end - first }, (_, index) => first + index);
    const of = (values: Uint16Array, frame: number) =>
      this.#has(frame) ? (values[frame % frameCountMax] ?? 0) : 0;
    return {
      first,
      arrived: frames.map((frame) => of(this.#arrived, frame)),
      rebuilt: frames.map((frame) => of(this.#rebuilt, frame)),
      lost_head: frames.map((frame) => of(this.#head, frame)),
      complete_us: frames.map((frame) =>
        this.#has(frame) ? (this.#completeUs[frame % frameCountMax] ?? notComplete) : notComplete,
      ),
    };
  }

  #open(frame: number, place: number, nowUs: number): void {
    this.#frames[place] = frame;
    this.#arrived[place] = 0;
    this.#rebuilt[place] = 0;
    this.#head[place] = headAway;
    this.#completeUs[place] = notComplete;
    this.#seenUs[place] = nowUs;
    this.#end = Math.max(this.#end, frame + 1);
  }

  #has(frame: number): boolean {
    return this.#frames[frame % frameCountMax] === frame;
  }

  /** Up to the first frame after which none began long enough ago. */
  #settledEnd(first: number, nowUs: number): number {
    for (let frame = this.#end - 1; frame > first; frame--) {
      const isOld = nowUs - (this.#seenUs[frame % frameCountMax] ?? nowUs) >= settleUs;
      if (this.#has(frame) && isOld) return frame;
    }
    return first;
  }
}
