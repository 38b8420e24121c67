/**
 * Sentences that travel as a code with values, so that every language writes its own. A table names
 * the codes and the values of each; types and checks follow from it.
 */

/**
 * Kind of a value: a non-negative whole number, another number, such as a frame rate, or
 * language-independent text, such as a source.
 */
type Field = "count" | "number" | "text";
type Fields = Readonly<Record<string, Field>>;
/** Codes in snake_case, each with its values by name. */
export type CodeTable = Readonly<Record<string, Fields>>;

type ValuesOf<F extends Fields> = {
  readonly [Name in keyof F]: F[Name] extends "text" ? string : number;
};

/** One sentence: a code of the table with its values. */
export type Coded<Table extends CodeTable> = {
  [Code in keyof Table & string]: { readonly code: Code; readonly values: ValuesOf<Table[Code]> };
}[keyof Table & string];

/** The arguments after a code: none if it has no values. */
export type ValuesArgument<F extends Fields> = keyof F extends never ? [] : [values: ValuesOf<F>];

/** Formats a whole number for the reader. */
export type WriteNumber = (value: number) => string;

/** One language: a text for each code; one that is missing does not compile. */
export type CodedTexts<Table extends CodeTable> = {
  readonly [Code in keyof Table]: (values: ValuesOf<Table[Code]>, number: WriteNumber) => string;
};

/** Values as sent and saved. */
export type CodedValues = Readonly<Record<string, string | number>>;

/** In the language of `texts`; `undefined` for a code or values that the table does not have. */
export function codedText<Table extends CodeTable>(
  language: {
    readonly table: Table;
    readonly texts: CodedTexts<Table>;
    readonly number: WriteNumber;
  },
  code: string,
  values: CodedValues,
): string | undefined {
  const { table, texts, number } = language;
  if (!Object.hasOwn(table, code) || !fits(table[code] ?? {}, values)) return undefined;
  // The values were checked against the row of this very code.
  const text = texts[code] as (values: CodedValues, number: WriteNumber) => string;
  return text(values, number);
}

/** Values may come from a file: each exists and has the right type. */
function fits(fields: Fields, values: CodedValues): boolean {
  return Object.entries(fields).every(([name, field]) => {
    const value = Object.hasOwn(values, name) ? values[name] : undefined;
    if (field === "text") return typeof value === "string";
    if (typeof value !== "number" || !Number.isFinite(value) || value < 0) return false;
    return field === "number" || Number.isSafeInteger(value);
  });
}
