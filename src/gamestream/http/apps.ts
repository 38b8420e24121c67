/** The apps that a player may choose from: one for each source unless the operator names them. */
import { createHash } from "node:crypto";
import { sourceTitle } from "../../model/source.ts";

export type App = {
  /** From 1. Players remember it, together with the app's picture. */
  readonly id: number;
  readonly title: string;
  /** Name of its source, as `model/source.ts` reads it. */
  readonly source: string;
};

/**
 * One entry per source, titled by what it shows. The number depends on the title, not on the
 * position in the list.
 */
export function appsFor(sources: readonly string[]): App[] {
  const ids = new Set<number>();
  return sources.map((source) => {
    const title = sourceTitle(source);
    let id = appIdOf(title);
    while (ids.has(id)) id = (id % idMax) + 1;
    ids.add(id);
    return { id, title, source };
  });
}

/** Players accept signed 32 bits. */
const idMax = 2 ** 31 - 1;

/** The same on every start and every host. */
export function appIdOf(title: string): number {
  return (createHash("sha256").update(title).digest().readUInt32BE(0) % idMax) + 1;
}
