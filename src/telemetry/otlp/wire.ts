/**
 * The values that all OTLP messages are made of, in the JSON mapping of OTLP/HTTP: 64-bit numbers are
 * texts, ids are hexadecimal, names are in lowerCamelCase, enums are numbers. Pure.
 */

/** A value of an attribute. */
type AnyValue =
  | { readonly stringValue: string }
  | { readonly boolValue: boolean }
  | { readonly intValue: string }
  | { readonly doubleValue: number }
  | { readonly arrayValue: { readonly values: readonly AnyValue[] } };

/** One attribute. */
export type KeyValue = { readonly key: string; readonly value: AnyValue };

/** Input for attributes; `undefined` is left out. */
export type Attributes = Readonly<
  Record<string, string | number | boolean | readonly string[] | undefined>
>;

/** Longer texts are cut. */
const textLengthMax = 2048;

export function attributesOf(attributes: Attributes): KeyValue[] {
  return Object.entries(attributes).flatMap(([key, value]) =>
    value === undefined ? [] : [{ key, value: anyValue(value) }],
  );
}

function anyValue(value: string | number | boolean | readonly string[]): AnyValue {
  if (typeof value === "string") return { stringValue: value.slice(0, textLengthMax) };
  if (typeof value === "boolean") return { boolValue: value };
  if (typeof value !== "number") {
    return { arrayValue: { values: value.map((one) => ({ stringValue: one })) } };
  }
  return Number.isSafeInteger(value) ? { intValue: `${value}` } : { doubleValue: value };
}

/** @param us microseconds since 1970 */
export function nanos(us: number): string {
  return `${Math.max(0, Math.round(us))}000`;
}

/** The sender's identity: the same in every message of a host. */
export type Sender = {
  readonly attributes: readonly KeyValue[];
  readonly version: string;
};

export function resourceOf({ attributes }: Sender) {
  return { attributes };
}

/** The instrumentation scope. */
export function scopeOf({ version }: Sender) {
  return { name: "onglass", version };
}
