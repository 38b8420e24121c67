/** Joins what the host counts all the time to the parts that count it. */
import { X509Certificate } from "node:crypto";
import type { Config } from "../config.ts";
import { TelemetryService } from "../telemetry/service.ts";
import type { ConsoleTls } from "./console-tls.ts";
import type { Core } from "./core.ts";

/** Lives as long as the host; looks at the disk when it is asked. @param tls of the console, if it has it */
export function openTelemetry(
  { dataDirectory }: Config,
  core: Core,
  tls: Pick<ConsoleTls, "pair"> | undefined,
): TelemetryService {
  const { clock, startedUs, history, streamTotals } = core;
  return new TelemetryService({
    ...{ clock, startedUs, history, streams: streamTotals, directory: dataDirectory },
    certificateEndMs: tls === undefined ? () => undefined : certificateEnd(tls),
  });
}

/** Read once for each certificate. */
function certificateEnd(tls: Pick<ConsoleTls, "pair">): () => number {
  let known = { pem: "", endMs: 0 };
  return () => {
    const pem = tls.pair.cert;
    if (pem !== known.pem) {
      known = { pem, endMs: new X509Certificate(pem).validToDate.getTime() };
    }
    return known.endMs;
  };
}
