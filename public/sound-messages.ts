/** What the page and its sound thread say to each other. Sample counts are of each channel. */

/** From the page. */
export type SoundCommand =
  /** Decoded sound; its channels are handed over. */
  | { readonly kind: "samples"; readonly atUs: number; readonly channels: Float32Array[] }
  | { readonly kind: "hold"; readonly sampleCount: number }
  /** Nothing comes for now. */
  | { readonly kind: "rest" };

/** From the sound thread, ten times a second. */
export type SoundState = {
  /** On the clock of the audio context: when what is at `placeUs` is given to the sound card. */
  readonly contextSeconds: number;
  /** On the host's clock: when that was played at its source. */
  readonly placeUs: number;
  readonly isPlaying: boolean;
  /** Totals since the thread began. */
  readonly playedCount: number;
  readonly emptyCount: number;
  /** The least that waited since the state before; infinite when nothing was played. */
  readonly leastCount: number;
  readonly averageCount: number;
};
