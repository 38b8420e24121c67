/** The sound of the test picture: a soft tone of 440 Hz, and silence for sources without sound. */
import { type ChannelCount, type SoundSource, sampleRate } from "./format.ts";

/** Pitch of the test tone. */
export const toneHz = 440;
/** A sixth of full scale: audible, not frightening. */
const amplitude = 5500;

/** The test tone on all speakers, endless. */
export function openTone(channelCount: ChannelCount): SoundSource {
  const step = (2 * Math.PI * toneHz) / sampleRate;
  let phase = 0;
  return {
    read: (target) => {
      for (let index = 0; index < target.length; index += channelCount) {
        target.fill(Math.round(amplitude * Math.sin(phase)), index, index + channelCount);
        phase = (phase + step) % (2 * Math.PI);
      }
    },
    close: () => undefined,
  };
}

/** Silence, endless. */
export function openSilence(): SoundSource {
  return { isSilent: true, read: (target) => void target.fill(0), close: () => undefined };
}
