/** The host's permanent counts, for collectors of metrics. */
import type { ScrapedMetric } from "../model/scraped-metric.ts";

/** Totals of streams, of the data on disk and of the process. */
export type Telemetry = {
  /** Current values; those of the disk at most half a minute old. Must not throw. */
  metrics(): Promise<readonly ScrapedMetric[]>;
};
