/** What was sent and received, counted by path prefix. */
import type { CounterReport } from "../model/counters.ts";

/** Current counts. */
export type CounterReports = {
  report(range: {
    readonly prefix?: string | undefined;
    /** Path segments below the prefix. */
    readonly depth?: number | undefined;
  }): CounterReport;
};
