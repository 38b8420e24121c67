/** The highest rate within a short time: the capacity of a link shows while its queue is full. */

/** Readings over which a rate is computed. */
const lookCount = 3;

/** Of one session; looked at ten times a second. */
export class PeakRate {
  readonly #looks: { readonly atUs: number; readonly byteCount: number }[] = [];
  kbps = 0;

  /** @param byteCount of all datagrams so far */
  look(atUs: number, byteCount: number): void {
    const looks = this.#looks;
    looks.push({ atUs, byteCount });
    const first = looks[0];
    if (first === undefined || looks.length <= lookCount) return;
    this.kbps = Math.max(this.kbps, ((byteCount - first.byteCount) * 8000) / (atUs - first.atUs));
    looks.shift();
  }
}
