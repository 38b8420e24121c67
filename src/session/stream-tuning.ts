/**
 * What a running stream is made with: what its player asked for, overruled by the operator's
 * settings, overruled by what the operator said to this session alone.
 */
import type { Settings } from "../model/settings.ts";
import type { ParityBounds } from "../parity/plan.ts";
import type { StreamMode, Tuning } from "../video/link.ts";
import { tuningOf } from "../video/tuning.ts";

/** What a stream’s bitrate, rate and preset follow from. */
export type TuningFacts = {
  /** As the player asked. */
  readonly mode: StreamMode;
  readonly settings: Settings;
  /** The host's own, where the settings name none. */
  readonly preset: string | undefined;
};

/** The tuning of one stream: what the player asked for, held to the operator’s settings. */
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

  /** Stays until the settings name another. */
  setBitrate(bitrateKbps: number): void {
    this.#now = { ...this.#now, bitrateKbps };
  }

  /** False when these settings are followed already. */
  apply(settings: Settings): boolean {
    if (settings.revision === this.#settings.revision) return false;
    const tuning = tuningOf(this.#mode, { settings, preset: this.#preset });
    const keepsBitrate = settings.bitrate_kbps === this.#settings.bitrate_kbps;
    this.#now = keepsBitrate ? { ...tuning, bitrateKbps: this.#now.bitrateKbps } : tuning;
    this.#settings = settings;
    return true;
  }
}

/** How much parity the operator allows and asks for. */
export function parityBoundsOf({ parity_percent_min, parity_percent_max }: Settings): ParityBounds {
  return { percentMin: parity_percent_min, percentMax: parity_percent_max };
}
