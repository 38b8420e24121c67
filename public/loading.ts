/** Fetches the columns of a capture, with as many points as the window can show. */
import type { Series } from "./columns.ts";
import { fetchJson } from "./fetch-json.ts";
import type { Range } from "./range.ts";

/** Buckets: at most half as many as a chart has pixels. */
const pointCount = { wide: 600, narrow: 300 } as const;
/** The page preloads the request of a wide window with the same parameters. */
const wideWindow = "(min-width: 761px)";

/** @returns `undefined` on failure. */
export async function fetchSeries(
  address: string,
  range: Partial<Range> | undefined,
): Promise<Series | undefined> {
  const query = new URLSearchParams();
  const points = matchMedia(wideWindow).matches ? pointCount.wide : pointCount.narrow;
  query.set("points", String(points));
  if (range?.fromMs !== undefined) query.set("from", String(range.fromMs));
  if (range?.toMs !== undefined) query.set("to", String(range.toMs));
  return await fetchJson<Series>(`${address}?${query}`);
}
