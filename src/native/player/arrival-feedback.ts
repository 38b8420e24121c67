/**
 * Per frame: what came, told to the host twenty times a second while something comes: it works the
 * rate of the link out from that.
 */
import { arrivalsBytes, viewOf, writeArrivals } from "../wire/packet.ts";

/** Counts authentic datagrams of one session. */
export class ArrivalFeedback {
  readonly #counts = { sequence: 0, arrivedUs: 0, receivedCount: 0, receivedBytes: 0, lateUs: 0 };
  readonly #plain = new Uint8Array(arrivalsBytes);
  #reportedCount = 0;

  /** Of all datagrams that came, once each. */
  get receivedBytes(): number {
    return this.#counts.receivedBytes;
  }

  add(sequence: number, byteCount: number, nowUs: number): void {
    const counts = this.#counts;
    counts.receivedCount += 1;
    counts.receivedBytes += byteCount;
    if (sequence < counts.sequence) return;
    counts.sequence = sequence;
    counts.arrivedUs = Math.round(nowUs);
  }

  /** The player looked at its socket so much later than it meant to. */
  late(lateUs: number): void {
    this.#counts.lateUs = Math.max(this.#counts.lateUs, Math.round(lateUs));
  }

  /** To be sealed and sent; `undefined` when nothing came since the last. Valid until the next call. */
  take(): Uint8Array | undefined {
    if (this.#counts.receivedCount === this.#reportedCount) return undefined;
    this.#reportedCount = this.#counts.receivedCount;
    writeArrivals(viewOf(this.#plain), this.#counts);
    this.#counts.lateUs = 0;
    return this.#plain;
  }
}
