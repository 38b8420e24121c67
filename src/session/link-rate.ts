/**
 * The rate that a link carries, worked out from what arrives: a pure controller, a report of
 * arrivals in, a rate out. One for each session.
 *
 * Delay first: a queue that grows before the narrowest link says that more is sent than it carries,
 * and what arrives meanwhile is what it carries. Loss second, and only much of it: a link that loses
 * two of a hundred packets at random carries as much as one that loses none, and so does one that loses
 * fifteen, which shows once less is sent.
 */

import { OtherLoss } from "./other-loss.ts";

/** What arrived since the last report, as the player tells it. */
export type Arrivals = {
  readonly atUs: number;
  /**
   * One way, on two clocks: only its changes mean something. `undefined` when it was not measured,
   * as by a player that was late itself.
   */
  readonly delayUs: number | undefined;
  /** Since the last report: whole datagrams that came, and how many were on their way. */
  readonly byteCount: number;
  readonly receivedCount: number;
  readonly expectedCount: number;
};

export type LinkRateOptions = {
  /** All datagrams together, kbit/s: the controller never asks for more or for less. */
  readonly ceilingKbps: number;
  readonly floorKbps: number;
};

/** What arrives is averaged over so long: half of it is how late a change is seen. */
const windowUs = 150_000;
/** The shortest delay of so long is that of the empty link. Clocks drift 50 µs a second at worst. */
const baseUs = 20_000_000;
/** So long in each of so many reports: what comes in bursts goes away between them. */
export const standingUs = 14_000;
const standingCount = 3;
/**
 * Those who share a link send in bursts, some always just behind another's: these see a longer queue
 * than those before them, and would give way alone. So below its ceiling who has more than this share
 * of the reference gives way to a shorter queue, who has less to a longer one.
 */
const evenShare = 0.34;
const standingUsMin = 6000;
const standingUsMax = 50_000;
/**
 * A queue shorter than `standingUs` counts only above the shortest delay of so long: a delay that is a
 * little longer and stays so is no queue of ours, and the bitrate would be lowered again and again.
 */
const recentBaseUs = 1_500_000;
/**
 * The reference is what is asked for, within these bounds: nearly the same for all, or who asks for
 * much would take from who asks for little. It is not quite the same because a wider link has more
 * to share, and who asks for more is more likely on one.
 */
const referenceKbpsMin = 11_000;
const referenceKbpsMax = 20_000;
/** So long in one report; what a wireless link waits by itself is added. */
const plainUs = 50_000;
const jitterFactor = 3;
/** Of the change from report to report: three seconds. */
const jitterGain = 0.02;
const lossPacketsMin = 12;
/** Of what arrives: less while the queue is there, so that it drains, a little less afterwards. */
const drainShare = 0.6;
const steadyShareMin = 0.72;
const steadyShareMax = 0.97;
/** Nothing of a change can be seen earlier. */
const reactionUs = 250_000;
/** Time for a first sound figure of what arrives. */
const settleUs = 90_000;
const drainUsMax = 4_000_000;
/** The queue is gone. */
const drainedUs = 8_000;
/**
 * Growth a second, as shares of the rate: away from where it was too much, and close to it. There who
 * has less than this share of the reference grows faster.
 */
const growthFar = 0.35;
const growthNearLeast = 0.04;
const growthNearMost = 0.18;
const growthNearShare = 0.55;
/** Of what is asked for: what is left of the reference counts beyond it. */
const roomShareMax = 0.7;
/** Quiet for so long before anything grows. */
const holdUs = 700_000;
/**
 * A link that is full again and again: that long nothing more is tried, later longer, by who has this
 * share of the reference; within bounds less by who has less.
 */
const settledUs = 2_500_000;
const settledUsMax = 4_000_000;
const settledShare = 0.4;
const settledFactorMin = 0.2;
const settledFactorMax = 1.5;
/** From then on it counts as full for the first time. */
const forgetUs = 200_000_000;
const sameShare = 0.1;
/** A sender that uses less than this of its rate says nothing about the link. */
const usedShareMin = 0.6;

/** The queue is being emptied; what the link carries, as far as is known by now. */
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
  /** What the link carried when it was full last, and how long to wait before more is tried. */
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

  /** The link is full and its queue is being emptied: what can wait waits. */
  get isDraining(): boolean {
    return this.#drain !== undefined;
  }

  /** How long packets wait before the narrowest link now. */
  get queueUs(): number {
    return this.#queueUs;
  }

  /** What is wanted at the most has changed. A link that was not full is used at once. */
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

  /** What was lost is lost at a lower rate as well. */
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

  /** A queue that did not go away between reports, or one that is too long to wait for another. */
  #isStanding(): boolean {
    const base = this.#bases[0]?.delayUs ?? 0;
    const recent = this.#window.slice(-standingCount).map(({ delayUs }) => delayUs);
    // Without the newest nothing is known of now.
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

  /** The shortest delay of the last moments. */
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

  /** What arrived in the window; `undefined` when it is too short to say. */
  #carriedKbps(): number | undefined {
    const first = this.#window[0];
    const last = this.#window.at(-1);
    if (first === undefined || last === undefined) return undefined;
    const spanUs = last.atUs - first.atUs;
    if (spanUs < windowUs / 3) return undefined;
    // What the first report tells of came before the time that is looked at.
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

  /** Until the queue is gone, or stays although little is sent: then it is not a queue of ours. */
  #follow(drain: Drain, arrivals: Arrivals, isFull: boolean): void {
    const { atUs } = arrivals;
    drain.byteCount += arrivals.byteCount;
    const lastedUs = atUs - drain.sinceUs;
    if (lastedUs < settleUs) return;
    // What arrives while the queue is there is what the link carries: known better with each report.
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
    // Well above where it was full: that was another link.
    if (full !== undefined && this.#rateKbps > full.kbps * (1 + sameShare)) this.#full = undefined;
    const growth = isNear ? this.#growthNear : growthFar;
    this.#set(this.#rateKbps * (1 + (growth * (atUs - sinceUs)) / 1e6));
  }

  get #growthNear(): number {
    const share = growthNearLeast * Math.max(1, (growthNearShare / this.#evenShare) ** 3);
    return Math.min(growthNearMost, this.#roomShare * share);
  }

  /** Of what is wanted at the most, 0 to 1. */
  get #usedShare(): number {
    return this.#rateKbps / this.#ceilingKbps;
  }

  /** Of the reference. */
  get #evenShare(): number {
    const most = Math.max(this.#ceilingKbps, referenceKbpsMin);
    return this.#rateKbps / Math.min(most, referenceKbpsMax);
  }

  /** Of the reference too, where that leaves more: or who asks for much would have more room on the same link. */
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
