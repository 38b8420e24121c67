/** Connects the host's permanent metrics to the parts that count them, and to a collector. */
import { X509Certificate } from "node:crypto";
import { hostname } from "node:os";
import { systemScheduler } from "../base/scheduler.ts";
import { version } from "../base/version.ts";
import type { Config } from "../config.ts";
import type { ScrapedMetric } from "../model/scraped-metric.ts";
import type { SettingsFollower } from "../ports/settings.ts";
import { OtlpExporter } from "../telemetry/otlp/exporter.ts";
import { readHeaders } from "../telemetry/otlp/headers-file.ts";
import { attributesOf } from "../telemetry/otlp/wire.ts";
import { TelemetryService } from "../telemetry/service.ts";
import type { ConsoleTls } from "./console-tls.ts";
import type { Core } from "./core.ts";

/** Facts that are only known after the host is assembled. */
type Late = {
  /** Of the console, if it has it. */
  readonly tls: Pick<ConsoleTls, "pair"> | undefined;
  /** All metrics of the host. */
  collect(): Promise<readonly ScrapedMetric[]>;
};

/** The sources and the sender of metrics. */
export type OpenedTelemetry = SettingsFollower & {
  readonly service: TelemetryService;
  /** Nothing is sent before. */
  begin(late: Late): void;
};

/** Opened before the sessions, so that it sends events until they have ended. */
export function openTelemetry(
  config: Config,
  core: Core,
  parts: AsyncDisposableStack,
): OpenedTelemetry {
  const { clock, startedUs, history, streamTotals, episodes, timeline } = core;
  let begun: Late | undefined;
  let url = "";
  const exporter = parts.use(
    new OtlpExporter({
      ...{ clock, startedUs, scheduler: systemScheduler(), sender: senderOf(core) },
      collect: () => begun?.collect() ?? Promise.resolve([]),
      headersFor: (to) => headersFor(config, to),
    }),
  );
  episodes.follow((episode) => exporter.addEpisode(episode));
  timeline.events.follow({
    isOn: () => exporter.isOn,
    onEvent: (event, atUs) => exporter.addEvent(event, atUs),
  });
  const end = certificateEnd();
  const service = new TelemetryService({
    ...{ clock, startedUs, history, streams: streamTotals, directory: config.dataDirectory },
    more: () => exporter.metrics(),
    certificateEndMs: () => end(begun?.tls),
  });
  return {
    service,
    begin: (late) => {
      begun = late;
      exporter.setUrl(url);
    },
    applySettings: ({ otlp_url }) => {
      url = otlp_url;
      if (begun !== undefined) exporter.setUrl(url);
    },
  };
}

function senderOf({ identity }: Core) {
  const attributes = attributesOf({
    "service.name": "onglass",
    "service.version": version,
    "service.instance.id": identity.fingerprint,
    "host.name": hostname(),
  });
  return { attributes, version };
}

/** The file's secrets are for the address that it was given with, and for no other. */
async function headersFor({ otlpHeadersFile, kept }: Config, url: string) {
  if (otlpHeadersFile === undefined || url !== kept.otlp_url) return {};
  return await readHeaders(otlpHeadersFile);
}

/** Read once per certificate. */
function certificateEnd(): (tls: Late["tls"]) => number | undefined {
  let known = { pem: "", endMs: 0 };
  return (tls) => {
    if (tls === undefined) return undefined;
    const pem = tls.pair.cert;
    if (pem !== known.pem) {
      known = { pem, endMs: new X509Certificate(pem).validToDate.getTime() };
    }
    return known.endMs;
  };
}
