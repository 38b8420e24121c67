/**
 * Comparisons of long runs are computed in the worker for long work: reading and judging two hours
 * of rows would block the main thread for a second while it has streams and pages to serve.
 */
import { Failure } from "../base/failure.ts";
import { isLong } from "../model/long-range.ts";
import type { RunComparison } from "../model/run-comparison.ts";
import type { ComparisonRequest, Comparisons, RunReference } from "../ports/comparisons.ts";
import type { Recordings } from "../ports/recordings.ts";
import { ComparisonService } from "./comparisons.ts";
import type { HistoryService } from "./history-reads.ts";
import { type KeptRows, readFrames } from "./kept-rows.ts";
import type { PlacedRun, RowsPlace } from "./long-work.ts";

/** Where runs are kept. */
export type LongComparisonOptions = {
  readonly recordings: Pick<Recordings, "list" | "load" | "loadTimeline">;
  readonly history: HistoryService;
};

type Side = PlacedRun & { readonly lengthMs: number };

const historyPrefix = "history:";

/** Short runs are compared in this thread. */
export class LongComparisons implements Comparisons {
  readonly #options: LongComparisonOptions;
  readonly #here: ComparisonService;

  constructor(options: LongComparisonOptions) {
    const { recordings, history } = options;
    this.#options = options;
    this.#here = new ComparisonService({
      recordings,
      rowsOfRecording: (id, query) => history.rowsOfRecording(id, query),
      rowsOfSession: (id, query) => history.rowsOfSession(id, query),
    });
  }

  async compare(request: ComparisonRequest): Promise<RunComparison> {
    const [a, b] = [await this.#sideOf(request.a), await this.#sideOf(request.b)];
    // Missing or damaged data is refused there, with its reason.
    if (a === undefined || b === undefined) return await this.#here.compare(request);
    if (!(isLong(a.lengthMs) || isLong(b.lengthMs))) return await this.#here.compare(request);
    const { isForced = false } = request;
    return await this.#options.history.long.comparison({ kind: "comparison", a, b, isForced });
  }

  async #sideOf(reference: RunReference): Promise<Side | undefined> {
    if (!reference.id.startsWith(historyPrefix)) return await this.#captureSide(reference);
    const { from, to } = reference;
    const id = reference.id.slice(historyPrefix.length);
    const place = await this.#options.history.placeOfSession(id, { from, to });
    if (place === undefined) return undefined;
    const { fromUs, toUs } = place.range;
    return { reference, place, lengthMs: (toUs - fromUs) / 1000 };
  }

  async #captureSide(asked: RunReference): Promise<Side | undefined> {
    const { recordings, history } = this.#options;
    const id = await this.#here.captureId(asked);
    const capture = await recordings.load(id);
    if (capture === undefined) return undefined;
    const { from = 0, to } = asked;
    const { duration_ms } = capture.meta;
    const path = await history.framesPath(id);
    const query = { from: asked.from, to };
    return {
      reference: { ...asked, id },
      capture,
      timeline: await recordings.loadTimeline(id).catch(() => undefined),
      place: path === undefined ? undefined : { kind: "file", path, query },
      lengthMs: Math.min(to ?? duration_ms, duration_ms) - from,
    };
  }
}

/** The same, by the source of each side. @param rowsAt reads a place of the history */
export async function comparePlaced(
  { a, b, isForced }: { readonly a: PlacedRun; readonly b: PlacedRun; readonly isForced: boolean },
  rowsAt: (place: Extract<RowsPlace, { kind: "history" }>) => Promise<KeptRows>,
): Promise<RunComparison> {
  const run = (id: string) => [a, b].find(({ reference }) => reference.id === id);
  // Two ranges of one session have a place each.
  const places = [a, b].filter(({ place }) => place?.kind === "history");
  const service = new ComparisonService({
    recordings: {
      list: () => Promise.resolve({ captures: [], damaged: [] }),
      load: (id) => Promise.resolve(run(id)?.capture),
      loadTimeline: (id) => Promise.resolve(run(id)?.timeline),
    },
    rowsOfRecording: async (id, query) => {
      const place = run(id)?.place;
      if (place?.kind !== "file")
        throw new Failure("no_frames", `Cannot find the frames of "${id}"`);
      return await readFrames(place.path, query);
    },
    rowsOfSession: async () => {
      const place = places.shift()?.place;
      return place?.kind === "history" ? await rowsAt(place) : undefined;
    },
  });
  return await service.compare({ a: a.reference, b: b.reference, isForced });
}
