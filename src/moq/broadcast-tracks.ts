/**
 * The tracks of one stream's broadcast: a catalogue of them, the video, and sound if there is any.
 */

import { SoundLatency } from "../audio/sound-latency.ts";
import { openSound } from "../audio/sound-stream.ts";
import type { EncodeOptions, Tuning } from "../video/link.ts";
import type { PictureSize } from "../video/sources/source.ts";
import { AudioTrack } from "./audio-track.ts";
import { catalogOf } from "./catalog.ts";
import type { BroadcastSource } from "./feed.ts";
import { LatestTrack } from "./latest-track.ts";
import type { PublishedFrame } from "./published-frame.ts";
import type { VideoTrack } from "./video-track.ts";

type Options = {
  readonly path: string;
  readonly video: VideoTrack;
  /** As it was asked for. */
  readonly made: EncodeOptions;
  /** Of a private session: what its programs play to. */
  readonly output: string | undefined;
  /** The stream's own: a film's sound stays in sync with it. */
  readonly filmStart: SharedArrayBuffer;
};

/** One per broadcast. The video belongs to the caller. */
export class BroadcastTracks {
  readonly source: BroadcastSource;
  readonly audio: AudioTrack;
  readonly soundLatency = new SoundLatency();
  readonly #video: VideoTrack;
  readonly #catalog = new LatestTrack("catalog.json");
  #made: EncodeOptions;
  #described = "";
  /** The catalogue describes the current frames. */
  #isDescribed = false;

  constructor({ path, video, made, output, filmStart }: Options) {
    this.#video = video;
    this.#made = made;
    const { source } = made;
    this.audio = new AudioTrack({
      ...{ source, output, filmStart },
      open: (sound, onPacket) =>
        openSound(sound, { path: "browser", onPacket, latency: this.soundLatency }),
    });
    const heard = this.audio.isAudible ? [this.audio] : [];
    this.source = { path, tracks: [this.#catalog, video, ...heard] };
  }

  /** Of its pictures. */
  get size(): PictureSize {
    return { width: this.#made.width, height: this.#made.height };
  }

  /** The encoder was asked for this, and reports when it applies. */
  resize({ width, height }: PictureSize): void {
    this.#made = { ...this.#made, width, height };
  }

  /** The encoder was opened again: the next key frame may be of another kind. */
  expectOther(): void {
    this.#isDescribed = false;
  }

  /**
   * Publishes the catalogue, if it has changed. The rate stays as first published: players
   * resubscribe to a track with another one.
   */
  describe(key: PublishedFrame, { fps, bitrateKbps }: Required<Tuning>): void {
    if (this.#isDescribed) return;
    if (this.#described === "") this.#made = { ...this.#made, fps, bitrateKbps };
    const catalog = { ...catalogOf(this.#made, this.#video.name, key), ...this.audio.catalog() };
    const text = JSON.stringify(catalog);
    if (text !== this.#described) this.#catalog.write(catalog);
    this.#described = text;
    this.#isDescribed = true;
  }

  /** Viewers get queued frames, then the end. Resolves when nothing encodes sound any more. */
  async end(): Promise<void> {
    this.#video.end();
    this.#catalog.end();
    await this.audio.end();
  }
}
