/** Series of saved captures. Parsing a long capture takes some 15 ms: the result is cached. */
import { makeSeries, type SeriesOptions } from "../analysis/series.ts";
import { seriesPoints } from "../model/series.ts";
import type { Recordings } from "../ports/recordings.ts";
import { noRecording } from "./not-found.ts";
import { TextCache } from "./text-cache.ts";

/** Characters of cached series: some 80 of the standard width. */
const keptLengthMax = 8 * 1024 * 1024;

/** Series of saved captures, the newest cached in memory while the file stays the same. */
export class SavedSeries {
  readonly #recordings: Pick<Recordings, "load" | "version">;
  readonly #cache = new TextCache({ lengthMax: keptLengthMax });

  constructor(recordings: Pick<Recordings, "load" | "version">) {
    this.#recordings = recordings;
  }

  /** As JSON, kept while the file stays the same. @throws Failure `not_found`, `capture_damaged` */
  async text(id: string, options: SeriesOptions): Promise<string> {
    const { points = seriesPoints.standard, from = "", to = "" } = options;
    // Read before the file: a file that changes in between is found changed the next time.
    const version = await this.#recordings.version(id);
    if (version === undefined) throw noRecording(id);
    return await this.#cache.get([id, version, points, from, to].join(" "), async () => {
      const capture = await this.#recordings.load(id);
      if (capture === undefined) throw noRecording(id);
      return JSON.stringify(makeSeries(capture, options));
    });
  }
}
