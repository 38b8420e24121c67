/** What the page, its sound worker and its sound thread say to each other. Sample counts are of each channel. */

/** Where the sound of a stream comes from. */
export type SoundLine = {
  /** Of the MoQ endpoint: the host's, or a relay's. */
  readonly url: string;
  readonly isRelayed: boolean;
  readonly broadcast: string;
  readonly track: string;
};

/** From the page to its sound worker. */
export type SoundOrder =
  /** To the sound thread: the worker sends `SoundCommand`s there. */
  | { readonly kind: "open"; readonly port: MessagePort }
  /** From here on; nothing while it is `undefined`. */
  | { readonly kind: "play"; readonly line: SoundLine | undefined };

/** From the worker to the page: what became of its connection, which media come over once it is announced. */
export type SoundConnection = "connected" | "received" | "lost";

/** To the sound thread: what to play from the worker, the others from the page. */
export type SoundCommand =
  /** Decoded sound; its channels are handed over. */
  | { readonly kind: "samples"; readonly atUs: number; readonly channels: Float32Array[] }
  /** Nothing comes for now. */
  | { readonly kind: "rest" }
  | { readonly kind: "hold"; readonly sampleCount: number }
  /** From the worker. */
  | { readonly kind: "source"; readonly port: MessagePort };

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
  /** The least that waited since the state before, below 0 what was missing; infinite when nothing was played. */
  readonly leastCount: number;
  readonly averageCount: number;
};
