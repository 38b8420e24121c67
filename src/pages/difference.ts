/** The differences of two states, value by value, each with its path. */
export type Change = { readonly place: string; readonly old: unknown; readonly new: unknown };

const depthMax = 8;
const changeCountMax = 200;

/** At most 200; values deeper than eight levels are compared as a whole. */
export function differences(before: unknown, after: unknown): Change[] {
  const changes: Change[] = [];
  collect(changes, { place: "", old: before, new: after }, 0);
  return changes.slice(0, changeCountMax);
}

function collect(changes: Change[], pair: Change, depth: number): void {
  if (changes.length > changeCountMax) return;
  const [one, two] = [membersOf(pair.old), membersOf(pair.new)];
  if (one === undefined || two === undefined || depth >= depthMax) {
    if (JSON.stringify(pair.old) !== JSON.stringify(pair.new)) changes.push(pair);
    return;
  }
  for (const name of new Set([...one.keys(), ...two.keys()])) {
    const place = pair.place === "" ? name : `${pair.place}.${name}`;
    collect(changes, { place, old: one.get(name), new: two.get(name) }, depth + 1);
  }
}

function membersOf(value: unknown): ReadonlyMap<string, unknown> | undefined {
  return typeof value === "object" && value !== null ? new Map(Object.entries(value)) : undefined;
}
