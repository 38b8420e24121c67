/** Combines a player's request with the operator's settings. */
import { bitrateKbpsLeast } from "../model/limits.ts";
import type { Settings } from "../model/settings.ts";
import { knownPreset } from "./encoders.ts";
import type { StreamMode, Tuning } from "./link.ts";

/** A player's requested mode, limited by the settings. */
export function tuningOf(
  { codec, bitrateKbps, fps, ...size }: StreamMode,
  { settings, preset }: { settings: Settings; preset: string | undefined },
): Required<Tuning> {
  const { bitrate_kbps, fps_cap, encoder_preset } = settings;
  return {
    // The settings are for all streams; one that is being opened is not known when they are set.
    bitrateKbps: bitrate_kbps === 0 ? bitrateKbps : Math.max(bitrate_kbps, bitrateKbpsLeast(size)),
    fps: fps_cap === 0 ? fps : Math.min(fps, fps_cap),
    preset: knownPreset(codec, encoder_preset) ?? knownPreset(codec, preset),
    picture: undefined,
  };
}
