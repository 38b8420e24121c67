/**
 * Labels of the checkpoints that the host takes itself, as codes: every language writes its own.
 * Checkpoints that somebody requested, and those from before codes existed, have only a text.
 */
import {
  type Coded,
  type CodedTexts,
  type CodedValues,
  type CodeTable,
  codedText,
} from "./coded.ts";

export const checkpointLabels = {
  session_connected: { session: "count" },
  session_disconnected: { session: "count" },
  /** `names` of the settings that change, with commas between them. */
  settings_before: { names: "text" },
  settings_after: { names: "text" },
  bitrate_before: { session: "count" },
  bitrate_after: { session: "count" },
} as const satisfies CodeTable;

/** A code of the table above, with its values. */
export type CheckpointLabel = Coded<typeof checkpointLabels>;
/** The labels of one language. */
export type CheckpointLabelTexts = CodedTexts<typeof checkpointLabels>;

export const checkpointLabelsEnglish: CheckpointLabelTexts = {
  session_connected: ({ session }) => `session ${session} connected`,
  session_disconnected: ({ session }) => `session ${session} disconnected`,
  settings_before: ({ names }) => `before ${names}`,
  settings_after: ({ names }) => `after ${names}`,
  bitrate_before: ({ session }) => `before bitrate of session ${session}`,
  bitrate_after: ({ session }) => `after bitrate of session ${session}`,
};

/** A label in a checkpoint; from a file it may be anything. */
export type LabelFields = {
  readonly label: string | null;
  readonly label_code?: string;
  readonly label_values?: CodedValues;
};

/** The fields of a label that the host gave. */
export function labelFields(label: CheckpointLabel): LabelFields {
  const { code, values } = label;
  return {
    label: checkpointLabelText({ label: null, label_code: code, label_values: values }) ?? code,
    label_code: code,
    label_values: values,
  };
}

/** In a language; as recorded if there is no code, or one of a later version. */
export function checkpointLabelText(
  { label, label_code, label_values = {} }: LabelFields,
  texts: CheckpointLabelTexts = checkpointLabelsEnglish,
): string | undefined {
  const language = { table: checkpointLabels, texts, number: String };
  const known =
    label_code === undefined ? undefined : codedText(language, label_code, label_values);
  return known ?? label ?? undefined;
}
