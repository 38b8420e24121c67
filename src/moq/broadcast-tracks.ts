/** The tracks of one stream's broadcast: a catalogue of them, the video, and sound where there is some. */

import { SoundLatency } from "../audio/sound-latency.ts";
import { openSound } from "../audio/sound-stream.ts";
import type { EncodeOptions } from "../video/link.ts";
import { AudioTrack } from "./audio-track.ts";
import { catalogOf } from "./catalog.ts";
import type { BroadcastSource } from "./feed.ts";
import { LatestTrack } from "./latest-track.ts";
import type { PublishedFrame } from "./published-frame.ts";
import type { VideoTrack } from "./video-track.ts";

type Options = {
  readonly path: string;
  readonly video: VideoTrack;
  readonly source: string;
  /** Of a private session: what its programs play to. */
  readonly output: string | undefined;
  /** Of the stream: sound of a film stays with it. */
  readonly filmStart: SharedArrayBuffer;
};

/** One for each broadcast. The video is its caller's. */
export class BroadcastTracks {
  readonly source: BroadcastSource;
  readonly audio: AudioTrack;
  readonly soundLatency = new SoundLatency();
  readonly #video: VideoTrack;
  readonly #catalog = new LatestTrack("catalog.json");
  #described = "";

  constructor({ path, video, source, output, filmStart }: Options) {
    this.#video = video;
    this.audio = new AudioTrack({
      ...{ source, output, filmStart },
      open: (sound, onPacket) =>
        openSound(sound, { path: "browser", onPacket, latency: this.soundLatency }),
    });
    const heard = this.audio.isAudible ? [this.audio] : [];
    this.source = { path, tracks: [this.#catalog, video, ...heard] };
  }

  /** Publishes the catalogue, if it says anything new. @param key a key frame of what is described */
  describe(made: EncodeOptions, key: PublishedFrame): void {
    const catalog = { ...catalogOf(made, this.#video.name, key), ...this.audio.catalog() };
    const text = JSON.stringify(catalog);
    if (text !== this.#described) this.#catalog.write(catalog);
    this.#described = text;
  }

  /** Viewers get what waits for them, then the end. Resolves when nothing encodes sound any more. */
  async end(): Promise<void> {
    this.#video.end();
    this.#catalog.end();
    await this.audio.end();
  }
}
