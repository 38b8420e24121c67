/**
 * The bitrate of one stream follows its link: turns the player's arrival reports into reports for
 * the controller, and the controller's result into a target for the encoder. The player's or
 * operator's request is the maximum.
 */
import { LinkRate } from "./link-rate.ts";

/** Arrivals, and what had been sent; totals of the session. */
export type LinkReport = {
  readonly atUs: number;
  /** One way, on two clocks: only its changes are meaningful. */
  readonly delayUs: number;
  /** Highest datagram that has arrived. */
  readonly sequence: number;
  readonly receivedCount: number;
  readonly receivedBytes: number;
  /** How late the player itself was when it read them. */
  readonly lateUs: number;
};

/** Totals sent in the session: media, and everything including parity, seals and headers. */
export type LinkLoad = {
  readonly mediaBytes: number;
  readonly wireBytes: number;
  readonly datagramCount: number;
};

type Options = {
  /** Requested by the player or the operator, media only, kbit/s. */
  askedKbps(): number;
  /** Below this there is nothing to be seen. */
  readonly floorKbps: number;
  load(): LinkLoad;
  /** An encoder that must be reopened is changed less often. */
  followsBitrate(): boolean;
  /** A new target for the encoder, kbit/s. */
  onTarget(kbps: number): void;
};

/** Smaller changes are not worth it, unless they return to the requested rate. */
const stepShare = 0.03;
/** The same for an encoder that restarts, with a key frame, on each change. */
const reopenShare = 0.15;
const reopenUs = 3_000_000;
/** Share of media in all bytes: over this much recent time. */
const shareUs = 1_000_000;
const shareGain = 0.5;
const shareMin = 0.2;
/** A player reports losses twice a second. */
const fullUsMin = 1_500_000;
/**
 * If this much is lost, and arriving packets are much smaller than sent ones, large packets are
 * dropped on the way: fewer bits would only make them smaller, and hide that. The player finds the
 * right size. Such a loss says nothing about the rate; delays still do.
 */
const sizeReceivedShareMax = 0.7;
const smallShare = 0.8;
/**
 * If most are dropped, a report covers three packets, one of them large by chance: the last few
 * reports count too.
 */
const receivedGain = 0.3;
/** The delays of a player that was later than this are ignored. */
const lateUsMax = 10_000;
/** The link is not judged before the first group of reports. */
const firstUs = 100_000;

/** One per session; all calls from its thread. */
export class LinkFollower {
  readonly #options: Options;
  readonly #rate: LinkRate;
  #fullUs = Number.NEGATIVE_INFINITY;
  #before: LinkReport | undefined;
  #firstUs: number | undefined;
  #mediaShare = 0.9;
  #shareUs = Number.NEGATIVE_INFINITY;
  #loadBefore: LinkLoad = { mediaBytes: 0, wireBytes: 0, datagramCount: 0 };
  /** Average size of sent datagrams, over the last second or so. */
  #sentBytesMean = 0;
  /** The same for arrived ones, over the last few reports. */
  #receivedBytesMean: number | undefined;
  #targetKbps: number;
  #targetUs = Number.NEGATIVE_INFINITY;

  constructor(options: Options) {
    this.#options = options;
    this.#targetKbps = options.askedKbps();
    const { floorKbps } = options;
    this.#rate = new LinkRate({ floorKbps, ceilingKbps: this.#targetKbps / this.#mediaShare });
  }

  /** The link is full and its queue is being drained: a key frame would make it worse. */
  get isDraining(): boolean {
    return this.#rate.isDraining;
  }

  /** It is, or was until a moment ago: losses are due to sending too much. */
  isFull(nowUs: number): boolean {
    if (this.#rate.isDraining) this.#fullUs = nowUs;
    return nowUs - this.#fullUs < fullUsMin;
  }

  /** A report of the player; one older than the last is ignored. */
  add(report: LinkReport): void {
    const before = this.#before;
    const isNewer = before === undefined || report.sequence > before.sequence;
    if (!isNewer) return;
    this.#before = report;
    this.#firstUs ??= report.atUs;
    if (before === undefined || report.atUs - this.#firstUs < firstUs) return;
    this.#learnShare(report.atUs);
    this.#rate.ceilingKbps = this.#options.askedKbps() / this.#mediaShare;
    const sentCount = report.sequence - before.sequence;
    const receivedCount = clamp(report.receivedCount - before.receivedCount, sentCount);
    const byteCount = Math.max(0, report.receivedBytes - before.receivedBytes);
    const areSmall = this.#areSmall(byteCount, receivedCount);
    const isBySize = receivedCount < sentCount * sizeReceivedShareMax && areSmall;
    this.#rate.add({
      atUs: report.atUs,
      delayUs: report.lateUs > lateUsMax ? undefined : report.delayUs,
      byteCount,
      receivedCount,
      expectedCount: isBySize ? receivedCount : sentCount,
    });
    this.#follow(report.atUs);
  }

  /** The requested rate has changed: it applies at once, as far as the link carries it. */
  restart(): void {
    this.#rate.ceilingKbps = this.#options.askedKbps() / this.#mediaShare;
    this.#targetKbps = Math.min(this.#options.askedKbps(), this.#carriedKbps);
    this.#options.onTarget(Math.round(this.#targetKbps));
  }

  /** Arriving packets are much smaller than sent ones, now or on the whole. */
  #areSmall(byteCount: number, receivedCount: number): boolean {
    if (receivedCount === 0) return false;
    const mean = byteCount / receivedCount;
    const before = this.#receivedBytesMean ?? mean;
    this.#receivedBytesMean = before + (mean - before) * receivedGain;
    return Math.min(mean, this.#receivedBytesMean) < this.#sentBytesMean * smallShare;
  }

  /** Of media. The minimum applies here too: no encoder is set lower. */
  get #carriedKbps(): number {
    return Math.max(this.#options.floorKbps, this.#rate.rateKbps * this.#mediaShare);
  }

  #learnShare(atUs: number): void {
    if (atUs - this.#shareUs < shareUs) return;
    const load = this.#options.load();
    const wire = load.wireBytes - this.#loadBefore.wireBytes;
    const media = load.mediaBytes - this.#loadBefore.mediaBytes;
    const datagramCount = load.datagramCount - this.#loadBefore.datagramCount;
    if (datagramCount > 0) this.#sentBytesMean = wire / datagramCount;
    this.#loadBefore = load;
    this.#shareUs = atUs;
    if (wire <= 0) return;
    const share = Math.min(Math.max(media / wire, shareMin), 1);
    this.#mediaShare += (share - this.#mediaShare) * shareGain;
  }

  #follow(atUs: number): void {
    const asked = this.#options.askedKbps();
    const isAtCeiling = this.#carriedKbps >= asked * (1 - stepShare / 2);
    const kbps = isAtCeiling ? asked : this.#carriedKbps;
    const change = Math.abs(kbps / this.#targetKbps - 1);
    if (change === 0 || !this.#isWorth(change, { isBack: kbps === asked, atUs })) return;
    this.#targetKbps = kbps;
    this.#targetUs = atUs;
    this.#options.onTarget(Math.round(kbps));
  }

  #isWorth(change: number, { isBack, atUs }: { isBack: boolean; atUs: number }): boolean {
    if (this.#options.followsBitrate()) return isBack || change >= stepShare;
    const isDue = this.isDraining || atUs - this.#targetUs >= reopenUs;
    return isDue && (isBack || change >= reopenShare);
  }
}

function clamp(value: number, most: number): number {
  return Math.min(Math.max(0, value), most);
}
