/** Reads the sound of a broadcast and decodes it: Opus in packets, each with its time. */
import { Hang, Net } from "@moq/watch";
import { sampleRate } from "./sound-buffer.ts";
import { SoundTimes } from "./sound-times.ts";

/** The first track of a catalogue that this page can play. */
export function soundTrackOf(catalog: Hang.Catalog.Root | undefined): string | undefined {
  if (!("AudioDecoder" in globalThis)) return undefined;
  const renditions = Object.entries(catalog?.audio?.renditions ?? {});
  return renditions.find(
    ([, { codec, container }]) => codec === "opus" && container.kind === "legacy",
  )?.[0];
}

/**
 * Decoded sound: when its first sample was played at the host, and a list of samples per channel.
 */
export type SoundTaker = (atUs: number, channels: Float32Array<ArrayBuffer>[]) => void;

/**
 * Subscribes until the signal is aborted or the track ends. A packet that cannot be decoded is
 * skipped.
 */
export async function readSound(
  track: Net.Track.Consumer,
  { signal, onSamples }: { readonly signal: AbortSignal; readonly onSamples: SoundTaker },
): Promise<void> {
  const subscriber = track.subscribe({ priority: Hang.Catalog.PRIORITY.audio });
  const decoding = openDecoder(onSamples);
  signal.addEventListener("abort", () => subscriber.close());
  try {
    for (;;) {
      const group = await subscriber.recvGroup();
      if (group === undefined) return;
      for (;;) {
        const frame = await group.readFrame();
        if (frame === undefined) break;
        decode(decoding, frame.payload);
      }
    }
  } catch {
    // The connection has ended; the player opens another.
  } finally {
    subscriber.close();
    if (decoding.decoder.state !== "closed") decoding.decoder.close();
  }
}

type Decoding = { readonly decoder: AudioDecoder; readonly times: SoundTimes };

function openDecoder(onSamples: SoundTaker): Decoding {
  const times = new SoundTimes();
  const decoder = new AudioDecoder({
    output: (data) => {
      const channels = Array.from({ length: data.numberOfChannels }, (_, planeIndex) => {
        const samples = new Float32Array(data.numberOfFrames);
        data.copyTo(samples, { planeIndex, format: "f32-planar" });
        return samples;
      });
      onSamples(times.take(data.timestamp), channels);
      data.close();
    },
    error: () => undefined,
  });
  decoder.configure({ codec: "opus", sampleRate, numberOfChannels: 2 });
  return { decoder, times };
}

/** A packet is its time as a varint of microseconds, then the sound. */
function decode({ decoder, times }: Decoding, payload: Uint8Array): void {
  if (payload.byteLength === 0 || decoder.state === "closed") return;
  const [timestamp, opus] = Net.Varint.decode(payload);
  if (opus.byteLength === 0) return;
  // A chunk does not accept shared memory, which this never is: the copy is for the types.
  const data = new Uint8Array(opus);
  times.add(timestamp);
  decoder.decode(new EncodedAudioChunk({ type: "key", timestamp, data }));
}
