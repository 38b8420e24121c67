/**
 * The rate that a link carries, worked out from what arrives: a pure controller, a report of
 * arrivals in, a rate out. One for each session.
 *
 * Delay first: a queue that grows before the narrowest link says that more is sent than it carries,
 * and what arrives meanwhile is what it carries. Loss second, and only much of it: a link that
 * loses two of a hundred packets at random carries as much as one that loses none, and so does one
 * that loses fifteen, which shows once less is sent.
 */

import { OtherLoss } from "./other-loss.ts";

/** Arrivals since the last report, as reported by the player. */
export type Arrivals = {
  readonly atUs: number;
  /**
   * One way, on two clocks: only its changes are meaningful. `undefined` if it was not measured, as
   * by a player that was late itself.
   */
  readonly delayUs: number | undefined;
  /** Since the last report: arrived datagrams, and how many were in transit. */
  readonly byteCount: number;
  readonly receivedCount: number;
  readonly expectedCount: number;
};

export type LinkRateOptions = {
  /** All datagrams together, kbit/s: the controller stays within these limits. */
  readonly ceilingKbps: number;
  readonly floorKbps: number;
};

/** Averaging time of arrivals: half of it is the delay of noticing a change. */
const windowUs = 150_000;
/**
 * The shortest delay within this time is that of the empty link. Clocks drift at most 50 µs per
 * second.
 */
const baseUs = 20_000_000;
/** This long in each of that many reports: bursts disappear in between. */
export const standingUs = 14_000;
const standingCount = 3;
/**
 * Streams that share a link send in bursts, some always just after another's: these see a longer
 * queue than the others, and would yield alone. So below its ceiling a stream with more than this
 * share of the reference yields to a shorter queue, one with less to a longer one.
 */
const evenShare = 0.34;
const standingUsMin = 6000;
const standingUsMax = 50_000;
/**
 * A queue shorter than `standingUs` counts only above the shortest delay of this time: a slightly
 * longer, constant delay is not our queue, and the bitrate would be lowered repeatedly.
 */
const recentBaseUs = 1_500_000;
/**
 * The reference is the requested rate, within these bounds: nearly the same for all, or a stream
 * with a high request would take from one with a low request. It is not exactly the same because a
 * faster link has more to share, and higher requests are more likely on one.
 */
const referenceKbpsMin = 11_000;
const referenceKbpsMax = 20_000;
/** This long in one report; the inherent delay of a wireless link is added. */
const plainUs = 50_000;
const jitterFactor = 3;
/** Of the change between reports: three seconds. */
const jitterGain = 0.02;
const lossPacketsMin = 12;
/**
 * Of the arrival rate: less while the queue exists, so that it drains, slightly less afterwards.
 */
const drainShare = 0.6;
const steadyShareMin = 0.72;
const steadyShareMax = 0.97;
/** The effect of a change cannot be seen earlier. */
const reactionUs = 250_000;
/** Time for a first reliable arrival rate. */
const settleUs = 90_000;
const drainUsMax = 4_000_000;
/** The queue is gone. */
const drainedUs = 8_000;
/**
 * Growth per second, as shares of the rate: away from the last overload, and close to it. There a
 * stream with less than this share of the reference grows faster.
 */
const growthFar = 0.35;
const growthNearLeast = 0.04;
const growthNearMost = 0.18;
const growthNearShare = 0.55;
/** Of the requested rate: the rest of the reference counts beyond it. */
const roomShareMax = 0.7;
/** Quiet for this long before anything grows. */
const holdUs = 700_000;
/**
 * A link that is repeatedly full: no more is tried for this long, later longer, by a stream with
 * this share of the reference; within bounds, less by one with less.
 */
const settledUs = 2_500_000;
const settledUsMax = 4_000_000;
const settledShare = 0.4;
const settledFactorMin = 0.2;
const settledFactorMax = 1.5;
/** After this it counts as full for the first time. */
const forgetUs = 200_000_000;
const sameShare = 0.1;
/** A sender that uses less than this share of its rate says nothing about the link. */
const usedShareMin = 0.6;

/** The queue is being drained; the capacity of the link, as far as known. */
type Drain = { readonly sinceUs: number; carriedKbps: number; byteCount: number };

/** Owns nothing; all calls in order of time. */
export class LinkRate {
  readonly #options: LinkRateOptions;
  readonly #window: Arrivals[] = [];
  readonly #bases: { atUs: number; delayUs: number }[] = [];
  #ceilingKbps: number;
  #rateKbps: number;
  #jitterUs = 0;
  #queueUs = 0;
  #grownUs: number | undefined;
  #loweredUs = Number.NEGATIVE_INFINITY;
  #drain: Drain | undefined;
  /** The capacity of the link when it was last full, and how long to wait before more is tried. */
  #full: { readonly kbps: number; readonly atUs: number; readonly untilUs: number } | undefined;
  #fullCount = 0;
  readonly #otherLoss = new OtherLoss();

  constructor(options: LinkRateOptions) {
    this.#options = options;
    this.#ceilingKbps = options.ceilingKbps;
    this.#rateKbps = options.ceilingKbps;
  }

  /** All datagrams together, kbit/s. */
  get rateKbps(): number {
    return this.#rateKbps;
  }

  /** The link is full and its queue is being drained: deferrable data waits. */
  get isDraining(): boolean {
    return this.#drain !== undefined;
  }

  /** Current queueing delay at the bottleneck. */
  get queueUs(): number {
    return this.#queueUs;
  }

  /** The maximum has changed. A link that was not full is used at once. */
  set ceilingKbps(kbps: number) {
    const wasAtCeiling = this.#rateKbps >= this.#ceilingKbps;
    this.#ceilingKbps = Math.max(kbps, this.#options.floorKbps);
    if (wasAtCeiling || this.#rateKbps > this.#ceilingKbps) this.#rateKbps = this.#ceilingKbps;
  }

  /** @returns the rate from now on */
  add(arrivals: Arrivals): number {
    this.#keep(arrivals);
    const { atUs } = arrivals;
    const isStanding = this.#isStanding();
    const isFull = isStanding || this.#isLossy();
    if (this.#drain !== undefined) this.#follow(this.#drain, arrivals, isFull);
    else if (isFull) this.#lower(atUs, isStanding);
    else this.#grow(atUs);
    if (this.#drain === undefined) this.#goBack(this.#otherLoss.add(atUs, arrivals));
    return this.#rateKbps;
  }

  /** Such loss occurs at a lower rate as well. */
  #goBack(kbps: number | undefined): void {
    if (kbps === undefined) return;
    this.#full = undefined;
    this.#fullCount = 0;
    this.#set(Math.max(kbps, this.#rateKbps));
  }

  #keep(arrivals: Arrivals): void {
    this.#window.push(arrivals);
    while ((this.#window[0]?.atUs ?? arrivals.atUs) <= arrivals.atUs - windowUs) {
      this.#window.shift();
    }
    this.#measure(arrivals.atUs, arrivals.delayUs);
  }

  #measure(atUs: number, delayUs: number | undefined): void {
    if (delayUs === undefined) return;
    while ((this.#bases.at(-1)?.delayUs ?? Number.NEGATIVE_INFINITY) >= delayUs) this.#bases.pop();
    this.#bases.push({ atUs, delayUs });
    while ((this.#bases[0]?.atUs ?? atUs) < atUs - baseUs) this.#bases.shift();
    const queueUs = delayUs - (this.#bases[0]?.delayUs ?? delayUs);
    this.#jitterUs += (Math.abs(queueUs - this.#queueUs) - this.#jitterUs) * jitterGain;
    this.#queueUs = queueUs;
  }

  /**
   * A queue that did not disappear between reports, or one that is too long to wait for another.
   */
  #isStanding(): boolean {
    const base = this.#bases[0]?.delayUs ?? 0;
    const recent = this.#window.slice(-standingCount).map(({ delayUs }) => delayUs);
    // Without the newest the current state is unknown.
    if (recent.at(-1) === undefined) return false;
    const leastUs = Math.min(...recent.map((delayUs) => delayUs ?? base));
    const allowedUs = this.#standingUs;
    const isLonger =
      leastUs - base > Math.max(allowedUs, standingUs) || leastUs - this.#recentBaseUs > allowedUs;
    const isStanding = recent.length === standingCount && isLonger;
    return isStanding || this.#queueUs > plainUs + jitterFactor * this.#jitterUs;
  }

  get #standingUs(): number {
    if (this.#rateKbps >= this.#ceilingKbps) return standingUs;
    const us = (standingUs * evenShare) / this.#evenShare;
    return Math.min(Math.max(us, standingUsMin), standingUsMax);
  }

  /** The shortest recent delay. */
  get #recentBaseUs(): number {
    const sinceUs = (this.#bases.at(-1)?.atUs ?? 0) - recentBaseUs;
    return this.#bases.find(({ atUs }) => atUs >= sinceUs)?.delayUs ?? 0;
  }

  #isLossy(): boolean {
    const counts = this.#counts();
    return counts.expectedCount >= lossPacketsMin && this.#otherLoss.isTooMuch(counts);
  }

  #counts() {
    const expectedCount = this.#window.reduce((sum, each) => sum + each.expectedCount, 0);
    const receivedCount = this.#window.reduce((sum, each) => sum + each.receivedCount, 0);
    return { expectedCount, receivedCount };
  }

  /** The arrival rate in the window; `undefined` when it is too short. */
  #carriedKbps(): number | undefined {
    const first = this.#window[0];
    const last = this.#window.at(-1);
    if (first === undefined || last === undefined) return undefined;
    const spanUs = last.atUs - first.atUs;
    if (spanUs < windowUs / 3) return undefined;
    // The arrivals of the first report are before the considered time.
    const bytes = this.#window.reduce((sum, each) => sum + each.byteCount, 0) - first.byteCount;
    return (bytes * 8000) / spanUs;
  }

  #lower(atUs: number, isStanding: boolean): void {
    if (atUs - this.#loweredUs < reactionUs) return;
    if (!isStanding) this.#otherLoss.begin(this.#rateKbps, this.#counts());
    const carriedKbps = Math.min(this.#carriedKbps() ?? this.#rateKbps, this.#rateKbps);
    this.#loweredUs = atUs;
    this.#grownUs = undefined;
    this.#drain = { sinceUs: atUs, carriedKbps, byteCount: 0 };
    this.#set(carriedKbps * drainShare);
  }

  #remember(kbps: number, atUs: number): void {
    const isRecent = this.#full !== undefined && atUs - this.#full.atUs < forgetUs;
    this.#fullCount = isRecent ? this.#fullCount + 1 : 0;
    const doublings = Math.max(0, this.#fullCount - 2);
    const waitUs = this.#fullCount === 0 ? 0 : Math.min(settledUs * 2 ** doublings, settledUsMax);
    const factor = Math.max(this.#evenShare / settledShare, settledFactorMin);
    this.#full = { kbps, atUs, untilUs: atUs + waitUs * Math.min(factor, settledFactorMax) };
  }

  /** Until the queue is gone, or remains although little is sent: then it is not our queue. */
  #follow(drain: Drain, arrivals: Arrivals, isFull: boolean): void {
    const { atUs } = arrivals;
    drain.byteCount += arrivals.byteCount;
    const lastedUs = atUs - drain.sinceUs;
    if (lastedUs < settleUs) return;
    // The arrival rate while the queue exists is the capacity: known better with each report.
    if (isFull) drain.carriedKbps = (drain.byteCount * 8000) / lastedUs;
    this.#set(drain.carriedKbps * drainShare);
    const isDrained = this.#queueUs < drainedUs + this.#jitterUs;
    if (lastedUs < reactionUs || !(isDrained || lastedUs >= drainUsMax)) return;
    this.#drain = undefined;
    if (!isDrained) this.#bases.length = 0;
    this.#loweredUs = atUs;
    this.#remember(drain.carriedKbps, atUs);
    this.#set(Math.max(this.#rateKbps, drain.carriedKbps * this.#steadyShare));
  }

  #grow(atUs: number): void {
    const sinceUs = this.#grownUs;
    this.#grownUs = atUs;
    if (sinceUs === undefined || atUs - this.#loweredUs < holdUs) return;
    if (this.#rateKbps >= this.#ceilingKbps) return;
    const carriedKbps = this.#carriedKbps() ?? 0;
    if (carriedKbps < this.#rateKbps * usedShareMin) return;
    const full = this.#full;
    const isNear = full !== undefined && Math.abs(this.#rateKbps / full.kbps - 1) < sameShare;
    if (isNear && atUs < full.untilUs) return;
    // Well above the previous capacity: that was another link.
    if (full !== undefined && this.#rateKbps > full.kbps * (1 + sameShare)) this.#full = undefined;
    const growth = isNear ? this.#growthNear : growthFar;
    this.#set(this.#rateKbps * (1 + (growth * (atUs - sinceUs)) / 1e6));
  }

  get #growthNear(): number {
    const share = growthNearLeast * Math.max(1, (growthNearShare / this.#evenShare) ** 3);
    return Math.min(growthNearMost, this.#roomShare * share);
  }

  /** Of the maximum, 0 to 1. */
  get #usedShare(): number {
    return this.#rateKbps / this.#ceilingKbps;
  }

  /** Of the reference. */
  get #evenShare(): number {
    const most = Math.max(this.#ceilingKbps, referenceKbpsMin);
    return this.#rateKbps / Math.min(most, referenceKbpsMax);
  }

  /**
   * Of the reference too, if that allows more: otherwise a higher request would get more room on
   * the same link.
   */
  get #roomShare(): number {
    return Math.max(1 - this.#evenShare, Math.min(1 - this.#usedShare, roomShareMax));
  }

  get #steadyShare(): number {
    return steadyShareMin + (steadyShareMax - steadyShareMin) * this.#roomShare;
  }

  #set(kbps: number): void {
    this.#rateKbps = Math.min(Math.max(kbps, this.#options.floorKbps), this.#ceilingKbps);
  }
}
