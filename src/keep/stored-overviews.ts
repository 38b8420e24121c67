/**
 * Overviews of a whole capture, folded while its rows are written and stored in the metadata of
 * their file: three hours are drawn without reading 648,000 rows. Files without them, or with those
 * of another version, are folded on request.
 */
import { type Static, Type } from "@sinclair/typebox";
import { Value } from "@sinclair/typebox/value";
import { OverviewFold } from "../analysis/frames-overview.ts";
import { parseJson } from "../base/parse-json.ts";
import { filterTable } from "../frames/table.ts";
import type { FrameTable } from "../model/frames.ts";
import { FramesOverview, overviewPoints } from "../model/frames-overview.ts";
import { pagePoints } from "../model/overview-points.ts";
import type { OverviewQuery } from "../ports/history.ts";

/** Their key in the file's metadata, as JSON. */
export const overviewsKey = "onglass.overviews";
/** Incremented with every change of a fold's result. */
const version = 1;
/** Sessions that are folded; captures with more are folded on request. */
const sessionCountMax = 4;

const Stored = Type.Object({
  version: Type.Literal(version),
  /** In the order of their first rows. */
  overviews: Type.Array(Type.Object({ session_id: Type.Integer(), overview: FramesOverview }), {
    maxItems: sessionCountMax * pagePoints.length,
  }),
});
type StoredOverviews = Static<typeof Stored>;

/** Folds the rows of a capture while they are written: completely, as its page requests it. */
export class OverviewNotes {
  readonly #durationMs: number;
  readonly #folds = new Map<number, readonly OverviewFold[]>();

  constructor(durationMs: number) {
    this.#durationMs = durationMs;
  }

  /** Rows of any sessions, in the order of time. */
  add(table: FrameTable): void {
    const ids = table.columns.session_id;
    for (const id of new Set(ids)) {
      const own = filterTable(table, (row) => ids[row] === id);
      for (const fold of this.#foldsOf(id)) fold.add(own);
    }
  }

  /** The text to store. */
  finish(): string {
    const overviews = [...this.#folds].flatMap(([session_id, folds]) =>
      folds.map((fold) => ({ session_id, overview: fold.finish() })),
    );
    return JSON.stringify({ version, overviews } satisfies StoredOverviews);
  }

  #foldsOf(id: number): readonly OverviewFold[] {
    const known = this.#folds.get(id);
    if (known !== undefined) return known;
    if (this.#folds.size === sessionCountMax) return [];
    const range = { fromMs: 0, toMs: this.#durationMs };
    const folds = pagePoints.map((points) => new OverviewFold({ ...range, points }));
    this.#folds.set(id, folds);
    return folds;
  }
}

/**
 * The stored overview that answers a question about a capture of this length; `undefined` when there
 * is none. A range that differs by less than half of what one part covers is the whole: nobody sees it.
 * @param text as it was found in the file, unchecked
 */
export function storedOverview(
  text: string | undefined,
  query: OverviewQuery,
  durationMs: number,
): FramesOverview | undefined {
  if (text === undefined || query.last_s !== undefined) return undefined;
  const { from = 0, to = durationMs, session, points = overviewPoints.standard } = query;
  const isWhole = [from, to - durationMs].every((ms) => Math.abs(ms) <= durationMs / points / 2);
  if (!isWhole) return undefined;
  const stored = parse(text);
  const [first] = stored?.overviews ?? [];
  const wanted = session ?? first?.session_id;
  const found = stored?.overviews.find(({ session_id, overview }) => {
    return session_id === wanted && overview.buckets.frames.length === points;
  });
  // Checked against the schema of this very type.
  return found?.overview as FramesOverview | undefined;
}

function parse(text: string): StoredOverviews | undefined {
  const value = parseJson(text);
  return Value.Check(Stored, value) ? value : undefined;
}
