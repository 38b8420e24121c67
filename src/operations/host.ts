/** The host itself, and what it counts. */
import { Type } from "@sinclair/typebox";
import { CounterReport } from "../model/counters.ts";
import { DoctorFinding } from "../model/doctor.ts";
import { ListedSourceShape } from "../model/source-list.ts";
import { HostStatus } from "../model/status.ts";
import { inBaseUnits } from "../telemetry/base-units.ts";
import { hostMetrics } from "../telemetry/host-metrics.ts";
import { prefersMessages } from "../telemetry/negotiate.ts";
import { messagesType, metricsMessages } from "../telemetry/protobuf.ts";
import { metricsText, textType } from "../telemetry/text.ts";
import { operation } from "./operation.ts";
import { listOf } from "./schema.ts";

export const health = operation({
  id: "health",
  method: "GET",
  route: "/healthz",
  tag: "host",
  summary: "Health check, open to everyone",
  description: "Answers as soon as the host accepts requests. It says nothing about streams.",
  answers: { 200: Type.String({ description: "ok", contentMediaType: "text/plain" }) },
  isOpen: true,
  act: () => new Response("ok"),
});

export const hostStatus = operation({
  id: "host_status",
  method: "GET",
  route: "/api/v1/status",
  tag: "host",
  summary: "State of the host",
  description:
    "Version, address of the native path, GameStream, the encoders that work on this machine, and the state of the recorder.",
  answers: { 200: HostStatus },
  act: ({ host }) => host.status(),
});

export const sourcesList = operation({
  id: "sources_list",
  method: "GET",
  route: "/api/v1/sources",
  tag: "host",
  summary: "List sources",
  description:
    "Screens, monitors and PipeWire nodes by name, with their sizes if known, in the order in which `auto` tries them; `problem` says why a source cannot be streamed.",
  answers: { 200: listOf(ListedSourceShape, "Sources") },
  act: ({ host }) => host.sources(),
});

export const doctor = operation({
  id: "doctor",
  method: "GET",
  route: "/api/v1/doctor",
  tag: "host",
  summary: "Check this machine",
  description:
    "Encoders and the rates they sustain, sources, sound, input, priority, addresses, time to the first picture and disk, each with a rating and the next step. Loads the machine for about six seconds; empty if the check could not be run.",
  answers: { 200: listOf(DoctorFinding, "Findings") },
  isForOperators: true,
  act: ({ host }) => host.doctor(),
});

export const counters = operation({
  id: "counters",
  method: "GET",
  route: "/api/v1/counters",
  tag: "counters",
  summary: "Traffic counters by path prefix",
  description:
    "Each level is the sum of what was counted at or below it. A closed level is kept for ten minutes; `since_unix_ms` is when its totals started.",
  query: Type.Object(
    {
      prefix: Type.Optional(
        Type.String({ maxLength: 512, description: "Only levels at or below this path" }),
      ),
      depth: Type.Optional(
        Type.Integer({ minimum: 0, maximum: 16, description: "Segments below the prefix" }),
      ),
    },
    { additionalProperties: false },
  ),
  answers: { 200: CounterReport },
  act: (parts, { query }) => parts.counters.report(query),
});

export const metrics = operation({
  id: "metrics",
  method: "GET",
  route: "/metrics",
  tag: "counters",
  summary: "Metrics for Prometheus",
  description:
    "Totals of all streams since the host started, of its captures, history, disk, process and machine, in the Prometheus text format; as protobuf with native histograms if the collector prefers it. docs/fleet.md has alerts and dashboards.",
  // Other parameters stay allowed: collectors have always been able to send their own.
  query: Type.Object({
    units: Type.Optional(
      Type.Literal("base", {
        description:
          "Gives what is otherwise named `_us_total` and `_bits_per_second` in seconds and bytes, as `promtool check metrics` asks",
      }),
    ),
  }),
  answers: { 200: Type.String({ contentMediaType: textType }) },
  act: async (parts, { query }, { request }) => {
    const all = await hostMetrics(parts);
    const scraped = query.units === "base" ? all.map(inBaseUnits) : all;
    // Accept decides: caches have to know.
    const headers = { vary: "Accept" };
    return prefersMessages(request.headers.get("accept"))
      ? new Response(metricsMessages(scraped), {
          headers: { ...headers, "content-type": messagesType },
        })
      : new Response(metricsText(scraped), { headers: { ...headers, "content-type": textType } });
  },
});
