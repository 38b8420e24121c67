/** What an operator can change while streams run. */
import { type Static, Type } from "@sinclair/typebox";
import { modeLimits } from "./limits.ts";

/** Presets of x264 and x265, fastest first. */
export const presetsOfX26x = [
  "ultrafast",
  "superfast",
  "veryfast",
  "faster",
  "fast",
  "medium",
  "slow",
  "slower",
  "veryslow",
] as const;

/** Presets of SVT-AV1, slowest first. */
export const presetsOfSvt = Array.from({ length: 11 }, (_, index) => `${index}`);

/** Presets of NVENC, fastest first. */
export const presetsOfNvenc = Array.from({ length: 7 }, (_, index) => `p${index + 1}`);

export const { bitrateKbpsMin } = modeLimits;

const fields = {
  bitrate_kbps: Type.Integer({
    minimum: 0,
    maximum: modeLimits.bitrateKbpsMax,
    description: `Bitrate of every stream; 0 = as each player requested, otherwise ${bitrateKbpsMin} or more`,
  }),
  bitrate_follows_link: Type.Boolean({
    description: "The bitrate is lowered while the link cannot carry it",
  }),
  fps_cap: Type.Integer({
    minimum: 0,
    maximum: modeLimits.fpsMax,
    description: "Maximum frame rate of every stream; 0 = no limit",
  }),
  encoder_preset: Type.String({
    maxLength: 16,
    description:
      `"" = as set at the start of the host; otherwise ${presetsOfX26x.join(", ")} (x264, x265), ` +
      "0 to 10 (SVT-AV1) or p1 to p7 (NVENC). Encoders without this preset ignore it; x265 and SVT-AV1 " +
      "use the slowest preset, up to this one, that sustains the stream's mode on this machine",
  }),
  parity_percent_min: Type.Integer({
    minimum: 0,
    maximum: modeLimits.parityPercentMax,
    description: "Least parity of a block, as a percentage of its data, whatever the loss",
  }),
  parity_percent_max: Type.Integer({
    minimum: 0,
    maximum: modeLimits.parityPercentMax,
    description:
      "Most parity of a block, as a percentage of its data, but never less than three packets; 0 = no parity",
  }),
  pacing_share: Type.Number({
    minimum: 0,
    maximum: 0.9,
    description:
      "Share of the frame interval over which a frame’s packets are spread; 0 = all at once",
  }),
  gamestream_takeover: Type.Boolean({
    description: "A paired Moonlight player may end another one’s session, or take over from it",
  }),
  history_days: Type.Integer({
    minimum: 0,
    maximum: 365,
    description: "Days for which the history keeps the frames of all sessions; 0 = off",
  }),
  history_mb: Type.Integer({
    minimum: 0,
    maximum: 1_000_000,
    description: "Maximum size of the history in megabytes; 0 = off",
  }),
  keep_on_late: Type.Integer({
    minimum: 0,
    maximum: 1000,
    description:
      "A frame sent this many frame intervals late saves a capture automatically; 0 = off",
  }),
  keep_on_missed: Type.Integer({
    minimum: 0,
    maximum: 1000,
    description:
      "This many slots without a frame within a second save a capture automatically; 0 = off",
  }),
  keep_on_lost: Type.Integer({
    minimum: 0,
    maximum: 1000,
    description:
      "This many frames lost at the player within a second save a capture automatically; 0 = off",
  }),
  keep_on_stall_ms: Type.Integer({
    minimum: 0,
    maximum: 60_000,
    description:
      "A stream that is frozen for this many milliseconds saves a capture automatically; 0 = off",
  }),
  keep_on_verdict: Type.Boolean({
    description: "A verdict that turns bad and stays bad saves a capture automatically",
  }),
  keep_count: Type.Integer({
    minimum: 0,
    maximum: 1000,
    description:
      "Number of automatic captures to keep; the oldest is deleted first; 0 = none is saved",
  }),
  otlp_url: Type.String({
    maxLength: 512,
    description:
      'OTLP/HTTP collector for metrics, traces and logs, without the path of a signal; "" = none',
  }),
};

export const Settings = Type.Object(
  {
    revision: Type.Integer({ minimum: 0, description: "Increases by one with every change" }),
    ...fields,
  },
  { $id: "Settings", description: "Settings of running and future streams" },
);
/** Settings of running streams, with the number of their last change. */
export type Settings = Static<typeof Settings>;

export const SettingsChange = Type.Partial(Type.Object(fields), {
  $id: "SettingsChange",
  additionalProperties: false,
});
/** The settings to change; the rest stays. */
export type SettingsChange = Static<typeof SettingsChange>;

export const settingsDefault: Settings = {
  revision: 0,
  bitrate_kbps: 0,
  bitrate_follows_link: true,
  fps_cap: 0,
  encoder_preset: "",
  parity_percent_min: 0,
  parity_percent_max: 50,
  pacing_share: 0.5,
  gamestream_takeover: false,
  history_days: 7,
  history_mb: 1000,
  keep_on_late: 6,
  keep_on_missed: 15,
  keep_on_lost: 5,
  keep_on_stall_ms: 500,
  keep_on_verdict: true,
  keep_count: 20,
  otlp_url: "",
};

/** Presets of all encoders. */
export const presetNames: readonly string[] = [
  ...presetsOfX26x,
  ...presetsOfSvt,
  ...presetsOfNvenc,
];

/** A setting of the operator. */
export type SettingsField = keyof SettingsChange;
export const settingsFields = Object.keys(fields) as readonly SettingsField[];

/** Settings for experiments: those that running streams apply at once. */
export const experimentFields = [
  "encoder_preset",
  "bitrate_kbps",
  "fps_cap",
  "parity_percent_min",
  "parity_percent_max",
  "pacing_share",
] as const satisfies readonly SettingsField[];

/** Settings that are on or off. */
export type SettingsSwitch = {
  [F in SettingsField]: Settings[F] extends boolean ? F : never;
}[SettingsField];
const switches: readonly SettingsField[] = [
  "bitrate_follows_link",
  "gamestream_takeover",
  "keep_on_verdict",
] satisfies SettingsSwitch[];

/** Whether a setting is a switch, and not a number or a name. */
export function isSwitch(field: SettingsField): field is SettingsSwitch {
  return switches.includes(field);
}

/** Settings that are text. */
export type SettingsText = {
  [F in SettingsField]: Settings[F] extends string ? F : never;
}[SettingsField];
const texts: readonly SettingsField[] = ["encoder_preset", "otlp_url"] satisfies SettingsText[];

/** Whether a setting is text, and not a number or a switch. */
export function isText(field: SettingsField): field is SettingsText {
  return texts.includes(field);
}

/**
 * The form of a collector's address: without a name, a password or a query, which would be shown.
 */
const takesCollector = "an address without name, password or query, such as http://127.0.0.1:4318";

/** The invalid setting, and what it accepts. */
export type SettingsFault = {
  readonly field: SettingsField;
  /** What the field accepts instead. */
  readonly takes: string;
};

/** Rules beyond the schema: the first field at fault, undefined when all is well. */
export function findFault(settings: Settings): SettingsFault | undefined {
  const { bitrate_kbps, encoder_preset, parity_percent_min, parity_percent_max } = settings;
  if (bitrate_kbps !== 0 && bitrate_kbps < bitrateKbpsMin) {
    return {
      field: "bitrate_kbps",
      takes: `0 or a whole number from ${bitrateKbpsMin} to 500000`,
    };
  }
  if (encoder_preset !== "" && !presetNames.includes(encoder_preset)) {
    return {
      field: "encoder_preset",
      takes: `${presetsOfX26x.join(", ")}, 0 to 10, p1 to p7 or ""`,
    };
  }
  if (parity_percent_min > parity_percent_max) {
    const range = `from 0 to parity_percent_max, which is ${parity_percent_max}`;
    return { field: "parity_percent_min", takes: `a whole number ${range}` };
  }
  if (!isCollector(settings.otlp_url)) return { field: "otlp_url", takes: takesCollector };
  return undefined;
}

/** The same in words, for the caller. */
export function faultOf(settings: Settings): string | undefined {
  const fault = findFault(settings);
  return fault && `Cannot use "${fault.field}": it takes ${fault.takes}`;
}

function isCollector(text: string): boolean {
  if (text === "") return true;
  const url = URL.parse(text);
  if (url === null || !["http:", "https:"].includes(url.protocol)) return false;
  return [url.username, url.password, url.search, url.hash].every((part) => part === "");
}
