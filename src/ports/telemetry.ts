/** What the host counts all the time, for those who collect metrics of it. */
import type { ScrapedMetric } from "../model/scraped-metric.ts";

/** Totals of streams, of what is on the disk and of the process. */
export type Telemetry = {
  /** As of now; what is on the disk at most half a minute old. Must not throw. */
  metrics(): Promise<readonly ScrapedMetric[]>;
};
