/** Joins what the host counts all the time to the parts that count it. */
import { X509Certificate } from "node:crypto";
import type { Config } from "../config.ts";
import { TelemetryService } from "../telemetry/service.ts";
import type { Core } from "./core.ts";

/** Lives as long as the host; looks at the disk when it is asked. */
export function openTelemetry({ dataDirectory }: Config, core: Core): TelemetryService {
  const { clock, startedUs, history, streamTotals, identity } = core;
  const endMs = new X509Certificate(identity.certificatePem).validToDate.getTime();
  return new TelemetryService({
    ...{ clock, startedUs, history, streams: streamTotals, directory: dataDirectory },
    certificateEndMs: () => endMs,
  });
}
