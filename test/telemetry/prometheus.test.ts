/**
 * What Prometheus itself makes of the metrics: its linter, and a server that scrapes them in both
 * forms. Both programs are those of Debian's package `prometheus`.
 */
import { expect, test } from "bun:test";
import { RecordedTotals } from "../../src/recorder/recorded-totals.ts";
import { ask } from "../api/support.ts";
import { FakeStats, fakeHost, token } from "../support/fake-host.ts";
import { answered, startPrometheus } from "../support/prometheus-server.ts";

const byteCountMax = 60_000;
/** Names of the first version, which stay: bits where a base unit would be bytes, microseconds. */
const knownNames =
  /^onglass_(?:machine_(?:interface_speed|wireless)_bits_per_second|recorded_[a-z_]+_us_total) /;

class EverythingRecorded extends FakeStats {
  override recordedTotals() {
    return { ...new RecordedTotals().read(), frames_dropped: 3, stopped_us: 1_500_000 };
  }
}

const { app } = fakeHost({ stats: new EverythingRecorded() });

const lint = async (route: "GET /metrics" | "GET /metrics?units=base") => {
  const text = await (await ask(app, route)).text();
  const run = Bun.spawnSync(["promtool", "check", "metrics"], {
    stdin: new TextEncoder().encode(text),
  });
  const findings = run.stderr.toString().split("\n").filter(Boolean);
  return { exitCode: run.exitCode, findings, text };
};

test("promtool finds nothing in names, help and types, but in names of the first version", async () => {
  const { findings } = await lint("GET /metrics");
  expect(findings.filter((finding) => !knownNames.test(finding))).toEqual([]);
});

test("promtool finds nothing at all in base units", async () => {
  const { exitCode, findings, text } = await lint("GET /metrics?units=base");
  expect({ exitCode, findings }).toEqual({ exitCode: 0, findings: [] });
  expect(text).toContain("\nonglass_recorded_stopped_seconds_total 1.5\n");
  expect(text).toMatch(
    /\nonglass_machine_wireless_bytes_per_second\{interface="wlan0"\} 108337500\n/,
  );
});

test("every path with every codec takes less than 60 KB in either form", async () => {
  const accept = `application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited`;
  for (const headers of [{}, { accept }]) {
    const bytes = await (await ask(app, "GET /metrics", { headers })).arrayBuffer();
    expect(bytes.byteLength).toBeGreaterThan(1000);
    expect(bytes.byteLength).toBeLessThan(byteCountMax);
  }
});

const encodeP50 = 'onglass_stream_stage_seconds{kind="native",stage="encode"}';

test.each([
  ["text with classic buckets", false, encodeP50.replace("{", "_bucket{")],
  ["protobuf with native histograms", true, encodeP50],
])("a server reads %s, and the median that comes of it", async (_, isNative, series) => {
  const types: string[] = [];
  using server = Bun.serve({
    ...{ hostname: "127.0.0.1", port: 0 },
    fetch: async (request) => {
      const answer = await app.handle(request);
      types.push(answer.headers.get("content-type") ?? "");
      return answer;
    },
  });
  const target = `127.0.0.1:${server.port}`;
  await using prometheus = await startPrometheus({ target, token, isNative });
  const up = await answered(() => prometheus.query("up == 1"), { what: "that the host is up" });
  expect(up.length).toBe(1);
  const [median] = await prometheus.query(`histogram_quantile(0.5, ${series})`);
  // All times lie within 3 ms and a tenth; classic buckets know 2 to 4 ms only.
  const [least, most] = isNative ? [0.0026, 0.0034] : [0.002, 0.004];
  expect(median?.value).toBeGreaterThan(least);
  expect(median?.value).toBeLessThan(most);
  expect(types[0]).toStartWith(isNative ? "application/vnd.google.protobuf" : "text/plain");
  const counters = await prometheus.query(
    'onglass_stream_frames_total{kind="moq",codec="av1",fate="sent"}',
  );
  expect(counters[0]?.value).toBe(595);
});
