/** From a point of a chart to the moment it stands for: of several windows the worst one. */
import type { Column, Series, SeriesSession } from "./columns.ts";
import type { ChartName } from "./plan.ts";

/** The most that the series gives: a bucket has fewer windows. */
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
  const answer = await fetch(`${source}?${query}`).catch(() => undefined);
  if (!answer?.ok) return timeMs;
  const series: Series = await answer.json();
  const finer = series.sessions.find(({ session_id }) => session_id === session.session_id);
  return finer === undefined ? timeMs : (worstIn(finer, name) ?? timeMs);
}

/** Of the values that tell most in this chart. */
function worstIn(session: SeriesSession, name: ChartName): number | undefined {
  const [columns, sign] = tellingColumns(session, name);
  let worst: { timeMs: number; value: number } | undefined;
  for (const [place, timeMs] of session.t_ms.entries()) {
    const known = columns.map((column) => column[place] ?? null).filter((one) => one !== null);
    if (known.length === 0) continue;
    const value = sign * known.reduce((sum, one) => sum + one, 0);
    if (worst === undefined || value > worst.value) worst = { timeMs, value };
  }
  return worst?.timeMs;
}

function tellingColumns(session: SeriesSession, name: ChartName): [readonly Column[], 1 | -1] {
  switch (name) {
    case "stages":
      return [[session.total_p99_us], 1];
    case "fps":
      return [[session.new_fps], -1];
    case "bitrate":
      return [[session.mbps], -1];
    case "health":
      return [
        [
          session.frames_dropped,
          session.packets_dropped,
          session.send_dropped,
          session.missed_slots,
        ],
        1,
      ];
    case "rtt":
      return [[session.client_age_p99_us, session.rtt_us], 1];
    default:
      return name satisfies never;
  }
}
