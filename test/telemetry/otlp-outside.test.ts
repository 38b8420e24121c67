/**
 * What a collector is sent, read by OpenTelemetry's own published definitions: those of the Python package
 * `opentelemetry-proto`, which `npm test` brings (`tools/opentelemetry.txt`). Where it cannot, without
 * Python or a network, the test is skipped. No field of ours may be one that they do not know.
 */
import { expect, test } from "bun:test";
import { hostMetrics } from "../../src/telemetry/host-metrics.ts";
import { Episodes } from "../../src/telemetry/otlp/episodes.ts";
import { OtlpExporter } from "../../src/telemetry/otlp/exporter.ts";
import { attributesOf } from "../../src/telemetry/otlp/wire.ts";
import { fakeHost } from "../support/fake-host.ts";
import { ManualScheduler } from "../support/manual-scheduler.ts";
import { startCollector, writeSent } from "../support/otlp-collector.ts";
import { tempDirectory } from "../support/temp-directory.ts";
import { madeRows } from "../verdict/made-rows.ts";

/**
 * Strict: a name that the definitions lack, or a value of another type, is an error. Ids are hexadecimal
 * in OTLP's JSON, where protobuf's own has base64: they are checked and changed first.
 */
const reader = `
import base64, json, pathlib, re, sys
from google.protobuf.json_format import ParseDict
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceRequest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

kinds = {"metrics": ExportMetricsServiceRequest, "traces": ExportTraceServiceRequest, "logs": ExportLogsServiceRequest}
lengths = {"traceId": 32, "spanId": 16, "parentSpanId": 16}

def ids(value):
    if isinstance(value, list): return [ids(one) for one in value]
    if not isinstance(value, dict): return value
    out = {}
    for key, one in value.items():
        if key in lengths:
            if not re.fullmatch("[0-9a-f]{%d}" % lengths[key], one): raise SystemExit(f"{key}: {one}")
            out[key] = base64.b64encode(bytes.fromhex(one)).decode()
        else:
            if key.endswith("Nano") and not re.fullmatch("[0-9]{1,20}", one): raise SystemExit(f"{key}: {one!r}")
            out[key] = ids(one)
    return out

found = {}
for path in sorted(pathlib.Path(sys.argv[1]).iterdir()):
    kind = path.name.split("-")[0]
    message = ParseDict(ids(json.loads(path.read_text())), kinds[kind](), ignore_unknown_fields=False)
    if kind == "metrics":
        for resource in message.resource_metrics:
            for scope in resource.scope_metrics:
                for metric in scope.metrics:
                    data = getattr(metric, metric.WhichOneof("data"))
                    if metric.WhichOneof("data") == "histogram":
                        for point in data.data_points:
                            if len(point.bucket_counts) != len(point.explicit_bounds) + 1: raise SystemExit(f"{metric.name}: buckets")
                            if sum(point.bucket_counts) != point.count: raise SystemExit(f"{metric.name}: count")
                            if list(point.explicit_bounds) != sorted(set(point.explicit_bounds)): raise SystemExit(f"{metric.name}: bounds")
                    for point in data.data_points:
                        if point.time_unix_nano < point.start_time_unix_nano: raise SystemExit(f"{metric.name}: time")
                    found[metric.name] = [metric.WhichOneof("data"), metric.unit, len(data.data_points)]
    if kind == "traces":
        for resource in message.resource_spans:
            for scope in resource.scope_spans:
                known = {span.span_id: span for span in scope.spans}
                for span in scope.spans:
                    if span.end_time_unix_nano < span.start_time_unix_nano: raise SystemExit(f"{span.name}: ends before it begins")
                    parent = known.get(span.parent_span_id)
                    if span.parent_span_id and (parent is None or parent.trace_id != span.trace_id): raise SystemExit(f"{span.name}: no parent")
                found.setdefault("spans", []).append([f"{known[s.parent_span_id].name if s.parent_span_id else '-'} > {s.name}" for s in scope.spans])
    if kind == "logs":
        for resource in message.resource_logs:
            for scope in resource.scope_logs:
                for record in scope.log_records:
                    found.setdefault("logs", []).append([record.event_name, record.severity_number, record.body.string_value])
print(json.dumps(found))
`;

const definitions = Bun.spawnSync(
  ["python3", "-c", "import opentelemetry.proto.collector.logs.v1.logs_service_pb2"],
  { stdout: "ignore", stderr: "ignore" },
);

type Found = {
  readonly spans: readonly string[][];
  readonly logs: readonly [string, number, string][];
} & Readonly<Record<string, readonly [string, string, number]>>;

const session = {
  ...{ session_id: 1, kind: "native", width: 1280, height: 720, fps: 60, codec: "h264" },
  client: "somebody",
};

test.skipIf(definitions.exitCode !== 0)(
  "OpenTelemetry's definitions read all that is sent, and every metric of /metrics is in it",
  async () => {
    await using directory = await tempDirectory();
    using collector = startCollector();
    const scheduler = new ManualScheduler();
    const { clock } = scheduler;
    clock.advanceMs(100_000);
    const { parts } = fakeHost();
    const exporter = new OtlpExporter({
      ...{ clock, scheduler, startedUs: clock.nowUs() - 50_000_000 },
      sender: { attributes: attributesOf({ "service.name": "onglass" }), version: "0.1.0" },
      collect: () => hostMetrics(parts),
      headersFor: () => Promise.resolve({}),
    });
    const episodes = new Episodes(() => clock.nowUs());
    episodes.follow((episode) => exporter.addEpisode(episode));
    exporter.setUrl(collector.url);
    episodes.onStart(session);
    const dueUs = clock.nowUs() - 3_000_000;
    const rows = madeRows(60, (row) => ({
      due_us: dueUs + row * 16_667,
      ...(row === 30 ? { encode_us: 90_000, complete_us: 110_000, shown_us: 130_000 } : {}),
    }));
    episodes.onRows(session, madeRows(0), rows);
    episodes.onTurn({ session_id: 1, quality: "bad", cause: "encoder_slow" }, clock.nowUs());
    scheduler.advanceMs(5000);
    episodes.onTurn({ session_id: 1, quality: "smooth" }, clock.nowUs());
    exporter.addEvent(
      { type: "log", level: "warn", message: "encoder restarted", code: "encoder_reopened" },
      clock.nowUs(),
    );
    exporter.addEvent(
      { type: "stream", action: "slots_missed", session_id: 1, slots: 12, ms: 1000 },
      clock.nowUs(),
    );
    exporter.send();
    await exporter.settled();
    await exporter[Symbol.asyncDispose]();
    writeSent(directory.path, collector.sent);
    const run = Bun.spawnSync(["python3", "-c", reader, directory.path]);
    expect(run.stderr.toString()).toBe("");
    const found: Found = JSON.parse(run.stdout.toString());
    const metrics = await hostMetrics(parts);
    const names = metrics.filter(({ samples }) => samples.length > 0).map(({ name }) => name);
    for (const name of names) {
      expect(Object.keys(found).some((one) => one === name || one === `onglass_${name}`)).toBe(
        true,
      );
    }
    expect(found.onglass_stream_stage_seconds?.slice(0, 2)).toEqual(["histogram", "s"]);
    expect(found.onglass_stream_frames_total?.slice(0, 2)).toEqual(["sum", ""]);
    expect(found.process_resident_memory_bytes).toEqual(["gauge", "By", 1]);
    expect(found.spans).toEqual([
      [
        "- > episode",
        "episode > slowest frame",
        ...["wait", "capture", "submit", "encode", "queue", "send", "network", "player"].map(
          (part) => `slowest frame > ${part}`,
        ),
      ],
    ]);
    expect(found.logs).toEqual([
      ["onglass.log", 13, "encoder restarted"],
      ["onglass.stream.slots_missed", 9, "slots missed"],
    ]);
  },
);
