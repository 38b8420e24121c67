/**
 * Reports of pages in addition to their pictures, as in a window's sample: sound, long tasks, the
 * display and the decoder. Fields that a page does not report are not counted: older ones report
 * none. Pure.
 */
import type { StatsSample } from "../model/capture.ts";
import type { ViewerReport } from "../model/watch.ts";

/** A higher value of a page in a window counts as this. */
const emptyCountMax = 10_000;
/** Maximum distance of reports of a window: a page has no longer tasks in it. */
const taskUsMax = 60_000_000;

/** Totals of a page; each only grows while it lives. 0 if not reported. */
export type PageTotals = {
  readonly soundEmptyCount: number;
  readonly longTaskMs: number;
};

/** Totals of a page at its start. */
export const noPageTotals: PageTotals = { soundEmptyCount: 0, longTaskMs: 0 };

/** For one page, the changes since the previous window. */
export type PageWindow = {
  readonly report: ViewerReport;
  readonly totals: PageTotals;
  readonly counted: PageTotals;
};

/** The fields of a sample that follow from these. */
export type PageFields = Pick<
  StatsSample,
  | "client_sound_offset_us"
  | "client_sound_empty"
  | "client_long_tasks_us"
  | "client_display_fps"
  | "client_software_decoding"
>;

export function pageTotalsOf(report: ViewerReport): PageTotals {
  return { soundEmptyCount: report.sound_empty ?? 0, longTaskMs: report.long_task_ms ?? 0 };
}

/** A page may correct a total downwards; it counts again when it exceeds the highest. */
export function highestPageTotals(a: PageTotals, b: PageTotals): PageTotals {
  return {
    soundEmptyCount: Math.max(a.soundEmptyCount, b.soundEmptyCount),
    longTaskMs: Math.max(a.longTaskMs, b.longTaskMs),
  };
}

/** Sums of all viewers, or the value of the worst one. */
export function pageFieldsOf(windows: readonly PageWindow[]): PageFields {
  const reports = windows.map(({ report }) => report);
  const heard = windows.filter(({ report }) => report.sound_ms !== undefined);
  const tasked = windows.filter(({ report }) => report.long_task_ms !== undefined);
  const decoding = reports.filter(({ decoder }) => decoder !== undefined);
  const offsets = reports.flatMap(({ sound_offset_us: us }) => us ?? []).map(Math.abs);
  const rates = reports.flatMap(({ display_fps: fps }) => fps ?? []);
  return {
    ...worst("client_sound_offset_us", offsets, Math.max),
    ...(heard.length === 0 ? {} : { client_sound_empty: sum(heard.map(emptyCountOf)) }),
    ...worst("client_long_tasks_us", tasked.map(taskUsOf), Math.max),
    ...worst("client_display_fps", rates, Math.min),
    ...(decoding.length === 0
      ? {}
      : {
          client_software_decoding: decoding.filter(({ decoder }) => decoder === "software").length,
        }),
  };
}

function emptyCountOf({ totals, counted }: PageWindow): number {
  return Math.min(totals.soundEmptyCount - counted.soundEmptyCount, emptyCountMax);
}

function taskUsOf({ totals, counted }: PageWindow): number {
  return Math.min((totals.longTaskMs - counted.longTaskMs) * 1000, taskUsMax);
}

/** The value of the worst one, unless none has one. */
function worst<Name extends string>(
  name: Name,
  values: readonly number[],
  choose: (...values: number[]) => number,
): Partial<Record<Name, number>> {
  return values.length === 0 ? {} : ({ [name]: choose(...values) } as Record<Name, number>);
}

/** Maximum of numbers; 0 for none. */
export function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
