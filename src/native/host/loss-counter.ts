/**
 * What went missing between the host's kernel and the player. The player counts gaps in the
 * sequence; datagrams that the kernel refused were never sent and are subtracted again, once the
 * player's report is past them. A player's report is bounded by what was sent.
 */
import type { LossTotals } from "../../session/session-totals.ts";
import type { Report } from "../wire/messages.ts";

/** The change that a report brings. */
export type LossChange = { readonly lostCount: number; readonly settledCount: number };

type Range = { readonly end: number; readonly count: number };

const rangeCountMax = 1024;
/** A player's reported stop between two reports is limited to this. */
const pausedUsMax = 60_000_000;
/** A longer round trip is impossible: a session ends after four silent seconds. */
const rttUsMax = 60_000_000;

/** The reports of one player so far. */
export class LossCounter {
  readonly #refused: Range[] = [];
  #refusedSettledCount = 0;
  #settledCount = 0;
  /** Only grows. */
  packetsDroppedCount = 0;
  fecRecoveredCount = 0;
  framesLostCount = 0;
  idrRequestCount = 0;
  reportCount = 0;
  rttUs: number | undefined;
  /** `undefined` until the player reports it. */
  pausedUs: number | undefined;
  waitedUs: number | undefined;

  /** As samples name them. */
  totals(): LossTotals {
    return {
      packetsDropped: this.packetsDroppedCount,
      fecRecovered: this.fecRecoveredCount,
      framesLost: this.framesLostCount,
      idrRequests: this.idrRequestCount,
      reports: this.reportCount,
      playerPausedUs: this.pausedUs,
      playerWaitedUs: this.waitedUs,
    };
  }

  /** The kernel did not accept these. */
  refused(firstSequence: number, count: number): void {
    this.#refused.push({ end: firstSequence + count, count });
    if (this.#refused.length > rangeCountMax) this.#settleOldest();
  }

  /** @param sentCount sequences assigned so far: no more can be missing. */
  add(report: Report, sentCount: number): LossChange {
    const [lostBefore, settledBefore] = [this.packetsDroppedCount, this.#settledCount];
    const settled = Math.min(report.settled_sequence, sentCount);
    while ((this.#refused[0]?.end ?? Number.POSITIVE_INFINITY) <= settled) this.#settleOldest();
    const lostCount = Math.min(report.packets_lost, settled) - this.#refusedSettledCount;
    this.packetsDroppedCount = Math.max(this.packetsDroppedCount, lostCount);
    const bound = (before: number, said: number) => Math.max(before, Math.min(said, sentCount));
    this.fecRecoveredCount = bound(this.fecRecoveredCount, report.fec_recovered);
    this.framesLostCount = bound(this.framesLostCount, report.frames_lost);
    this.idrRequestCount = Math.max(this.idrRequestCount, report.idr_requests);
    const { rtt_us: rttUs } = report;
    if (rttUs !== undefined && rttUs <= rttUsMax) this.rttUs = rttUs;
    this.pausedUs = grownBy(this.pausedUs, report.paused_us);
    this.waitedUs = grownBy(this.waitedUs, report.waited_us);
    this.reportCount += 1;
    this.#settledCount = Math.max(this.#settledCount, settled - this.#refusedSettledCount);
    return {
      lostCount: this.packetsDroppedCount - lostBefore,
      settledCount: this.#settledCount - settledBefore,
    };
  }

  #settleOldest(): void {
    this.#refusedSettledCount += this.#refused.shift()?.count ?? 0;
  }
}

/** Never back, and never far ahead at once. */
function grownBy(before: number | undefined, said: number | undefined): number | undefined {
  if (said === undefined) return before;
  const known = before ?? 0;
  return Math.max(known, Math.min(said, known + pausedUsMax));
}
