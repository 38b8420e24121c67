/**
 * Age of a session's sound when it is handed to its path, added up for the windows of its samples.
 */

/** Since the session began; each only grows. */
export type SoundAges = { readonly us: number; readonly packetCount: number };

/** One per session; its path's thread adds and reads. */
export class SoundLatency {
  #us = 0;
  #packetCount = 0;

  /**
   * A packet was handed over.
   * @param ageUs since the first of its samples was played at the source
   */
  add(ageUs: number): void {
    this.#us += Math.max(0, ageUs);
    this.#packetCount += 1;
  }

  /** A copy of the current totals. */
  get totals(): SoundAges {
    return { us: this.#us, packetCount: this.#packetCount };
  }
}

/** For a window's sample: the mean of its packets; nothing if none had sound. */
export function soundLatencyIn(
  now: SoundAges | undefined,
  before: SoundAges | undefined,
): { sound_latency_us?: number } {
  const packetCount = (now?.packetCount ?? 0) - (before?.packetCount ?? 0);
  if (packetCount <= 0) return {};
  return { sound_latency_us: Math.round(((now?.us ?? 0) - (before?.us ?? 0)) / packetCount) };
}
