/**
 * The bitrate of one stream follows its link: turns what the player says has come into reports for
 * the controller, and what that says into a target for the encoder. What the player or the operator
 * asked for is the most it gets.
 */
import { LinkRate } from "./link-rate.ts";

/** What has come, and what had been sent; all since the session began. */
export type LinkReport = {
  readonly atUs: number;
  /** One way, on two clocks: only its changes mean something. */
  readonly delayUs: number;
  /** Highest datagram that has come. */
  readonly sequence: number;
  readonly receivedCount: number;
  readonly receivedBytes: number;
  /** By how much the player was late itself when it read them. */
  readonly lateUs: number;
};

/** What has been sent since the session began: media, and all of it with parity, seals and headers. */
export type LinkLoad = {
  readonly mediaBytes: number;
  readonly wireBytes: number;
  readonly datagramCount: number;
};

type Options = {
  /** What the player or the operator asks for, of media, kbit/s. */
  askedKbps(): number;
  /** Below this there is nothing to be seen. */
  readonly floorKbps: number;
  load(): LinkLoad;
  /** An encoder that has to be opened again is asked less often. */
  followsBitrate(): boolean;
  /** A new target for the encoder, kbit/s. */
  onTarget(kbps: number): void;
};

/** An encoder is not bothered with less than this, unless it is to come back to what was asked. */
const stepShare = 0.03;
/** The same for one that begins again, with a key frame, whenever it is changed. */
const reopenShare = 0.15;
const reopenUs = 3_000_000;
/** Media of all bytes: what has been sent for so long counts. */
const shareUs = 1_000_000;
const shareGain = 0.5;
const shareMin = 0.2;
/** A player reports losses twice a second. */
const fullUsMin = 1_500_000;
/**
 * Where so much is lost, and what comes is much smaller than what is sent, large packets vanish on
 * the way: fewer bits would only make small packets of them, and hide that. The player finds the
 * size. Such a loss says nothing of the rate; delays still do.
 */
const sizeReceivedShareMax = 0.7;
const smallShare = 0.8;
/** A report brings three packets where most vanish, one of them large by chance: the last few count too. */
const receivedGain = 0.3;
/** A player that was later than this says nothing about delays. */
const lateUsMax = 10_000;
/** Nothing is said about the link before the first group of reports. */
const firstUs = 100_000;

/** One for each session; all calls from its thread. */
export class LinkFollower {
  readonly #options: Options;
  readonly #rate: LinkRate;
  #fullUs = Number.NEGATIVE_INFINITY;
  #before: LinkReport | undefined;
  #firstUs: number | undefined;
  #mediaShare = 0.9;
  #shareUs = Number.NEGATIVE_INFINITY;
  #loadBefore: LinkLoad = { mediaBytes: 0, wireBytes: 0, datagramCount: 0 };
  /** Bytes of a datagram as it is sent, of the last second or so. */
  #sentBytesMean = 0;
  /** The same of those that came, of the last few reports. */
  #receivedBytesMean: number | undefined;
  #targetKbps: number;
  #targetUs = Number.NEGATIVE_INFINITY;

  constructor(options: Options) {
    this.#options = options;
    this.#targetKbps = options.askedKbps();
    const { floorKbps } = options;
    this.#rate = new LinkRate({ floorKbps, ceilingKbps: this.#targetKbps / this.#mediaShare });
  }

  /** The link is full and its queue is being emptied: a key frame would make it worse. */
  get isDraining(): boolean {
    return this.#rate.isDraining;
  }

  /** It is, or was until a moment ago: what is lost is lost by sending too much. */
  isFull(nowUs: number): boolean {
    if (this.#rate.isDraining) this.#fullUs = nowUs;
    return nowUs - this.#fullUs < fullUsMin;
  }

  /** A report of the player; one that is older than the last is left out. */
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

  /** What was asked for has changed: it holds at once, as far as the link carries it. */
  restart(): void {
    this.#rate.ceilingKbps = this.#options.askedKbps() / this.#mediaShare;
    this.#targetKbps = Math.min(this.#options.askedKbps(), this.#carriedKbps);
    this.#options.onTarget(Math.round(this.#targetKbps));
  }

  /** What came is much smaller than what was sent, now or on the whole. */
  #areSmall(byteCount: number, receivedCount: number): boolean {
    if (receivedCount === 0) return false;
    const mean = byteCount / receivedCount;
    const before = this.#receivedBytesMean ?? mean;
    this.#receivedBytesMean = before + (mean - before) * receivedGain;
    return Math.min(mean, this.#receivedBytesMean) < this.#sentBytesMean * smallShare;
  }

  /** Of media. The floor holds for it too: no encoder is asked for less. */
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
