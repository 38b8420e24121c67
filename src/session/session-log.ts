/**
 * Events of a session besides its numbers, kept until the next tick and reported in one message.
 * Bounded: in a flood the newest are dropped, and counted. Called for key frames, reports and
 * requests, never for every packet.
 */
import type { Happening } from "../model/happening.ts";
import { reason } from "../model/reason.ts";

const happeningCountMax = 64;
/** A worker that has waited this long within one picture is stuck in its source. */
const stuckUs = 500_000;
/** A source that has provided nothing new for this long is starved. */
const starvedUs = 1_000_000;
/** A second in which a larger share of the slots had no frame is reported. */
const missedShareMax = 0.05;
const missedSlotsMin = 2;
const slotsWindowUs = 1_000_000;
/** While no frame comes at all it is reported after one second, then two, four and so on up to this. */
const slotsWindowUsMax = 60_000_000;
/** Fewer losses between two reports are no burst. */
const burstPacketCountMin = 4;

/** A player's report about itself; totals of the session. */
export type PlayerFacts = {
  /** Packets that went missing. */
  readonly packetsDroppedCount: number;
  /** Frames that the player could not complete: its picture is frozen until the next key frame. */
  readonly framesLostCount: number;
};

type Taken = { readonly happenings: readonly Happening[]; readonly leftOutCount: number };

/** Events of one session until the next tick, at most 64; the rest of a flood is counted. */
export class SessionLog {
  #happenings: Happening[] = [];
  #leftOutCount = 0;
  #reported: PlayerFacts = { packetsDroppedCount: 0, framesLostCount: 0 };
  #reportUs: number | undefined;
  /** When the source last provided something new, and the latest frame at all. */
  #newUs: number | undefined;
  #latestUs = 0;
  /** The source that the worker waits for, since this was first seen without a frame. */
  #waiting: { readonly source: string; readonly sinceUs: number } | undefined;
  /** When the worker was last seen waiting inside the source. */
  #waitedUs = 0;
  #isStarvationReported = false;
  /** Since when slots are counted, and the count at that time. */
  #slotsUs: number | undefined;
  #missedBefore = 0;
  #missedCount = 0;
  /** When this many were found missing: with a frame, or by the clock during a stall. */
  #missedUs = 0;
  #frameCount = 0;
  #slotsWindowUs = slotsWindowUs;

  add(happening: Happening): void {
    if (this.#happenings.length < happeningCountMax) this.#happenings.push(happening);
    else this.#leftOutCount += 1;
  }

  /**
   * Hot path: called for every frame, reads no clock and creates events only for key frames, except
   * regular ones: those would clutter the timeline.
   */
  onFrame(
    { captureStartUs, isRepeat, isKey, missedCount }: FrameFacts,
    isRegular = false,
    nowUs = captureStartUs,
  ): void {
    this.#latestUs = captureStartUs;
    this.#waiting = undefined;
    if (this.#slotsUs === undefined) this.#countSlotsFrom(captureStartUs, missedCount);
    // The clock's count during a stall may be a slot ahead of the encoder's own count.
    this.#missedCount = Math.max(this.#missedCount, missedCount);
    this.#missedUs = captureStartUs;
    this.#frameCount += 1;
    if (!isRepeat || this.#newUs === undefined) this.#onNew(nowUs);
    if (isKey && !isRegular) this.add({ atUs: captureStartUs, action: "idr_sent" });
  }

  /**
   * A few times a second. The worker may wait inside the source, and then no frame comes at all: the
   * slots that have passed by the clock are reported too.
   * @param waitsFor the source that the worker waits for
   * @param missedCount slots without a frame since the stream began
   */
  onTick(nowUs: number, waitsFor: string | undefined, missedCount = 0): void {
    if (waitsFor === undefined) this.#waiting = undefined;
    else {
      this.#waiting ??= { source: waitsFor, sinceUs: nowUs };
      this.#waitedUs = nowUs;
    }
    if (missedCount <= this.#missedCount || this.#slotsUs === undefined) return;
    this.#missedCount = missedCount;
    this.#missedUs = nowUs;
  }

  /** The whole process was stopped, which is nobody else's fault. */
  onStopped(stoppedUs: number, nowUs: number): void {
    this.add({ atUs: nowUs, action: "host_stopped", ms: Math.round(stoppedUs / 1000) });
    if (this.#newUs !== undefined) this.#newUs += stoppedUs;
  }

  /** A report of the player, or all since the last time. */
  onReport({ packetsDroppedCount, framesLostCount }: PlayerFacts, atUs: number): void {
    const packets = packetsDroppedCount - this.#reported.packetsDroppedCount;
    const frames = framesLostCount - this.#reported.framesLostCount;
    const ms = Math.round((atUs - (this.#reportUs ?? atUs)) / 1000);
    this.#reported = { packetsDroppedCount, framesLostCount };
    this.#reportUs = atUs;
    if (packets >= burstPacketCountMin) this.add({ atUs, action: "loss_burst", packets, ms });
    if (frames > 0) {
      this.add({ atUs, action: "stall", reason: reason("frames_lost", { frames }) });
    }
  }

  /** Events since the last time; `undefined` when there are none. */
  take(): Taken | undefined {
    this.#checkStarvation();
    this.#checkSlots();
    if (this.#happenings.length === 0) return undefined;
    const taken = { happenings: this.#happenings, leftOutCount: this.#leftOutCount };
    this.#happenings = [];
    this.#leftOutCount = 0;
    return taken;
  }

  #countSlotsFrom(atUs: number, missedCount: number): void {
    this.#slotsUs = atUs;
    this.#missedUs = atUs;
    this.#missedBefore = missedCount;
    this.#frameCount = 0;
  }

  /**
   * Reported for each second in which the frame rate was not reached, and more rarely during a
   * stall.
   */
  #checkSlots(): void {
    const atUs = this.#missedUs;
    const lastedUs = atUs - (this.#slotsUs ?? atUs);
    const isStalled = this.#frameCount === 0;
    const windowUs = isStalled ? this.#slotsWindowUs : slotsWindowUs;
    if (lastedUs < windowUs) return;
    // The source may have begun to hang just now: the host is not blamed before that is known.
    if (this.#mayBeStuck(atUs) && lastedUs < windowUs + stuckUs) return;
    const slots = this.#missedCount - this.#missedBefore;
    const share = slots / (slots + this.#frameCount);
    const nextUs = isStalled ? 2 * this.#slotsWindowUs : slotsWindowUs;
    this.#slotsWindowUs = Math.min(nextUs, slotsWindowUsMax);
    this.#countSlotsFrom(atUs, this.#missedCount);
    if (slots < missedSlotsMin || share <= missedShareMax) return;
    const ms = Math.round(lastedUs / 1000);
    const waiting = this.#waiting;
    if (waiting === undefined || this.#mayBeStuck(atUs)) {
      this.add({ atUs, action: "slots_missed", slots, ms });
    } else {
      this.add({ atUs, action: "slots_missed", slots, ms, source: waiting.source });
    }
  }

  #mayBeStuck(atUs: number): boolean {
    return this.#waiting !== undefined && atUs - this.#waiting.sinceUs < stuckUs;
  }

  /** Reported once each time that the source has nothing new, after a second. */
  #checkStarvation(): void {
    const atUs = Math.max(this.#latestUs, this.#waitedUs);
    const lastedUs = atUs - (this.#newUs ?? atUs);
    if (this.#isStarvationReported || lastedUs < starvedUs) return;
    this.#isStarvationReported = true;
    this.add({ atUs, action: "source_starved", ms: Math.round(lastedUs / 1000) });
  }

  #onNew(atUs: number): void {
    if (this.#isStarvationReported) {
      const ms = Math.round((atUs - (this.#newUs ?? atUs)) / 1000);
      this.add({ atUs, action: "source_resumed", ms });
    }
    this.#newUs = atUs;
    this.#isStarvationReported = false;
  }
}

type FrameFacts = {
  readonly captureStartUs: number;
  readonly isRepeat: boolean;
  readonly isKey: boolean;
  /** Slots without a frame since the stream began. */
  readonly missedCount: number;
};
