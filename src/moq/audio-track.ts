/**
 * The sound of one broadcast. A worker encodes it while somebody listens, once for all of them, in
 * packets of 20 ms: none runs for viewers without sound.
 */
import { Time, Varint } from "@moq/net";
import { sampleRate } from "../audio/format.ts";
import type { SoundOptions } from "../audio/link.ts";
import { bitsPerSecond } from "../audio/opus.ts";
import type { PacketTaker, SoundStream } from "../audio/sound-stream.ts";
import { readSourceName } from "../model/source.ts";
import { AudioFeed } from "./audio-feed.ts";
import type { BroadcastFeed, TrackSource } from "./feed.ts";

/** Each packet costs three messages per listener: half the length would cost twice as much. */
const packetMs = 20;
const channelCount = 2;
/** A tenth of a second: a viewer that joins through a relay starts with the last group. */
const groupPacketCount = 5;

/** Options of the track. */
export type AudioTrackOptions = Pick<SoundOptions, "source" | "output" | "filmStart"> & {
  /** Called with the first listener; its stream is closed with the last. */
  open(options: SoundOptions, onPacket: PacketTaker): SoundStream;
};

/** Opus for any number of listeners. Owns the sound stream while there is one. */
export class AudioTrack implements TrackSource {
  readonly name = "audio";
  readonly timescale = 1_000_000;
  readonly #options: AudioTrackOptions;
  readonly #listeners = new Set<AudioFeed>();
  #stream: SoundStream | undefined;
  /** Streams that are closing: each waits for its worker. */
  readonly #closing = new Set<Promise<void>>();
  #packetCount = 0;
  #isEnded = false;

  constructor(options: AudioTrackOptions) {
    this.#options = options;
  }

  /** Those who hear it now. */
  get listenerCount(): number {
    return this.#listeners.size;
  }

  /** Whether its source is known to have sound at all. */
  get isAudible(): boolean {
    return readSourceName(this.#options.source)?.kind !== "color";
  }

  /** Its part of the catalogue; empty for a source without sound. */
  catalog() {
    if (!this.isAudible) return {};
    const rendition = {
      codec: "opus",
      container: { kind: "legacy" },
      sampleRate,
      numberOfChannels: channelCount,
      bitrate: bitsPerSecond,
      jitter: packetMs,
    };
    return { audio: { renditions: { [this.name]: rendition } } };
  }

  open(): BroadcastFeed {
    const feed = new AudioFeed((closed) => this.#leave(closed));
    if (this.#isEnded) {
      feed.end();
      return feed;
    }
    this.#listeners.add(feed);
    this.#stream ??= this.#start();
    return feed;
  }

  /** Listeners get queued packets, then the end. Resolves when the worker is gone. */
  async end(): Promise<void> {
    this.#isEnded = true;
    for (const listener of this.#listeners) listener.end();
    this.#stop();
    await Promise.all(this.#closing);
  }

  #start(): SoundStream {
    const { open, source, output, filmStart } = this.#options;
    const options = { source, output, filmStart, packetMs, channelCount } as const;
    return open(options, (opus, atUs) => this.#publish(opus, atUs));
  }

  #publish(opus: Uint8Array, atUs: number): void {
    // A clock that has run for less than the sound is delayed.
    const playedUs = Math.max(0, Math.round(atUs));
    const stamp = Varint.encode(playedUs);
    const payload = new Uint8Array(stamp.byteLength + opus.byteLength);
    payload.set(stamp);
    payload.set(opus, stamp.byteLength);
    const sequence = Math.floor(this.#packetCount / groupPacketCount);
    this.#packetCount += 1;
    const timestamp = Time.Timestamp.fromMicros(playedUs as Time.Micro);
    for (const listener of this.#listeners) listener.push({ sequence, payload, timestamp });
  }

  #leave(feed: AudioFeed): void {
    this.#listeners.delete(feed);
    if (this.#listeners.size === 0) this.#stop();
  }

  #stop(): void {
    const closing = this.#stream?.close();
    this.#stream = undefined;
    if (closing === undefined) return;
    this.#closing.add(closing);
    void closing.finally(() => this.#closing.delete(closing));
  }
}
