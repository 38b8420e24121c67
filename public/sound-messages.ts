/**
 * Messages between the page, its sound worker and its sound thread. Sample counts are per channel.
 */

/** Where the sound of a stream comes from. */
export type SoundLine = {
  /** On the MoQ endpoint: the host's, or a relay's. */
  readonly url: string;
  readonly isRelayed: boolean;
  readonly broadcast: string;
  readonly track: string;
};

/** From the page to its sound worker. */
export type SoundOrder =
  /** To the sound thread: the worker sends `SoundCommand`s there. */
  | { readonly kind: "open"; readonly port: MessagePort }
  /** Plays from now on; nothing while it is `undefined`. */
  | { readonly kind: "play"; readonly line: SoundLine | undefined };

/**
 * From the worker to the page: the state of its connection, over which media arrives once it is
 * announced.
 */
export type SoundConnection = "connected" | "received" | "lost";

/** To the sound thread: what to play comes from the worker, the rest from the page. */
export type SoundCommand =
  /** Decoded sound; its channel arrays are transferred. */
  | { readonly kind: "samples"; readonly atUs: number; readonly channels: Float32Array[] }
  /** Nothing arrives for now. */
  | { readonly kind: "rest" }
  | { readonly kind: "hold"; readonly sampleCount: number; readonly moreCount: number }
  /** From the worker. */
  | { readonly kind: "source"; readonly port: MessagePort };

/** From the sound thread, ten times a second. */
export type SoundState = {
  /** On the audio context's clock: when the sample of `placeUs` is given to the sound card. */
  readonly contextSeconds: number;
  /** On the host's clock: when that sample was played at its source. */
  readonly placeUs: number;
  readonly isPlaying: boolean;
  /** Totals since the thread began. */
  readonly playedCount: number;
  readonly emptyCount: number;
  /**
   * Least amount buffered since the previous state, below 0 the missing amount; infinite when
   * nothing was played.
   */
  readonly leastCount: number;
  readonly averageCount: number;
};
