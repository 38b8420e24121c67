/** The host's permanent metrics, gathered for collectors. */
import type { Clock } from "../base/clock.ts";
import type { NumberMetric, ScrapedMetric } from "../model/scraped-metric.ts";
import type { Telemetry } from "../ports/telemetry.ts";
import { type StorageOptions, StorageWatch } from "./storage.ts";
import type { StreamTotals } from "./stream-totals.ts";

/** The parts that count. */
export type TelemetryOptions = StorageOptions & {
  readonly streams: Pick<StreamTotals, "metrics">;
  readonly clock: Pick<Clock, "nowUs">;
  /** When the host began, on the monotonic clock. */
  readonly startedUs: number;
  /** Of what else counts. */
  more?(): readonly ScrapedMetric[];
  /** When the console’s certificate ends, milliseconds since 1970; `undefined` without TLS. */
  certificateEndMs(): number | undefined;
};

/** One for each host. */
export class TelemetryService implements Telemetry {
  readonly #options: TelemetryOptions;
  readonly #storage: StorageWatch;

  constructor(options: TelemetryOptions) {
    this.#options = options;
    this.#storage = new StorageWatch(options);
  }

  async metrics(): Promise<ScrapedMetric[]> {
    const { streams, clock, startedUs, certificateEndMs, more } = this.#options;
    const endMs = certificateEndMs();
    return [
      gauge("uptime_seconds", "Since the host began", (clock.nowUs() - startedUs) / 1e6),
      ...(endMs === undefined
        ? []
        : [
            gauge(
              "certificate_end_timestamp_seconds",
              "When the console’s certificate ends, since 1970",
              endMs / 1000,
            ),
          ]),
      ...streams.metrics(),
      ...(await this.#storage.metrics()),
      ...(more?.() ?? []),
    ];
  }
}

function gauge(name: string, help: string, value: number): NumberMetric {
  return { name, help, type: "gauge", samples: [{ labels: {}, value }] };
}
