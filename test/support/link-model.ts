/**
 * A link in a test: a queue of so many bytes before a line of so many bits a second. Senders make
 * sixty frames a second at the bitrate that their followers say, as an encoder does: it takes some
 * frames to get there, and what is lost is answered by a key frame. Time is the model's own.
 */
import { LinkFollower } from "../../src/session/link-follower.ts";
import { Random } from "./random.ts";

export type LinkOptions = {
  readonly seed: number;
  /** What the line carries, kbit/s, by seconds since the start. */
  capacityKbps(second: number): number;
  readonly queueBytes: number;
  /** One way, of the empty link. */
  readonly delayUs: number;
  /** Share of packets that vanish by chance. */
  readonly lossShare?: number;
  /** When each begins; the first, and who is not named, at once. */
  readonly beginSeconds?: readonly number[];
  /** What a packet waits besides, by a number from 0 to 1; order is kept. */
  jitterUs?(chance: number): number;
};

/** A tenth of a second of one sender. */
export type Tenth = {
  readonly second: number;
  /** What the encoder is asked for. */
  readonly targetKbps: number;
  /** Before the line. */
  readonly queueUs: number;
  frames: number;
  lostFrames: number;
  keyFrames: number;
};

type Packet = {
  readonly sequence: number;
  readonly bytes: number;
  readonly sentUs: number;
  readonly arrivedUs: number;
};

const packetBytes = 1200;
const frameUs = 1e6 / 60;
const reportUs = 50_000;
const stepUs = 1000;

/** Runs so many senders over one line, each asked for so much; the tenths of each. */
export function runLink(
  asked: readonly number[],
  seconds: number,
  options: LinkOptions,
): Tenth[][] {
  const line = new Line(options);
  // Their frames keep their distance, as those of one host do: one's may always come behind another's.
  const senders = asked.map((kbps, index) => {
    const beginUs = (options.beginSeconds?.[index] ?? 0) * 1e6;
    const offsetUs = beginUs + (index === 0 ? 0 : line.chance() * frameUs);
    return new Sender(kbps, { line, offsetUs, options });
  });
  for (let nowUs = 0; nowUs < seconds * 1e6; nowUs += stepUs) {
    line.move(nowUs);
    for (const sender of senders) sender.step(nowUs);
  }
  return senders.map(({ tenths }) => tenths);
}

/** Those between two moments. */
export function between(tenths: readonly Tenth[], from: number, to: number): Tenth[] {
  return tenths.filter(({ second }) => second >= from && second < to);
}

class Line {
  readonly chance: () => number;
  readonly #options: LinkOptions;
  #usPerByte = 1;
  #freeUs = 0;
  #lastUs = 0;

  constructor(options: LinkOptions) {
    const random = new Random(options.seed);
    this.#options = options;
    this.chance = () => random.below(1_000_000) / 1_000_000;
  }

  move(nowUs: number): void {
    this.#usPerByte = 8000 / this.#options.capacityKbps(nowUs / 1e6);
  }

  queueUs(nowUs: number): number {
    return Math.max(0, this.#freeUs - nowUs);
  }

  /** When it arrives; `undefined` when it never does. */
  carry(bytes: number, sentUs: number): number | undefined {
    const { queueBytes, lossShare = 0, delayUs, jitterUs = () => 0 } = this.#options;
    if (this.queueUs(sentUs) / this.#usPerByte > queueBytes) return undefined;
    if (this.chance() < lossShare) return undefined;
    this.#freeUs = Math.max(this.#freeUs, sentUs) + bytes * this.#usPerByte;
    this.#lastUs = Math.max(this.#lastUs, this.#freeUs + delayUs + jitterUs(this.chance()));
    return this.#lastUs;
  }
}

/** Header, seal and IP. */
const overheadBytes = 80;
/** An encoder's share of the way to a new target, with each frame. */
const encoderGain = 0.15;
const keyFrameSize = 4;
const keyIntervalUs = 150_000;

class Sender {
  readonly tenths: Tenth[] = [];
  readonly #follower: LinkFollower;
  readonly #line: Line;
  readonly #delayUs: number;
  readonly #onTheWay: Packet[] = [];
  readonly #reports: { readonly dueUs: number; readonly act: () => void }[] = [];
  #nextFrameUs: number;
  #nextReportUs: number;
  #sequence = 0;
  #newest: Packet | undefined;
  #toldSequence = -1;
  #receivedCount = 0;
  #receivedBytes = 0;
  #targetKbps: number;
  #encodedKbps: number;
  #mediaBytes = 0;
  #wireBytes = 0;
  #keyAskedUs: number | undefined;
  #keyUs = 0;

  constructor(
    askedKbps: number,
    { line, offsetUs, options }: { line: Line; offsetUs: number; options: LinkOptions },
  ) {
    this.#targetKbps = askedKbps;
    this.#encodedKbps = askedKbps;
    this.#follower = new LinkFollower({
      askedKbps: () => askedKbps,
      floorKbps: 200,
      load: () => ({
        ...{ mediaBytes: this.#mediaBytes, wireBytes: this.#wireBytes },
        datagramCount: this.#sequence,
      }),
      followsBitrate: () => true,
      onTarget: (kbps) => {
        this.#targetKbps = kbps;
      },
    });
    this.#line = line;
    this.#delayUs = options.delayUs;
    this.#nextFrameUs = offsetUs;
    this.#nextReportUs = offsetUs + reportUs;
  }

  step(nowUs: number): void {
    const second = nowUs / 1e6;
    if (this.tenths.length <= second * 10) {
      const queueUs = this.#line.queueUs(nowUs);
      const targetKbps = this.#targetKbps;
      this.tenths.push({ second, targetKbps, queueUs, frames: 0, lostFrames: 0, keyFrames: 0 });
    }
    if (nowUs >= this.#nextFrameUs) this.#sendFrame(nowUs);
    while ((this.#onTheWay[0]?.arrivedUs ?? Number.POSITIVE_INFINITY) <= nowUs) this.#receive();
    if (nowUs >= this.#nextReportUs) this.#report(nowUs);
    while ((this.#reports[0]?.dueUs ?? Number.POSITIVE_INFINITY) <= nowUs)
      this.#reports.shift()?.act();
  }

  #sendFrame(nowUs: number): void {
    this.#nextFrameUs += frameUs;
    this.#encodedKbps += (this.#targetKbps - this.#encodedKbps) * encoderGain;
    const isKey = this.#takeKey(nowUs);
    const mean = (this.#encodedKbps * 1000) / 8 / 60;
    const bytes = mean * (isKey ? keyFrameSize : 0.8 + 0.4 * this.#line.chance());
    const dataCount = Math.max(1, Math.ceil(bytes / (packetBytes - overheadBytes)));
    const parityCount = Math.max(1, Math.ceil(dataCount * 0.05));
    const count = dataCount + parityCount;
    let lostCount = 0;
    for (let index = 0; index < count; index++) {
      const sentUs = nowUs + (index * frameUs) / 2 / count;
      const size = bytes / dataCount + overheadBytes;
      const arrivedUs = this.#line.carry(size, sentUs);
      const sequence = this.#sequence++;
      this.#wireBytes += size;
      if (arrivedUs === undefined) lostCount += 1;
      else this.#onTheWay.push({ sequence, bytes: size, sentUs, arrivedUs });
    }
    this.#mediaBytes += bytes;
    const tenth = this.tenths.at(-1);
    if (tenth === undefined) return;
    tenth.frames += 1;
    if (isKey) tenth.keyFrames += 1;
    if (lostCount <= parityCount) return;
    tenth.lostFrames += 1;
    // The player sees it when a later frame has begun, and asks.
    this.#keyAskedUs ??= nowUs + 30_000 + 2 * this.#delayUs;
  }

  #takeKey(nowUs: number): boolean {
    if (this.#keyAskedUs === undefined || nowUs < this.#keyAskedUs) return false;
    if (this.#follower.isDraining || nowUs - this.#keyUs < keyIntervalUs) return false;
    this.#keyAskedUs = undefined;
    this.#keyUs = nowUs;
    return true;
  }

  #receive(): void {
    const packet = this.#onTheWay.shift();
    if (packet === undefined) return;
    this.#newest = packet;
    this.#receivedBytes += packet.bytes;
    this.#receivedCount += 1;
  }

  #report(nowUs: number): void {
    this.#nextReportUs += reportUs;
    const newest = this.#newest;
    if (newest === undefined || newest.sequence === this.#toldSequence) return;
    this.#toldSequence = newest.sequence;
    const report = {
      atUs: nowUs + this.#delayUs,
      delayUs: newest.arrivedUs - newest.sentUs,
      sequence: newest.sequence,
      receivedCount: this.#receivedCount,
      receivedBytes: this.#receivedBytes,
      lateUs: 0,
    };
    this.#reports.push({ dueUs: report.atUs, act: () => this.#follower.add(report) });
  }
}
