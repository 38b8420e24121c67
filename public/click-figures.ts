/** How long inputs took until their pictures were seen, part by part. Times are microseconds. */

/** When the input was made, received, captured, encoded, seen: on one clock. */
export type ClickSteps = readonly [number, number, number, number, number];

/** Width of a histogram bar. */
const barUs = 10_000;

export class ClickFigures {
  readonly clicks: ClickSteps[] = [];

  add(steps: ClickSteps): void {
    this.clicks.push(steps);
  }

  /** Medians of the parts; for the whole, the 99th percentile too. */
  summary() {
    const part = (from: number, to: number) =>
      this.clicks.map((steps) => (steps[to] ?? 0) - (steps[from] ?? 0)).toSorted((a, b) => a - b);
    const at = (sorted: readonly number[], share: number) =>
      sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)];
    return {
      clickP50: at(part(0, 4), 0.5),
      clickP99: at(part(0, 4), 0.99),
      toHost: at(part(0, 1), 0.5),
      toCapture: at(part(1, 2), 0.5),
      toEncoded: at(part(2, 3), 0.5),
      toShown: at(part(3, 4), 0.5),
    };
  }

  /** Shares of the tallest bar; the last bar also holds all longer times. */
  histogram(barCount: number): number[] {
    const counts = Array.from({ length: barCount }, () => 0);
    for (const steps of this.clicks) {
      const bar = Math.min(barCount - 1, Math.max(0, Math.floor((steps[4] - steps[0]) / barUs)));
      counts[bar] = (counts[bar] ?? 0) + 1;
    }
    const most = Math.max(1, ...counts);
    return counts.map((count) => count / most);
  }
}
