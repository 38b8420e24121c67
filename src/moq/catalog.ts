/** The catalogue for hang players: the tracks of a broadcast, and how they are decoded. */
import type { EncodeOptions } from "../video/link.ts";
import { codecString } from "./codec-string.ts";
import type { PublishedFrame } from "./published-frame.ts";

/** @param key a key frame: it contains the encoder's profile and level. */
export function catalogOf(encode: EncodeOptions, trackName: string, key: PublishedFrame) {
  const unit = key.payload.subarray(key.payload.byteLength - key.byteCount);
  const rendition = {
    codec:
      codecString(encode.codec, unit) ?? (encode.codec === "av1" ? "av01.0.13M.08" : "avc1.640034"),
    container: { kind: "legacy" },
    codedWidth: encode.width,
    codedHeight: encode.height,
    framerate: encode.fps,
    // Units are sent as they are made. By default a player waits a frame's time to play evenly.
    jitter: 0,
    optimizeForLatency: true,
  };
  return { video: { renditions: { [trackName]: rendition } } };
}
