/** A person's notes on a saved capture: a name, a note, labels, and which one is the baseline. */
import { type Static, Type } from "@sinclair/typebox";
import { cutText } from "../base/cut-text.ts";

/** Limits of a note, wherever it comes from. */
export const captureNoteLimits = {
  nameLengthMax: 80,
  noteLengthMax: 2000,
  labelCountMax: 10,
  labelLengthMax: 32,
} as const;

const { nameLengthMax, noteLengthMax, labelCountMax, labelLengthMax } = captureNoteLimits;

/** The fields of a capture's head for notes. */
export const captureNoteFields = {
  name: Type.Optional(Type.String({ description: "Name, given by a person" })),
  note: Type.Optional(
    Type.String({ description: "Note, written by a person; may have several lines" }),
  ),
  labels: Type.Optional(
    Type.Array(Type.String({ maxLength: labelLengthMax }), {
      maxItems: labelCountMax,
      description: "Labels, given by a person, for finding it",
    }),
  ),
  baseline: Type.Optional(
    Type.Boolean({ description: "The capture that others are compared with" }),
  ),
};

export const CaptureChange = Type.Object(
  {
    name: Type.Optional(
      Type.String({ maxLength: nameLengthMax, description: '"" removes the name' }),
    ),
    note: Type.Optional(
      Type.String({ maxLength: noteLengthMax, description: '"" removes the note' }),
    ),
    labels: Type.Optional(
      Type.Array(Type.String({ maxLength: labelLengthMax }), {
        maxItems: labelCountMax,
        description: "All labels; they replace the earlier ones",
      }),
    ),
    baseline: Type.Optional(Type.Boolean({ description: "true replaces the current baseline" })),
  },
  {
    $id: "CaptureChange",
    additionalProperties: false,
    description: "Any subset; fields left out stay as they are",
  },
);
/** Changes of a capture's name, note, labels and of being the baseline. */
export type CaptureChange = Static<typeof CaptureChange>;

/** Stored next to a capture's file. */
export type CaptureNote = {
  readonly name?: string;
  readonly note?: string;
  readonly labels?: string[];
};

/** The note after a change; every text is cleaned and cut. Pure. */
export function changedNote(
  before: CaptureNote,
  {
    name = before.name ?? "",
    note = before.note ?? "",
    labels = before.labels ?? [],
  }: CaptureChange,
): CaptureNote {
  const texts = { name: cleanLine(name, nameLengthMax), note: cleanText(note) };
  const unique = [...new Set(labels.map(cleanLabel))].filter((label) => label !== "");
  return {
    ...(texts.name === "" ? {} : { name: texts.name }),
    ...(texts.note === "" ? {} : { note: texts.note }),
    ...(unique.length === 0 ? {} : { labels: unique.slice(0, labelCountMax) }),
  };
}

/** One label: one line without commas, which separate labels. Empty when nothing is left. */
export function cleanLabel(text: string): string {
  return cleanLine(text.replaceAll(",", " "), labelLengthMax);
}

/** Control characters, and characters that hide text or change its direction. */
const unsafe = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu;

function cleanLine(text: string, lengthMax: number): string {
  const line = text.replace(unsafe, " ").replaceAll(/ {2,}/g, " ").trim();
  return cutText(line, lengthMax).trim();
}

function cleanText(text: string): string {
  const lines = text.slice(0, 4 * noteLengthMax).split(/\r\n|\n|\r/);
  const clean = lines.map((line) => line.replace(unsafe, " ").trimEnd()).join("\n");
  return cutText(clean.trim(), noteLengthMax).trim();
}
