/** The one form that sound has on its way to the encoder: 48 kHz, stereo, signed 16 bits. */

export const sampleRate = 48_000;
export const channelCount = 2;
export const bytesPerSample = 2 * channelCount;

/** Samples of each channel in a packet. */
export function samplesIn(packetMs: number): number {
  return (sampleRate * packetMs) / 1000;
}

/** Where sound comes from. */
export type SoundSource = {
  /** Fills `target`, left and right in turn, with the next samples. Silence where there are none. */
  read(target: Int16Array): void;
  close(): void;
};
