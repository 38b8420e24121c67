/** What a run of samples sounds like. */

/** Hertz of a pure tone, by its rising zero crossings. */
export function frequencyOf(samples: readonly number[], sampleRate: number): number {
  const crossings: number[] = [];
  for (let index = 1; index < samples.length; index++) {
    if ((samples[index - 1] ?? 0) < 0 && (samples[index] ?? 0) >= 0) crossings.push(index);
  }
  const first = crossings[0] ?? 0;
  const last = crossings[crossings.length - 1] ?? 0;
  return last === first ? 0 : ((crossings.length - 1) * sampleRate) / (last - first);
}

export function peakOf(samples: readonly number[]): number {
  return samples.reduce((peak, sample) => Math.max(peak, Math.abs(sample)), 0);
}
