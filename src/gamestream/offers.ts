/**
 * What the host accepts from players: codecs, modes and touch, as far as its encoders are known.
 */
import { deviceProblem } from "../input/player-devices.ts";
import type { CodecName } from "../model/capture.ts";
import { readSourceName } from "../model/source.ts";
import type { LaunchAdmission } from "./admission.ts";
import type { Launch } from "./launch.ts";
import type { GamestreamOptions } from "./link.ts";
import { codecRefusal, type Encoders, type GamestreamMode, modeRefusal } from "./mode.ts";
import type { StreamSettings } from "./rtsp/sdp.ts";

type Options = Pick<GamestreamOptions, "codecs" | "encoder" | "isInputOn">;

/** Answers for the currently admitted launch. */
export class Offers {
  readonly #options: Options;
  readonly #admission: LaunchAdmission;
  #encoders: Encoders;

  constructor(options: Options, admission: LaunchAdmission) {
    this.#options = options;
    this.#admission = admission;
    this.#encoders = { choice: options.encoder ?? "auto", hardware: [] };
  }

  /** FFmpeg's names of the encoders that opened on this machine. */
  knowEncoders(hardware: readonly string[]): void {
    this.#encoders = { ...this.#encoders, hardware };
  }

  /** Why nothing can be encoded in this mode; `undefined` when something can. */
  modeRefusal(mode: GamestreamMode): string | undefined {
    return modeRefusal(mode, this.#encoders);
  }

  /** Why an announced stream is refused, checked now; `undefined` when it is not. */
  refusalOf(launch: Launch, settings: StreamSettings): string | undefined {
    const isCurrent = this.#admission.running !== undefined && this.#admission.mayTakeUp(launch);
    if (launch.key.isSpent || !isCurrent) return "Cannot stream: this launch is over";
    const { codec } = settings;
    if (!this.#options.codecs.includes(codec)) return `Cannot stream: ${codec} is not offered`;
    return this.modeRefusal(settings) ?? codecRefusal(codec, settings, this.#encoders);
  }

  /**
   * Without a mode everything that the operator offers: the announcement is checked in any case.
   */
  codecsFor(mode: GamestreamMode | undefined): readonly CodecName[] {
    const { codecs } = this.#options;
    if (mode === undefined) return codecs;
    return codecs.filter((codec) => codecRefusal(codec, mode, this.#encoders) === undefined);
  }

  /** Checked again for each launch: the right to create devices may have been granted meanwhile. */
  takesContacts(): boolean {
    const source = this.#admission.running?.app.source;
    if (!this.#options.isInputOn || source === undefined) return false;
    const kind = readSourceName(source)?.kind;
    const isOnScreen = ["kms", "wayland", "kde", "auto"].includes(kind ?? "");
    return isOnScreen && deviceProblem() === undefined;
  }
}
