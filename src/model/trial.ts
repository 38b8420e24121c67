/**
 * A verdict's next step, tried: which settings it changes, and the result. One at a time; the host
 * forgets it when it ends.
 */
import { type Static, Type } from "@sinclair/typebox";
import { Value } from "@sinclair/typebox/value";
import { modeLimits } from "./limits.ts";
import { bitrateKbpsMin, type Settings, SettingsChange } from "./settings.ts";
import { changedSettings, type Verdict, verdictQualities } from "./verdict.ts";

type Step = NonNullable<Verdict["causes"][number]["step"]>;

/** Fewer slots are too little: ten seconds at 60 frames per second. */
export const trialSlotsMin = 600;
/** Length of the judged stretches before and after, and what is skipped after the change. */
export const trialSpanS = 60;
export const trialSettlingMs = 2000;

const count = (description: string) => Type.Integer({ minimum: 0, description });

const TrialSide = Type.Object(
  {
    session_id: count("Session whose frames were counted"),
    quality: Type.Union(verdictQualities.map((quality) => Type.Literal(quality))),
    slots: count("Slots of the grid"),
    late: count("Late frames"),
    absent: count("Absent frames"),
    old: count("Repeats while the source was moving"),
  },
  { description: "Result of a period" },
);
/** The result of a stretch, before or after. */
export type TrialSide = Static<typeof TrialSide>;

export const Trial = Type.Object(
  {
    state: Type.Union(
      [Type.Literal("waiting"), Type.Literal("measuring"), Type.Literal("measured")],
      {
        description:
          "State: waiting for a session, measuring until there are enough frames, or measured",
      },
    ),
    changed_unix_ms: count("When the settings changed"),
    change: SettingsChange,
    was: SettingsChange,
    before: Type.Optional(TrialSide),
    after: Type.Optional(TrialSide),
  },
  { $id: "Trial", description: "A step of a verdict that was tried, and its result" },
);
/** A step that was tried. */
export type Trial = Static<typeof Trial>;

export const TrialRequest = Type.Object(
  {
    change: SettingsChange,
    session: Type.Optional(
      Type.Integer({
        minimum: 0,
        maximum: 2 ** 32 - 1,
        description: "The session to measure; default: the first one playing",
      }),
    ),
    recording: Type.Optional(
      Type.String({
        maxLength: 128,
        description: "The capture to compare with when no one plays now",
      }),
    ),
  },
  {
    $id: "TrialRequest",
    additionalProperties: false,
    description: "The settings to change, and what to compare with",
  },
);
/** The input for trying a step. */
export type TrialRequest = Static<typeof TrialRequest>;

const pacingSteps = [0.5, 0.8];
const parityPercentLeast = 10;
/** Losses occur in runs: parity for the mean loss alone would not cover most of them. */
const parityPerLoss = 3;

/**
 * The settings with which onglass applies a step itself; `undefined` if it cannot, or if they are
 * already set.
 */
export function changeOfStep(step: Step, now: Settings): SettingsChange | undefined {
  const change = wantedBy(step, now);
  if (change === undefined) return undefined;
  const isNew = Object.entries(change).some(
    ([name, value]) => now[name as keyof Settings] !== value,
  );
  return isNew ? change : undefined;
}

function wantedBy({ code, values }: Step, now: Settings): SettingsChange | undefined {
  switch (code) {
    case "match_source_rate":
      return { fps_cap: numberOf(values.fps) };
    case "faster_preset":
      return { encoder_preset: String(values.preset) };
    case "lower_bitrate":
    case "raise_bitrate":
      return { bitrate_kbps: Math.max(bitrateKbpsMin, numberOf(values.bitrate_kbps)) };
    case "more_parity":
      return parityFor(Number(values.loss_percent) || 0, now);
    case "more_pacing": {
      const share = pacingSteps.find((one) => one > now.pacing_share);
      return share === undefined ? lowerBitrate(values, now) : { pacing_share: share };
    }
    case "undo_change":
      return formerSetting(values.setting, values.value);
    default:
      return undefined;
  }
}

/** Never higher than the current one. */
function lowerBitrate({ bitrate_kbps }: Step["values"], now: Settings): SettingsChange | undefined {
  if (bitrate_kbps === undefined) return undefined;
  const kbps = Math.max(bitrateKbpsMin, numberOf(bitrate_kbps));
  return now.bitrate_kbps === 0 || kbps < now.bitrate_kbps ? { bitrate_kbps: kbps } : undefined;
}

/** A setting before its change; `undefined` if it is not a setting of that kind. */
export function formerSetting(name: unknown, value: unknown): SettingsChange | undefined {
  const change = { [String(name)]: value };
  const isKnown = changedSettings.some((one) => one === name);
  return isKnown && Value.Check(SettingsChange, change) ? change : undefined;
}

function parityFor(lossPercent: number, now: Settings): SettingsChange | undefined {
  const least = Math.min(
    modeLimits.parityPercentMax,
    Math.max(parityPercentLeast, Math.ceil(lossPercent * parityPerLoss)),
  );
  if (now.parity_percent_min >= least) return undefined;
  const isAbove = now.parity_percent_max < least;
  return { parity_percent_min: least, ...(isAbove ? { parity_percent_max: least } : {}) };
}

function numberOf(value: unknown): number {
  return Math.max(1, Math.round(Number(value) || 0));
}
