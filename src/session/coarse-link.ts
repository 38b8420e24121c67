/**
 * The rate that a link carries, for players that report little: a smoothed round trip and the
 * losses, once a second. Pure. Arrivals are unknown, so the rate falls by a factor and is raised
 * again in small steps.
 */
import { type Counts, OtherLoss } from "./other-loss.ts";

/** The state of a session at the end of a second. */
export type CoarseFacts = {
  /** Smoothed by the path; `undefined` if unknown. */
  readonly rttUs: number | undefined;
  /** Totals of datagrams, parity included, and of those that the player reports missing. */
  readonly sentCount: number;
  readonly lostCount: number;
};

/** The shortest round trip within this many seconds is that of the empty link. */
const baseCount = 60;
/**
 * A queue this long, and as long as the empty link's round trip, for this many seconds means that
 * the link is full. Shorter ones are due to a busy machine: this round trip passes through both
 * programs.
 */
const queueUsMin = 60_000;
const queueSeconds = 2;
/** With fewer datagrams in a second the share of loss is unknown. */
const sentCountMin = 50;
const lowered = 0.7;
const loweredMin = 0.4;
/** The effect of a lower rate shows in the next seconds at the earliest. */
const settleSeconds = 2;
const holdSeconds = 3;
const growth = 0.06;
/** Close to the last overload. */
const growthNear = 0.015;
const nearShare = 0.9;
/**
 * Our own queue grows or shrinks: at most one rate keeps it constant. A round trip that two steps
 * down in a row did not change, with nothing lost, is a longer way to the player.
 */
const samePathSteps = 2;
const samePathUs = 15_000;

/**
 * The rate is being lowered for a queue only: from what, the round trip at the last step, and how
 * many steps changed nothing.
 */
type Queue = { readonly fromKbps: number; readonly rttUs: number; readonly sameCount: number };

function isSame(oneUs: number, otherUs: number): boolean {
  return Math.abs(oneUs - otherUs) <= samePathUs;
}

/** Owns nothing; called once a second. */
export class CoarseLink {
  readonly #floorKbps: number;
  readonly #rtts: number[] = [];
  #before: { readonly sentCount: number; readonly lostCount: number } | undefined;
  #kbps: number;
  #askedKbps: number;
  #queueCount = 0;
  #queue: Queue | undefined;
  #fullKbps = Number.POSITIVE_INFINITY;
  /** Seconds since it was lowered. */
  #quietCount = holdSeconds;
  #second = 0;
  readonly #otherLoss = new OtherLoss();

  constructor(options: { readonly askedKbps: number; readonly floorKbps: number }) {
    this.#floorKbps = options.floorKbps;
    this.#kbps = options.askedKbps;
    this.#askedKbps = options.askedKbps;
  }

  /** @returns the media bitrate from now on; a newly requested one is tried first */
  add(facts: CoarseFacts, askedKbps: number): number {
    this.#quietCount += 1;
    if (askedKbps !== this.#askedKbps) this.#restart(askedKbps);
    const counts = this.#countsOf(facts);
    const lossShare = (counts.expectedCount - counts.receivedCount) / (counts.expectedCount || 1);
    const hasQueue = this.#hasQueue(facts.rttUs);
    this.#second += 1;
    this.#goBack(this.#otherLoss.add(this.#second * 1e6, counts));
    const isFull = hasQueue || this.#isLossy(counts);
    if (!hasQueue || lossShare > 0) this.#queue = undefined;
    if (hasQueue && this.#isLongerPath(facts.rttUs)) this.#startOnPath();
    else if (isFull && this.#quietCount >= settleSeconds) this.#lower(lossShare, facts.rttUs);
    else if (!isFull && this.#quietCount >= holdSeconds) this.#raise();
    this.#kbps = Math.min(Math.max(this.#kbps, this.#floorKbps), askedKbps);
    return Math.round(this.#kbps);
  }

  #restart(askedKbps: number): void {
    this.#askedKbps = askedKbps;
    this.#kbps = askedKbps;
    this.#queue = undefined;
    this.#fullKbps = Number.POSITIVE_INFINITY;
  }

  /** The rate is about to be lowered for it, unless that was just done. */
  #isLossy(counts: Counts): boolean {
    const isLossy = this.#otherLoss.isTooMuch(counts);
    if (isLossy && this.#quietCount >= settleSeconds) this.#otherLoss.begin(this.#kbps, counts);
    return isLossy;
  }

  /** Such loss occurs at a lower rate as well. */
  #goBack(kbps: number | undefined): void {
    if (kbps === undefined) return;
    this.#kbps = Math.max(kbps, this.#kbps);
    this.#fullKbps = Number.POSITIVE_INFINITY;
  }

  /** In this second. */
  #countsOf({ sentCount, lostCount }: CoarseFacts): Counts {
    const before = this.#before ?? { sentCount, lostCount };
    this.#before = { sentCount, lostCount };
    const expectedCount = sentCount - before.sentCount;
    const received = expectedCount - (lostCount - before.lostCount);
    return expectedCount < sentCountMin
      ? { expectedCount: 0, receivedCount: 0 }
      : { expectedCount, receivedCount: Math.max(0, received) };
  }

  #hasQueue(rttUs: number | undefined): boolean {
    if (rttUs === undefined) return false;
    this.#rtts.push(rttUs);
    if (this.#rtts.length > baseCount) this.#rtts.shift();
    const baseUs = Math.min(...this.#rtts);
    const isLong = rttUs - baseUs > Math.max(queueUsMin, baseUs);
    this.#queueCount = isLong ? this.#queueCount + 1 : 0;
    return this.#queueCount >= queueSeconds;
  }

  #isLongerPath(rttUs = 0): boolean {
    const queue = this.#queue;
    if (queue === undefined || this.#quietCount < settleSeconds) return false;
    return queue.sameCount + 1 >= samePathSteps && isSame(rttUs, queue.rttUs);
  }

  /**
   * Its capacity is not known yet: the rate is the previous one, and its round trip the usual one.
   */
  #startOnPath(): void {
    this.#kbps = this.#queue?.fromKbps ?? this.#kbps;
    this.#queue = undefined;
    this.#queueCount = 0;
    this.#rtts.length = 0;
    this.#fullKbps = Number.POSITIVE_INFINITY;
  }

  #lower(lossShare: number, rttUs: number | undefined): void {
    if (lossShare === 0 && rttUs !== undefined) {
      const before = this.#queue ?? { fromKbps: this.#kbps, rttUs: Number.NaN, sameCount: 0 };
      const sameCount = isSame(rttUs, before.rttUs) ? before.sameCount + 1 : 0;
      this.#queue = { fromKbps: before.fromKbps, rttUs, sameCount };
    }
    this.#fullKbps = this.#kbps;
    this.#kbps *= Math.max(loweredMin, Math.min(lowered, 1 - lossShare));
    this.#quietCount = 0;
  }

  #raise(): void {
    const isNear = this.#kbps > this.#fullKbps * nearShare;
    this.#kbps *= 1 + (isNear ? growthNear : growth);
    // Well above the previous capacity: that was another link.
    if (this.#kbps > this.#fullKbps / nearShare) this.#fullKbps = Number.POSITIVE_INFINITY;
  }
}
