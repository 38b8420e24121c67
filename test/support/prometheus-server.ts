/** A Prometheus of the test's own: it scrapes one address every second, or what its configuration says. */
import { join } from "node:path";
import { tempDirectory } from "./temp-directory.ts";

export type ScrapeOptions = {
  /** Where the metrics are, HOST:PORT. */
  readonly target: string;
  readonly token: string;
  /** Asks for protobuf, and keeps native histograms. */
  readonly isNative?: boolean;
  /** A file of alerts, evaluated every second. */
  readonly rules?: string;
};

/** Labels and value of each series, at this moment. */
export type QueryResult = readonly {
  readonly metric: Readonly<Record<string, string>>;
  readonly value: number;
}[];

/** Ended when disposed. */
export async function startPrometheus(options: ScrapeOptions) {
  await using stack = new AsyncDisposableStack();
  const { path } = stack.use(await tempDirectory());
  await Bun.write(join(path, "prometheus.yml"), configOf(options));
  const flags = options.isNative === true ? ["--enable-feature=native-histograms"] : [];
  const running = stack.use(runPrometheus(path, flags));
  const owned = stack.move();
  return { ...running, [Symbol.asyncDispose]: () => owned.disposeAsync() };
}

/** Runs `prometheus.yml` of a directory, which it keeps its data in too. Ended when disposed. */
export function runPrometheus(path: string, flags: readonly string[] = []) {
  const port = freePort();
  const child = Bun.spawn(
    [
      ...[
        "prometheus",
        "--config.file=prometheus.yml",
        `--storage.tsdb.path=${join(path, "data")}`,
      ],
      ...[`--web.listen-address=127.0.0.1:${port}`, "--log.level=warn", ...flags],
    ],
    { stdout: "ignore", stderr: "ignore", cwd: path },
  );
  const ask = async (route: string): Promise<unknown> => {
    const answer = await fetch(`http://127.0.0.1:${port}/api/v1/${route}`).catch(() => undefined);
    // It is still starting.
    return answer === undefined || answer.status !== 200 ? undefined : await answer.json();
  };
  return {
    ask,
    query: async (expression: string): Promise<QueryResult> =>
      resultOf(await ask(`query?query=${encodeURIComponent(expression)}`)),
    [Symbol.asyncDispose]: async () => {
      child.kill("SIGKILL");
      await child.exited;
    },
  };
}

/** Asks again until there is an answer. */
export async function answered(
  ask: () => Promise<QueryResult>,
  options: { readonly what: string; readonly deadlineMs?: number },
): Promise<QueryResult> {
  const end = Date.now() + (options.deadlineMs ?? 30_000);
  for (;;) {
    const result = await ask();
    if (result.length > 0) return result;
    if (Date.now() > end) throw new Error(`Prometheus did not answer ${options.what}`);
    await Bun.sleep(200);
  }
}

function configOf({ target, token, rules }: ScrapeOptions): string {
  return `
global: { scrape_interval: 1s, evaluation_interval: 1s }
${rules === undefined ? "" : `rule_files: ["${rules}"]`}
scrape_configs:
  - job_name: onglass
    authorization: { credentials: "${token}" }
    static_configs: [{ targets: ["${target}"] }]
`;
}

function resultOf(body: unknown): QueryResult {
  if (body === undefined) return [];
  const { data } = body as {
    data: { result: { metric: Record<string, string>; value: [number, string] }[] };
  };
  return data.result.map(({ metric, value }) => ({ metric, value: Number(value[1]) }));
}

function freePort(): number {
  const server = Bun.listen({ hostname: "127.0.0.1", port: 0, socket: { data: () => undefined } });
  const { port } = server;
  server.stop(true);
  return port;
}
