/** Records made from a list of names. */

/** An object with one member for each name, in the order of the names. */
export function recordOf<Name extends string, Value>(
  names: readonly Name[],
  make: (name: Name) => Value,
): Record<Name, Value> {
  // Made from exactly these names, right here.
  return Object.fromEntries(names.map((name) => [name, make(name)])) as Record<Name, Value>;
}

/** The names of a record written in the source, in their order. */
export function namesOf<Name extends string>(record: Readonly<Record<Name, unknown>>): Name[] {
  // A literal has no other members than its type says.
  return Object.keys(record) as Name[];
}

/** Anything with members, lists too. */
export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null;
}
