/** What a player may choose from: one entry for each source unless the operator names them. */

export type App = {
  /** From 1; players remember it. */
  readonly id: number;
  readonly title: string;
  /** `testsrc`, `x11:<display>` or `file:<path>`. */
  readonly source: string;
};

/** One entry a source, titled by what it shows. */
export function appsFor(sources: readonly string[]): App[] {
  return sources.map((source, index) => ({ id: index + 1, title: titleOf(source), source }));
}

function titleOf(source: string): string {
  if (source.startsWith("x11:")) return `Desktop ${source.slice("x11:".length)}`;
  if (source.startsWith("file:")) return source.slice(source.lastIndexOf("/") + 1) || source;
  return "Test picture";
}
