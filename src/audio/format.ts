/** The format of sound on its way to the encoder: 48 kHz, signed 16 bits, interleaved channels. */
import type { Micros } from "../base/clock.ts";

export const sampleRate = 48_000;

/** Stereo, 5.1 and 7.1. The order is front left and right, centre, bass, rear, side. */
export const channelCounts = [2, 6, 8] as const;
/** How many speakers a player has. */
export type ChannelCount = (typeof channelCounts)[number];

/** A value of one channel. */
export const bytesPerValue = 2;

/** Samples of each channel in a packet. */
export function samplesIn(packetMs: number): number {
  return (sampleRate * packetMs) / 1000;
}

/** A source of sound. */
export type SoundSource = {
  /**
   * Fills `target`, interleaved, with the next samples; silence if there are none.
   * @param dueUs when the first of them is due, on the one clock
   */
  read(target: Int16Array, dueUs: Micros): void;
  /**
   * How much earlier than due the first sample of the last read was played; 0 unless reported.
   * Microseconds.
   */
  readonly delayUs?: number;
  /** Nothing can be heard, because nothing plays. */
  readonly isSilent?: boolean;
  close(): void;
};

/** Stereo on all speakers: centre and bass play both sides. Whole pairs only. */
export function spreadStereo(stereo: Int16Array, channelCount: ChannelCount): Int16Array {
  if (channelCount === 2) return stereo;
  const count = stereo.length >> 1;
  const spread = new Int16Array(count * channelCount);
  for (let index = 0; index < count; index++) {
    const [left, right] = [stereo[2 * index] ?? 0, stereo[2 * index + 1] ?? 0];
    const at = index * channelCount;
    for (let channel = 0; channel < channelCount; channel += 2) {
      spread[at + channel] = left;
      spread[at + channel + 1] = right;
    }
    spread[at + 2] = (left + right) >> 1;
    spread[at + 3] = (left + right) >> 1;
  }
  return spread;
}
