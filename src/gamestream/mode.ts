/** The mode that a player launches and announces, and whether this host accepts it. */
import { Failure } from "../base/failure.ts";
import type { CodecName } from "../model/capture.ts";
import { type EncoderChoice, encodersFor } from "../video/encoders.ts";
import { checkHoldable, checkMode } from "../video/options.ts";

export type GamestreamMode = {
  readonly width: number;
  readonly height: number;
  /** May be a fraction, such as 59.94. */
  readonly fps: number;
};

/** `<width>x<height>x<rate>`; `undefined` when it is missing or malformed. */
export function readMode(text: string | null): GamestreamMode | undefined {
  const match = /^(\d{1,5})x(\d{1,5})x(\d{1,5})$/.exec(text ?? "");
  if (match === null) return undefined;
  const [width = 0, height = 0, fps = 0] = match.slice(1).map(Number);
  return { ...evenSides({ width, height }), fps };
}

/** Encoders want even sides; players ask for 853x480. */
export function evenSides({ width, height }: { width: number; height: number }) {
  return { width: width & ~1, height: height & ~1 };
}

/** The capabilities of the host's encoders, as far as known. */
export type Encoders = {
  readonly choice: EncoderChoice;
  /** FFmpeg's names of the hardware encoders that opened. */
  readonly hardware: readonly string[];
};

/**
 * Why nothing can be encoded in this mode, as a text for the player; `undefined` when something
 * can.
 */
export function modeRefusal(mode: GamestreamMode, encoders: Encoders): string | undefined {
  return reasonOf(() => checkMode(mode)) ?? codecRefusal("h264", mode, encoders);
}

/** Why this codec cannot be encoded in this mode; `undefined` when an encoder supports it. */
export function codecRefusal(
  codec: CodecName,
  mode: GamestreamMode,
  { choice, hardware }: Encoders,
): string | undefined {
  const setups = encodersFor(codec, choice);
  // Software is last; hardware counts after it has been opened.
  const usable = setups.filter(
    (setup, index) => index === setups.length - 1 || hardware.includes(setup.name),
  );
  const reasons = usable.map((setup) => reasonOf(() => checkHoldable(setup, mode)));
  return reasons.includes(undefined) ? undefined : reasons[0];
}

function reasonOf(check: () => void): string | undefined {
  try {
    check();
    return undefined;
  } catch (cause) {
    if (cause instanceof Failure) return cause.message;
    throw cause;
  }
}
