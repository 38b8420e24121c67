/**
 * The alerts and boards of contrib/: they name metrics that a host has, in expressions that Prometheus
 * understands and that answer on a host where every path has streamed.
 */
import { expect, test } from "bun:test";
import { join } from "node:path";
import { Glob } from "bun";
import { RecordedTotals } from "../../src/recorder/recorded-totals.ts";
import { verdictOf } from "../../src/verdict/verdict.ts";
import { ask } from "../api/support.ts";
import { noVerdicts } from "../support/fake-history.ts";
import { FakeStats, fakeHost, token } from "../support/fake-host.ts";
import { answered, startPrometheus } from "../support/prometheus-server.ts";
import { tempDirectory } from "../support/temp-directory.ts";
import { madeRows } from "../verdict/made-rows.ts";

const contrib = join(import.meta.dir, "../../contrib");

class Recorded extends FakeStats {
  override recordedTotals() {
    return new RecordedTotals().read();
  }
}

const badVerdict = verdictOf({
  stream: { session_id: 1, width: 1280, height: 720, fps: 60, codec: "h264" },
  rows: madeRows(600, (row) => (row % 10 === 0 ? { encode_us: 45_000 } : {})),
  windows: [],
});
const { app } = fakeHost({
  stats: new Recorded(),
  verdicts: { ...noVerdicts, live: () => [badVerdict] },
});

type Named = { readonly of: string; readonly expression: string };

type Panel = {
  readonly id: number;
  readonly title: string;
  readonly type: string;
  readonly gridPos: { x: number; y: number; w: number; h: number };
  readonly targets?: readonly { readonly expr: string; readonly refId: string }[];
};
type Board = { readonly uid: string; readonly title: string; readonly panels: readonly Panel[] };

async function boards(): Promise<Board[]> {
  const paths = [...new Glob("grafana/dashboards/*.json").scanSync(contrib)].sort();
  expect(paths.length).toBe(2);
  return await Promise.all(paths.map((path) => Bun.file(join(contrib, path)).json()));
}

/** With Grafana's variables filled in. */
function boardExpressions(all: readonly Board[]): Named[] {
  return all.flatMap(({ title, panels }) =>
    panels.flatMap(({ title: panel, targets = [] }) =>
      targets.map(({ expr }) => ({
        of: `${title}, ${panel}`,
        expression: expr
          .replaceAll("$__rate_interval", "5s")
          .replaceAll("$job", "onglass")
          .replaceAll("$instance", ".+"),
      })),
    ),
  );
}

const ruleExpression = /^ {8}expr: (?:\|\n((?: {10}.*\n)+)|(.*)\n)/gm;

async function alertExpressions(): Promise<Named[]> {
  const text = await Bun.file(join(contrib, "alerts.yml")).text();
  const found = [...text.matchAll(ruleExpression)].map(([, long, short]) => ({
    of: "alerts",
    expression: long ?? short ?? "",
  }));
  expect(found.length).toBe(text.match(/- alert:/g)?.length ?? 0);
  return found;
}

/** Names that a scrape has, with those of the parts of a histogram. */
async function exposedNames(): Promise<Set<string>> {
  const text = await (await ask(app, "GET /metrics")).text();
  const types = [...text.matchAll(/^# TYPE (\S+) (\S+)$/gm)];
  const names = types.flatMap(([, name = "", type]) =>
    type === "histogram" ? ["", "_bucket", "_sum", "_count"].map((part) => name + part) : [name],
  );
  // Prometheus' own.
  return new Set([...names, "up"]);
}

test("every metric that an alert or a board names is one that a host has", async () => {
  const exposed = await exposedNames();
  const all = [...(await alertExpressions()), ...boardExpressions(await boards())];
  expect(all.length).toBeGreaterThan(60);
  const unknown = all.flatMap(({ of, expression }) =>
    [...expression.matchAll(/\b(?:onglass_|process_)\w+|\bup\b/g)]
      .filter(([name]) => !exposed.has(name))
      .map(([name]) => `${of}: ${name}`),
  );
  expect(unknown).toEqual([]);
});

test("the tests of the alerts pass, and every alert has one that fires", async () => {
  const run = Bun.spawnSync(["promtool", "test", "rules", "alerts.test.yml"], { cwd: contrib });
  expect([run.exitCode, run.stdout.toString() + run.stderr.toString()]).toEqual([
    0,
    expect.stringContaining("SUCCESS"),
  ]);
  const rules = await Bun.file(join(contrib, "alerts.yml")).text();
  const tests = await Bun.file(join(contrib, "alerts.test.yml")).text();
  for (const [, name] of rules.matchAll(/- alert: (\w+)/g)) {
    expect(tests).toMatch(new RegExp(`alertname: ${name}\\n {8}exp_alerts:\\n {10}- exp_labels`));
  }
});

test("Prometheus takes the example of its configuration, alerts with it", async () => {
  await using directory = await tempDirectory();
  for (const name of ["prometheus.yml", "alerts.yml"]) {
    await Bun.write(join(directory.path, name), Bun.file(join(contrib, name)));
  }
  const files = ["den", "office"].flatMap((name) => [`${name}.token`, `${name}.pem`]);
  for (const name of files) await Bun.write(join(directory.path, name), "");
  const run = Bun.spawnSync(["promtool", "check", "config", "prometheus.yml"], {
    cwd: directory.path,
  });
  expect([run.exitCode, run.stderr.toString()]).toEqual([0, ""]);
});

test("the panels of a board have a number and a place of their own", async () => {
  for (const { panels } of await boards()) {
    const ids = panels.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    const places = panels.flatMap(({ gridPos: { x, y, w, h } }) => {
      expect(x + w).toBeLessThanOrEqual(24);
      return Array.from(
        { length: w * h },
        (_, cell) => `${x + (cell % w)} ${y + Math.floor(cell / w)}`,
      );
    });
    expect(new Set(places).size).toBe(places.length);
  }
});

test.each([
  ["text", false],
  ["protobuf", true],
])(
  "every panel has an answer of a host where every path has streamed, scraped as %s",
  async (_, isNative) => {
    using server = Bun.serve({
      ...{ hostname: "127.0.0.1", port: 0 },
      fetch: (request) => app.handle(request),
    });
    const target = `127.0.0.1:${server.port}`;
    await using prometheus = await startPrometheus({ target, token, isNative });
    const rate = "rate(onglass_stream_frames_total[5s])";
    await answered(() => prometheus.query(rate), { what: "a rate" });
    const empty: string[] = [];
    for (const { of, expression } of boardExpressions(await boards())) {
      const result = await prometheus.query(expression);
      if (result.length === 0) empty.push(`${of}: ${expression}`);
    }
    expect(empty).toEqual([]);
  },
);
