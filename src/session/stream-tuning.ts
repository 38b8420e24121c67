/**
 * The parameters of a running stream: its player's request, overridden by the operator's settings,
 * overridden by the operator's command for this session.
 */
import type { Settings } from "../model/settings.ts";
import type { ParityBounds } from "../parity/plan.ts";
import type { StreamMode, Tuning } from "../video/link.ts";
import { tuningOf } from "../video/tuning.ts";

/** The inputs for a stream’s bitrate, rate and preset. */
export type TuningFacts = {
  /** Requested by the player. */
  readonly mode: StreamMode;
  readonly settings: Settings;
  /** The host's own, if the settings set none. */
  readonly preset: string | undefined;
};

/** The tuning of one stream: the player's request, limited by the operator’s settings. */
export class StreamTuning {
  readonly #mode: StreamMode;
  readonly #preset: string | undefined;
  #settings: Settings;
  #now: Required<Tuning>;

  constructor(facts: TuningFacts) {
    this.#mode = facts.mode;
    this.#preset = facts.preset;
    this.#settings = facts.settings;
    this.#now = tuningOf(facts.mode, facts);
  }

  /** For the encoder. */
  get now(): Required<Tuning> {
    return this.#now;
  }

  get settings(): Settings {
    return this.#settings;
  }

  get fps(): number {
    return this.#now.fps;
  }

  get bitrateKbps(): number {
    return this.#now.bitrateKbps;
  }

  /** Applies until the settings set another. */
  setBitrate(bitrateKbps: number): void {
    this.#now = { ...this.#now, bitrateKbps };
  }

  /** False when these settings are already applied. */
  apply(settings: Settings): boolean {
    if (settings.revision === this.#settings.revision) return false;
    const tuning = tuningOf(this.#mode, { settings, preset: this.#preset });
    const keepsBitrate = settings.bitrate_kbps === this.#settings.bitrate_kbps;
    this.#now = keepsBitrate ? { ...tuning, bitrateKbps: this.#now.bitrateKbps } : tuning;
    this.#settings = settings;
    return true;
  }
}

/** How much parity the operator allows and requires. */
export function parityBoundsOf({ parity_percent_min, parity_percent_max }: Settings): ParityBounds {
  return { percentMin: parity_percent_min, percentMax: parity_percent_max };
}
