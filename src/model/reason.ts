/**
 * Why something happened, as events carry it: how a session ended, what changed in an encoder, what
 * a player ran into. `reason` is the English text, `reason_code` and `reason_values` are for every
 * other language. Recordings from before codes existed have only the text.
 */

import { Type } from "@sinclair/typebox";
import { cutText } from "../base/cut-text.ts";
import {
  type Coded,
  type CodedTexts,
  type CodedValues,
  type CodeTable,
  codedText,
  type ValuesArgument,
  type WriteNumber,
} from "./coded.ts";
import { endings, endingsEnglish } from "./ending.ts";

/** Longer texts among the values are cut. */
const valueLengthMax = 1024;

/** Reasons that are not an end. */
export const otherReasons = {
  /** Both sides complete, including equal parts: an empty preset is the encoder's own. */
  encoder_changed: {
    from_mode: "text",
    to_mode: "text",
    from_preset: "text",
    to_preset: "text",
    from_fps: "number",
    to_fps: "number",
    from_kbps: "count",
    to_kbps: "count",
  },
  encoder_failed: { detail: "text" },
  /** Size and rate of both sides, such as 1280x720@60; as requested from the encoder. */
  picture_lowered: { from: "text", to: "text", kbps: "count" },
  picture_raised: { from: "text", to: "text", kbps: "count" },
  picture_asked: { from: "text", to: "text", kbps: "count" },
  /** Why a source shows nothing for now. */
  output_gone: {},
  screen_off: {},
  desktop_gone: {},
  frames_lost: { frames: "count" },
  picture_froze: { times: "count" },
  sound_ran_out: { times: "count" },
  decoding_failed: { times: "count" },
} as const satisfies CodeTable;

export const reasons = { ...endings, ...otherReasons } as const satisfies CodeTable;
/** A code of the table above. No other compiles. */
export type ReasonCode = keyof typeof reasons;
/** Why a source shows nothing for now: its output was unplugged, its screen or its compositor is off. */
export type AbsenceCode = "output_gone" | "screen_off" | "desktop_gone";
/** A code with its values. */
export type Reason<Code extends ReasonCode = ReasonCode> = Coded<Pick<typeof reasons, Code>>;

/** A code that has values takes them as its second argument. */
export function reason<Code extends ReasonCode>(
  code: Code,
  ...[values]: ValuesArgument<(typeof reasons)[Code]>
): Reason<Code> {
  // The argument matches the row of this code.
  return { code, values: values ?? {} } as Reason<Code>;
}
/** The sentences of one language. */
export type ReasonTexts = CodedTexts<typeof reasons>;

export const reasonsEnglish: ReasonTexts = {
  ...endingsEnglish,
  output_gone: () => "its screen output is gone",
  screen_off: () => "the screen is switched off",
  desktop_gone: () => "the desktop has ended",
  encoder_changed: (values, number) => {
    const { from_fps, to_fps, from_kbps, to_kbps } = values;
    const preset = (name: string) => (name === "" ? "default" : name);
    return changesText([
      [values.from_mode, values.to_mode, (from, to) => `${from} to ${to}`],
      [
        preset(values.from_preset),
        preset(values.to_preset),
        (from, to) => `preset ${from} to ${to}`,
      ],
      [number(from_fps), number(to_fps), (from, to) => `${from} to ${to} fps`],
      [number(from_kbps / 1000), number(to_kbps / 1000), (from, to) => `${from} to ${to} Mbit/s`],
    ]);
  },
  encoder_failed: ({ detail }) => `it had failed: ${detail}`,
  picture_lowered: ({ from, to, kbps }, number) =>
    `${from} to ${to}, because ${number(kbps)} kbit/s cannot carry more`,
  picture_raised: ({ from, to, kbps }, number) =>
    `${from} to ${to}, which ${number(kbps)} kbit/s can carry`,
  picture_asked: ({ from, to }) => `${from} to ${to}, as requested`,
  frames_lost: ({ frames }, number) =>
    frames === 1 ? "1 frame was lost" : `${number(frames)} frames were lost`,
  sound_ran_out: ({ times }, number) => `sound ran out ${timesText(times, number)}`,
  picture_froze: ({ times }, number) => `picture froze ${timesText(times, number)}`,
  decoding_failed: ({ times }, number) => `decoding failed ${timesText(times, number)}`,
};

type Change = readonly [from: string, to: string, text: (from: string, to: string) => string];

/** One part for each pair that differs; empty if none does. */
export function changesText(changes: readonly Change[]): string {
  const parts = changes.filter(([from, to]) => from !== to);
  return parts.map(([from, to, text]) => text(from, to)).join(", ");
}

function timesText(times: number, number: WriteNumber): string {
  return times === 1 ? "once" : `${number(times)} times`;
}

const english = { table: reasons, texts: reasonsEnglish, number: String };

/** In English, for the API, the log and files. */
export function reasonText({ code, values }: Reason): string {
  return codedText(english, code, values) ?? code;
}

/** The fields added to an event or a message. */
export function reasonFields(why: Reason) {
  const values = Object.entries(why.values).map(([name, value]: [string, string | number]) =>
    typeof value === "string" ? [name, cutText(value, valueLengthMax)] : [name, value],
  );
  return {
    reason: reasonText(why),
    reason_code: why.code,
    reason_values: Object.fromEntries(values) as CodedValues,
  };
}

/** Values of a code, by name, as sent and saved. */
export function valuesShape(description: string) {
  const value = Type.Union([Type.Number(), Type.String({ maxLength: valueLengthMax })]);
  const options = { additionalProperties: value, maxProperties: 16, description };
  return Type.Unsafe<CodedValues>(Type.Object({}, options));
}

/** For a shape with a `reason`: the source of the text. */
export const reasonShape = {
  reason_code: Type.Optional(
    Type.String({ maxLength: 128, description: "The reason, for programs" }),
  ),
  reason_values: Type.Optional(valuesShape("Values for the text of the reason")),
};

/** A recorded `reason`; from a file it may be anything. */
export type RecordedReason = {
  readonly reason?: string | undefined;
  readonly reason_code?: string | undefined;
  readonly reason_values?: CodedValues | undefined;
};

/** In a language; as recorded if there is no code, or one of a later version. */
export function recordedReasonText(
  recorded: RecordedReason,
  language: { readonly texts: ReasonTexts; readonly number: WriteNumber },
): string {
  const { reason: written = "", reason_code, reason_values = {} } = recorded;
  if (reason_code === undefined) return written;
  return codedText({ ...language, table: reasons }, reason_code, reason_values) ?? written;
}
