/**
 * Loss that we do not cause: loss that also occurs at a much lower rate is not due to a full link.
 * Found by experiment: after a rate was lowered for a loss, further losses are counted.
 */

/** More than a random loss that parity repairs, beyond the losses of others. */
export const lossShareMax = 0.12;
/** This few are chance. */
const lostCountMin = 2;
/** Loss that parity cannot repair lowers the rate, whatever the cause. */
const otherShareMax = 0.3;
/** Packets sent at the previous rate have arrived or not, and were reported, by then. */
const settleUs = 500_000;
/** With this many packets a share is known well enough; no need to wait longer. */
const packetCountMin = 80;
const probeUsMax = 2_000_000;
/**
 * If this much of the share remains we did not cause it: a full link would lose almost nothing
 * then.
 */
const sameShare = 0.7;
/** One report may be chance: the mean over this time counts. */
const meanUs = 3_000_000;

export type Counts = { readonly expectedCount: number; readonly receivedCount: number };
/** A rate was lowered for this share of loss. */
type Probe = {
  readonly fromKbps: number;
  readonly share: number;
  sinceUs: number | undefined;
  lostCount: number;
  expectedCount: number;
};

/** Owns nothing; all calls in order of time. */
export class OtherLoss {
  /** Share that is lost at any rate. */
  #share = 0;
  /** The same for the last seconds, whatever the cause. */
  #mean = 0;
  #reportUs = 0;
  #probe: Probe | undefined;

  /** More loss than by chance and others: the link is full. Not while that is being found out. */
  isTooMuch({ expectedCount, receivedCount }: Counts): boolean {
    if (this.#probe !== undefined) return false;
    const lostCount = expectedCount - receivedCount;
    return lostCount > lostCountMin && lostCount > expectedCount * (lossShareMax + this.#share);
  }

  /** The rate is lowered from this one, because this many were lost. */
  begin(fromKbps: number, { expectedCount, receivedCount }: Counts): void {
    const share = (expectedCount - receivedCount) / expectedCount;
    this.#probe = { fromKbps, share, sinceUs: undefined, lostCount: 0, expectedCount: 0 };
  }

  /**
   * Arrivals since the last call, while the rate is not falling.
   * @returns the previous rate, if lowering it turns out to be useless
   */
  add(atUs: number, counts: Counts): number | undefined {
    const probe = this.#probe;
    const sinceUs = atUs - this.#reportUs;
    this.#reportUs = atUs;
    if (probe === undefined) this.#forget(sinceUs, counts);
    else if (probe.sinceUs === undefined) probe.sinceUs = atUs + settleUs;
    else if (atUs > probe.sinceUs) return this.#count(probe, probe.sinceUs, { atUs, ...counts });
    return undefined;
  }

  #count(probe: Probe, sinceUs: number, report: Counts & { atUs: number }): number | undefined {
    probe.expectedCount += report.expectedCount;
    probe.lostCount += report.expectedCount - report.receivedCount;
    const isLong = report.atUs - sinceUs >= probeUsMax && probe.expectedCount > 0;
    if (probe.expectedCount < packetCountMin && !isLong) return undefined;
    this.#probe = undefined;
    const share = probe.lostCount / probe.expectedCount;
    if (share < sameShare * probe.share || share > otherShareMax) return undefined;
    this.#share = share;
    this.#mean = share;
    return probe.fromKbps;
  }

  #forget(sinceUs: number, { expectedCount, receivedCount }: Counts): void {
    if (expectedCount === 0) return;
    const share = (expectedCount - receivedCount) / expectedCount;
    this.#mean += (share - this.#mean) * Math.min(1, sinceUs / meanUs);
    this.#share = Math.min(this.#share, this.#mean);
  }
}
