/** From a point of a chart to the moment it represents: of several windows, the worst one. */
import { drawnColumns } from "../src/model/metric-columns.ts";
import type { ChartName } from "../src/model/metric-row.ts";
import { metricNames, metricRows } from "../src/model/metrics.ts";
import type { Series, SeriesSession, ValueColumn } from "./columns.ts";
import { fetchJson } from "./fetch-json.ts";
import { machineBadColumns } from "./machine-plan.ts";

/** The maximum number of windows in a bucket of the series. */
const pointCount = 2000;

export type Point = {
  readonly name: ChartName;
  /** Address of the series. */
  readonly source: string;
  readonly session: SeriesSession;
  readonly timeMs: number;
};

/** @returns the end of the worst window, in milliseconds on the capture's clock */
export async function worstMoment({ name, source, session, timeMs }: Point): Promise<number> {
  const place = session.t_ms.indexOf(timeMs);
  if ((session.window_count[place] ?? 1) < 2) return timeMs;
  const beginMs = (session.t_ms[place - 1] ?? -1) + 1;
  const query = `points=${pointCount}&from=${Math.ceil(beginMs)}&to=${Math.floor(timeMs)}`;
  const series = await fetchJson<Series>(`${source}?${query}`);
  const finer = series?.sessions.find(({ session_id }) => session_id === session.session_id);
  return finer === undefined ? timeMs : (worstIn(finer, name) ?? timeMs);
}

/** By the values that matter most in this chart. */
function worstIn(session: SeriesSession, name: ChartName): number | undefined {
  const columns = shownColumns(session, name);
  let worst: { timeMs: number; value: number } | undefined;
  for (const [place, timeMs] of session.t_ms.entries()) {
    const known = columns.flatMap(({ column, sign }) => {
      const value = column[place] ?? null;
      return value === null ? [] : [sign * value];
    });
    if (known.length === 0) continue;
    const value = known.reduce((sum, one) => sum + one, 0);
    if (worst === undefined || value > worst.value) worst = { timeMs, value };
  }
  return worst?.timeMs;
}

type ShownColumn = { readonly column: ValueColumn; readonly sign: 1 | -1 };

/** Metrics whose rows define when a moment is bad. */
function shownColumns(session: SeriesSession, name: ChartName): ShownColumn[] {
  if (name === "machine") {
    return machineBadColumns(session).map((column) => ({ column, sign: 1 }));
  }
  return metricNames.flatMap((metric) => {
    const { line } = metricRows[metric];
    const column = drawnColumns.get(metric);
    if (line?.chart !== name || line.bad === undefined || column === undefined) return [];
    return [{ column: session[column], sign: line.bad === "high" ? 1 : -1 }];
  });
}
