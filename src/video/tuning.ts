/** Between what a player asked for and what the operator's settings say. */
import { bitrateKbpsLeast } from "../model/limits.ts";
import type { Settings } from "../model/settings.ts";
import { knownPreset } from "./encoders.ts";
import type { StreamMode, Tuning } from "./link.ts";

/** What the settings make of a mode that a player asked for. */
export function tuningOf(
  { codec, bitrateKbps, fps, ...size }: StreamMode,
  { settings, preset }: { settings: Settings; preset: string | undefined },
): Required<Tuning> {
  const { bitrate_kbps, fps_cap, encoder_preset } = settings;
  return {
    // The settings are for all streams; one that is being opened is not known to who sets them.
    bitrateKbps: bitrate_kbps === 0 ? bitrateKbps : Math.max(bitrate_kbps, bitrateKbpsLeast(size)),
    fps: fps_cap === 0 ? fps : Math.min(fps, fps_cap),
    preset: knownPreset(codec, encoder_preset) ?? knownPreset(codec, preset),
    picture: undefined,
  };
}
