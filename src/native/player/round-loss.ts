/**
 * The loss of a link in a round of a check, and whether it occurs in bursts: those are due to a
 * full queue or a moment without reception, and take more of a frame than parity restores.
 */

/** Variance of losses divided by their mean: 1 if each packet has the same chance. */
const burstDispersion = 3;

/** Datagrams so far. */
type Counts = { readonly receivedCount: number; readonly lostCount: number };

/** For one session; read ten times a second, from when the round counts. */
export class RoundLoss {
  readonly #losses: number[] = [];
  #first: Counts | undefined;
  #last: Counts = { receivedCount: 0, lostCount: 0 };

  look({ receivedCount, lostCount }: Counts): void {
    if (this.#first !== undefined) this.#losses.push(lostCount - this.#last.lostCount);
    this.#last = { receivedCount, lostCount };
    this.#first ??= this.#last;
  }

  /** 0 to 1; `undefined` before anything was counted. */
  get share(): number | undefined {
    if (this.#first === undefined) return undefined;
    const lost = Math.max(0, this.#last.lostCount - this.#first.lostCount);
    const sent = this.#last.receivedCount - this.#first.receivedCount + lost;
    return sent === 0 ? undefined : lost / sent;
  }

  /** Losses vary between readings by more than those of single packets do. */
  get isBursty(): boolean {
    const count = Math.max(1, this.#losses.length);
    const mean = this.#losses.reduce((sum, lost) => sum + lost, 0) / count;
    const variance = this.#losses.reduce((sum, lost) => sum + (lost - mean) ** 2, 0) / count;
    return mean > 0 && variance >= burstDispersion * mean;
  }
}
