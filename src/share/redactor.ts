/**
 * Removes from texts the names of people, machines and places, and secrets: known values in every
 * form, and anything that looks like an address, a path or a secret. The same value always gets the
 * same placeholder, so that a reader can still correlate.
 */
import { type Replaced, type ReplacedKind, replacedKinds } from "../model/share.ts";
import { cutPattern, formsOf } from "./known-forms.ts";
import { patterns } from "./secret-patterns.ts";

/** A value that is known to be a name or a secret. */
export type KnownValue = { readonly kind: ReplacedKind; readonly value: string };

type Entry = {
  readonly kind: ReplacedKind;
  readonly placeholder: string;
  readonly value: string;
  count: number;
};

/** Number of cached results: the same names and reasons recur. */
const rememberedCountMax = 20_000;
/** A longer text is not searched. */
const textLengthMax = 65_536;

/** One per shared file. */
export class Redactor {
  readonly #entries = new Map<string, Entry>();
  readonly #counts = new Map<ReplacedKind, number>();
  readonly #forms: readonly { readonly pattern: RegExp; readonly known: KnownValue }[];
  readonly #remembered = new Map<string, string>();

  constructor(known: readonly KnownValue[]) {
    const unique = new Map(known.map((one) => [one.value.toLowerCase(), one]));
    unique.delete("");
    // The longest first: a name may be part of another.
    const ordered = [...unique.values()].sort((a, b) => b.value.length - a.value.length);
    this.#forms = [
      ...ordered.flatMap((one) => formsOf(one).map((pattern) => ({ pattern, known: one }))),
      ...ordered.flatMap((one) =>
        cutPattern(one.value).map((pattern) => ({ pattern, known: one })),
      ),
    ];
  }

  /** A whole value that is a name, whatever it contains. Empty stays empty. */
  name(kind: ReplacedKind, value: string): string {
    return value === "" ? "" : this.#placeholder({ kind, value });
  }

  /** A text that may contain names and secrets. */
  text(value: string): string {
    if (value === "") return value;
    if (value.length > textLengthMax) return this.#placeholder({ kind: "secret", value });
    const known = this.#remembered.get(value);
    if (known !== undefined) return known;
    const result = this.#replace(value);
    if (this.#remembered.size < rememberedCountMax) this.#remembered.set(value, result);
    return result;
  }

  /** By kind, in the order of occurrence. */
  replaced(): Replaced[] {
    const all = [...this.#entries.values()].filter(({ count }) => count > 0);
    return replacedKinds.flatMap((kind) =>
      all
        .filter((entry) => entry.kind === kind)
        .map(({ placeholder, value, count }) => ({
          kind,
          placeholder,
          ...(kind === "secret" ? {} : { value: value.slice(0, 128) }),
          count,
        })),
    );
  }

  #replace(value: string): string {
    let text = value;
    for (const { pattern, known } of this.#forms) {
      text = text.replace(pattern, () => this.#placeholder(known));
    }
    for (const { kind, pattern } of patterns) {
      text = text.replace(pattern, (...found) => {
        const groups: unknown = found.at(-1);
        const { before = "", value: inside = "", after = "" } = groups as Record<string, string>;
        return isPlaceholder(inside)
          ? `${before}${inside}${after}`
          : `${before}${this.#placeholder({ kind, value: inside })}${after}`;
      });
    }
    return text;
  }

  #placeholder({ kind, value }: KnownValue): string {
    const key = value.toLowerCase();
    const entry = this.#entries.get(key) ?? this.#add(key, { kind, value });
    entry.count += 1;
    return entry.placeholder;
  }

  #add(key: string, { kind, value }: KnownValue): Entry {
    const number = (this.#counts.get(kind) ?? 0) + 1;
    this.#counts.set(kind, number);
    const entry = { kind, value, placeholder: `${kind}-${number}`, count: 0 };
    this.#entries.set(key, entry);
    return entry;
  }
}

const placeholderForm = new RegExp(`^(?:${replacedKinds.join("|")})-\\d{1,6}$`);

function isPlaceholder(text: string): boolean {
  return placeholderForm.test(text);
}
