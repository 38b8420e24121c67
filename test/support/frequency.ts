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

/**
 * A tone that sounds the whole time, other tones beside it or not: in each piece of 50 ms it is at
 * least 1000 strong. (PulseAudio takes programs along when another output becomes the default, and
 * zero crossings of two tones count neither.)
 */
export function hasTone(samples: readonly number[], sampleRate: number, hertz: number): boolean {
  const count = Math.floor(sampleRate / 20);
  for (let start = 0; start + count <= samples.length; start += count) {
    if (strengthOf(samples.slice(start, start + count), hertz / sampleRate) < 1000) return false;
  }
  return samples.length >= count;
}

/** Amplitude of a sine, `turns` of it in each sample. */
function strengthOf(samples: readonly number[], turns: number): number {
  let sine = 0;
  let cosine = 0;
  for (const [at, sample] of samples.entries()) {
    sine += sample * Math.sin(2 * Math.PI * turns * at);
    cosine += sample * Math.cos(2 * Math.PI * turns * at);
  }
  return (2 * Math.hypot(sine, cosine)) / samples.length;
}
