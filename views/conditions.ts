/** The conditions of a capture, line by line in the words of the catalogue. */
import { settingLine } from "./event-text.ts";
import { nameOf, type Reader } from "./format.ts";

/** A path in the state of a checkpoint, and its value: a text, a number, a boolean, null. */
export type Condition = readonly [place: string, value: unknown];

type Line = readonly [name: string, text: string];

const settingPlace = /^settings\.values\.(\w+)$/;
const encoderPlace = /^(encoders\.\d+)\.(codec|encoder|available)$/;

/** A path without a text, as from a later version, is shown as it is. */
export function conditionLines(reader: Reader, conditions: readonly Condition[]): Line[] {
  const byPlace = new Map(conditions);
  return conditions.flatMap(([place, value]) => {
    const [, encoder, member] = encoderPlace.exec(place) ?? [];
    if (encoder !== undefined && member !== "codec") return [];
    if (encoder !== undefined)
      return [encoderLine(reader, (name) => byPlace.get(`${encoder}.${name}`))];
    return [capitalised(reader, knownLine(reader, place, value) ?? [place, textOf(value)])];
  });
}

function knownLine(reader: Reader, place: string, value: unknown): Line | undefined {
  const setting = settingPlace.exec(place)?.[1];
  const known = setting === undefined ? undefined : settingLine(reader, setting, value);
  if (known !== undefined) return known;
  const { conditionNames } = reader.messages.share;
  const names: ReadonlyMap<string, string> = new Map(Object.entries(conditionNames));
  const title = names.get(place.split(".").at(-1) ?? "");
  return title === undefined ? undefined : [title, valueText(reader, place, value)];
}

function encoderLine(reader: Reader, read: (member: string) => unknown): Line {
  const { encoderOf, noEncoder } = reader.messages.share;
  const name = encoderOf(nameOf(textOf(read("codec"))));
  return [name, read("available") === false ? noEncoder : textOf(read("encoder"))];
}

function valueText({ messages, format }: Reader, place: string, value: unknown): string {
  if (typeof value === "boolean") return messages.settings[value ? "on" : "off"];
  if (typeof value !== "number") return textOf(value);
  if (place.endsWith("_bytes")) return `${format.decimal(value / 1e9)} GB`;
  return format.rounded(value, 2);
}

function textOf(value: unknown): string {
  return value === null || value === undefined || value === "" ? "–" : String(value);
}

function capitalised({ language }: Reader, [name, text]: Line): Line {
  return [name.charAt(0).toLocaleUpperCase(language) + name.slice(1), text];
}
