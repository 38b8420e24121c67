/**
 * Loss that is not of our making: what is lost at a much lower rate as well was not lost because a link was full.
 * Found by trying: where a rate was lowered for a loss, what gets lost afterwards is counted.
 */

/** More than a random loss that parity mends, beyond what is lost anyhow. */
export const lossShareMax = 0.12;
/** So few are chance. */
const lostCountMin = 2;
/** What parity cannot mend is given way to, whatever makes it. */
const otherShareMax = 0.3;
/** What was sent at the rate before has arrived or not, and was reported, by then. */
const settleUs = 500_000;
/** Of so many packets a share is known well enough; not waited for longer than this. */
const packetCountMin = 80;
const probeUsMax = 2_000_000;
/** A share that so much is left of was not of our making: a link that is full loses next to nothing then. */
const sameShare = 0.7;
/** Chance in one report is no end of it: the mean of so long is. */
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
  /** Of what is sent, lost whatever the rate is. */
  #share = 0;
  /** The same of the last seconds, however it came. */
  #mean = 0;
  #reportUs = 0;
  #probe: Probe | undefined;

  /** More is lost than chance and others lose: the link is full. Not while that is being found out. */
  isTooMuch({ expectedCount, receivedCount }: Counts): boolean {
    if (this.#probe !== undefined) return false;
    const lostCount = expectedCount - receivedCount;
    return lostCount > lostCountMin && lostCount > expectedCount * (lossShareMax + this.#share);
  }

  /** The rate is lowered from this one, because so many got lost. */
  begin(fromKbps: number, { expectedCount, receivedCount }: Counts): void {
    const share = (expectedCount - receivedCount) / expectedCount;
    this.#probe = { fromKbps, share, sinceUs: undefined, lostCount: 0, expectedCount: 0 };
  }

  /**
   * What arrived since the last call, at a rate that does not fall at the moment.
   * @returns the rate of before, once it shows that lowering it was for nothing
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
