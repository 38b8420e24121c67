/** The lines of the chart "Machine": shares, in percent. Pure. */
import { machineLineNames, machineLines } from "../src/model/machine-lines.ts";
import type { SeriesSession, ValueColumn } from "./columns.ts";
import type { Line, Words } from "./plan.ts";

/** Every line of one session, measured or not. */
export function machinePlanLines(session: SeriesSession, words: Words): Line[] {
  return machineLineNames.map((name) => {
    const { color, isDashed } = machineLines[name];
    return {
      name: words[`machine_${name}`] ?? name,
      color,
      kind: "line",
      width: 1.6,
      isDashed: isDashed === true,
      times: session.t_ms,
      drawn: percentOf(session.machine?.[name], session),
    };
  });
}

/** Those that a comparison has, with their pairs of colours. */
export function machinePairs(): readonly { readonly place: number; readonly pair: 0 | 1 | 2 }[] {
  return machineLineNames.flatMap((name, place) => {
    const { pair } = machineLines[name];
    return pair === undefined ? [] : [{ place, pair }];
  });
}

/** Columns in which a high value marks a bad moment. */
export function machineBadColumns({ machine }: SeriesSession): ValueColumn[] {
  return machineLineNames.flatMap((name) => {
    const column = machine?.[name];
    return machineLines[name].isBad === true && column !== undefined ? [column] : [];
  });
}

/** None if the server is of an older version than this page. */
function percentOf(column: ValueColumn | undefined, { t_ms }: SeriesSession): ValueColumn {
  return column?.map((share) => share && share * 100) ?? t_ms.map(() => null);
}
