/**
 * How far the host's clock is from the player's, from pings over UDP: the recent ping with the
 * shortest round trip is the least affected by queues. Clocks of two machines drift by at most some
 * 50 µs per second, so only the last few seconds count.
 */
import type { Pong } from "../wire/packet.ts";

/** Five seconds at four pings a second. */
const keptCount = 20;

/** The offset of the host’s clock, by the best of the last 20 pongs. */
export class ClockOffset {
  readonly #rtts = new Float64Array(keptCount).fill(Number.POSITIVE_INFINITY);
  readonly #offsets = new Float64Array(keptCount);
  #count = 0;
  #best: number | undefined;

  /** Add to the player's time to get the host's; undefined before the first pong. */
  get offsetUs(): number | undefined {
    return this.#best === undefined ? undefined : this.#offsets[this.#best];
  }

  /** Returns the round trip without the host's own time; undefined for an impossible pong. */
  add({ sentUs, receivedUs, answeredUs }: Pong, nowUs: number): number | undefined {
    const rttUs = nowUs - sentUs - (answeredUs - receivedUs);
    if (nowUs < sentUs || rttUs < 0) return undefined;
    const slot = this.#count % keptCount;
    this.#count += 1;
    this.#rtts[slot] = rttUs;
    this.#offsets[slot] = (receivedUs - sentUs + (answeredUs - nowUs)) / 2;
    let best = 0;
    for (let each = 1; each < keptCount; each++) {
      if ((this.#rtts[each] ?? 0) < (this.#rtts[best] ?? 0)) best = each;
    }
    this.#best = best;
    return rttUs;
  }
}
