/**
 * Per frame: what came, told to the host twenty times a second while frames come: it works the rate of
 * the link out from that. Answers to pings alone are reported with the next ping: both ends of a still
 * picture sleep in between.
 */
import { arrivalsBytes, viewOf, writeArrivals } from "../wire/packet.ts";

/** Counts authentic datagrams of one session. */
export class ArrivalFeedback {
  readonly #counts = { sequence: 0, arrivedUs: 0, receivedCount: 0, receivedBytes: 0, lateUs: 0 };
  readonly #plain = new Uint8Array(arrivalsBytes);
  /** Since the last report: any datagram, and one that an answer to a ping is not. */
  #isNew = false;
  #isPressing = false;

  /** Of all datagrams that arrived, once each. */
  get receivedBytes(): number {
    return this.#counts.receivedBytes;
  }

  add(sequence: number, byteCount: number, nowUs: number): void {
    const counts = this.#counts;
    this.#isNew = true;
    counts.receivedCount += 1;
    counts.receivedBytes += byteCount;
    if (sequence < counts.sequence) return;
    counts.sequence = sequence;
    counts.arrivedUs = Math.round(nowUs);
  }

  /** What was added last is no answer to a ping: it is reported soon. */
  press(): void {
    this.#isPressing = true;
  }

  /** How much later than intended the player read its socket. */
  late(lateUs: number): void {
    this.#counts.lateUs = Math.max(this.#counts.lateUs, Math.round(lateUs));
  }

  /**
   * To be sealed and sent; `undefined` when nothing is to be reported. Valid until the next call.
   * @param withPing a ping is sent now too
   */
  take(withPing: boolean): Uint8Array | undefined {
    if (!(this.#isPressing || (withPing && this.#isNew))) return undefined;
    this.#isPressing = false;
    this.#isNew = false;
    writeArrivals(viewOf(this.#plain), this.#counts);
    this.#counts.lateUs = 0;
    return this.#plain;
  }
}
