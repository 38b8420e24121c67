/**
 * `npm run prove -- fleet`: three hosts, a Prometheus, an S3 store and one operator on one machine. One
 * host is made slow: an alert names it, the capture that it kept by itself is found in the archive from
 * another host's console, and one SQL query names the cause. About four minutes; needs root and prometheus.
 */
import { chmod, copyFile, mkdir } from "node:fs/promises";
import { loadavg } from "node:os";
import { join } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import type { ArchivedCapture } from "../../../src/model/archive.ts";
import type { CaptureMeta } from "../../../src/model/capture.ts";
import type { Verdict } from "../../../src/model/verdict.ts";
import { runPrometheus } from "../../support/prometheus-server.ts";
import { s3Bucket, s3Keys } from "../../support/s3-server.ts";
import { tempDirectory } from "../../support/temp-directory.ts";
import { type FleetHost, startFleetHost } from "./hosts.ts";
import { makeOperator, makeToken, type Operator } from "./operator.ts";
import { copyBucket, openProofStore } from "./store.ts";

const root = join(import.meta.dir, "../../..");
const names = ["attic", "den", "office"];
const slowName = "office";
/** From where the operator looks: neither the slow host nor the first. */
const lookedFrom = "den";
/** What was made; on a machine that is busy anyway the verdict may rightly name that instead. */
const madeCause = "host_paused";
const quietLoadMax = 3;
/** A store that did not answer is asked again after at most 80 s in this time. */
const patienceMs = 240_000;
const pollMs = 2000;

/** @throws Error with what does not hold */
export async function proveFleet(say: (line: string) => void): Promise<string> {
  await using stack = new AsyncDisposableStack();
  const { path } = stack.use(await tempDirectory());
  const store = stack.use(await openProofStore(join(path, "store"), say));
  const flags = await archiveFlags(path, store.endpoint);
  const hosts: FleetHost[] = [];
  for (const name of names)
    hosts.push(stack.use(await startFleetHost(name, { directory: path, flags })));
  const operator = await makeOperator(join(path, "operator"), hosts);
  const prometheus = stack.use(runPrometheus(await configuration(join(path, "prometheus"), hosts)));
  const [load = 0] = loadavg();
  say(
    `${names.join(", ")} stream at 30 fps; their archive is ${store.name}; load ${load.toFixed(1)}`,
  );
  const slow = hosts.find(({ name }) => name === slowName);
  const begun = Date.now();
  stack.use(slow?.slow() ?? raise("there is no host to slow down"));
  say(`${slowName} is paused for 0.4 s of each second from now on`);
  const fired = await waitFor("an alert fires", () => firing(prometheus));
  say(`after ${since(begun)}: ${fired.join("; ")}`);
  const others = fired.filter((text) => !text.includes(`of ${slowName}`));
  if (others.length > 0) throw new Error(`other alerts fire: ${others.join("; ")}`);
  const found = await findKept(operator);
  say(`after ${since(begun)}, in the archive from ${lookedFrom}: ${found.key}`);
  say(
    `it was saved automatically, by the rule "${found.meta.trigger?.rule}", and is ${found.quality}`,
  );
  const opened = await openAndJudge(operator, found);
  say(`opened on ${lookedFrom} as ${opened.id}: ${opened.quality}, ${opened.cause}`);
  if (load < quietLoadMax && opened.cause !== madeCause) throw new Error(`it was ${madeCause}`);
  const rows = await askOnce(store.endpoint, join(path, "copy"));
  for (const row of rows) say(`one query: ${JSON.stringify(row)}`);
  const named = rows.filter(({ host }) => host === slowName).map(({ cause }) => cause);
  if (!named.includes(opened.cause)) throw new Error(`the query names ${named.join(", ")}`);
  return `the alert, the capture and the cause (${opened.cause}) of the slow host, after ${since(begun)}`;
}

/** The keys in a file of their own, as docs/fleet.md says. */
async function archiveFlags(directory: string, endpoint: string): Promise<string[]> {
  const path = join(directory, "s3.keys");
  const lines = [
    `access_key_id=${s3Keys.accessKeyId}`,
    `secret_access_key=${s3Keys.secretAccessKey}`,
    `endpoint=${endpoint}`,
    "region=us-east-1",
  ];
  await Bun.write(path, `${lines.join("\n")}\n`);
  await chmod(path, 0o600);
  return ["--archive", `s3://${s3Bucket}/onglass`, "--archive-keys", path];
}

/** That of contrib/, with these hosts, and a read-only token of each. */
async function configuration(directory: string, hosts: readonly FleetHost[]): Promise<string> {
  await mkdir(directory);
  const example = Bun.YAML.parse(await Bun.file(join(root, "contrib/prometheus.yml")).text());
  const text = JSON.stringify(example);
  const { scrape_configs: jobs } = JSON.parse(text) as { scrape_configs: object[] };
  const [job] = jobs;
  const scrape_configs = hosts.map(({ name, address }) =>
    JSON.parse(
      JSON.stringify(job)
        .replaceAll("den.lan:7780", address)
        .replaceAll(/\bden\b/g, name),
    ),
  );
  for (const host of hosts) {
    const path = join(directory, `${host.name}.token`);
    await makeToken(host, { name: "prometheus", path, isOperator: false });
    const certificate = join(host.dataDirectory, "console-cert.pem");
    await copyFile(certificate, join(directory, `${host.name}.pem`));
  }
  await copyFile(join(root, "contrib/alerts.yml"), join(directory, "alerts.yml"));
  const config = JSON.stringify({ ...JSON.parse(text), scrape_configs });
  await Bun.write(join(directory, "prometheus.yml"), config);
  return directory;
}

type Alerts = {
  readonly data: {
    readonly alerts: readonly {
      readonly state: string;
      readonly labels: Readonly<Record<string, string>>;
      readonly annotations: Readonly<Record<string, string>>;
    }[];
  };
};

/** What the operator is sent. */
async function firing(
  prometheus: Pick<ReturnType<typeof runPrometheus>, "ask">,
): Promise<string[] | undefined> {
  // What Prometheus documents of its answer.
  const answer = (await prometheus.ask("alerts")) as Alerts | undefined;
  const all = (answer?.data.alerts ?? []).filter(({ state }) => state === "firing");
  if (all.length === 0) return undefined;
  return all.map(({ labels, annotations }) => {
    return `${labels.alertname} of ${labels.instance}: ${annotations.summary}`;
  });
}

async function findKept({ run }: Operator): Promise<ArchivedCapture> {
  return await waitFor("the capture is in the archive", async () => {
    const text = await run("archive", "list", "--of", slowName, "--host", lookedFrom, "--json");
    const all: ArchivedCapture[] = JSON.parse(text);
    return all.find(({ meta }) => meta.origin === "automatic");
  });
}

async function openAndJudge({ run }: Operator, { key }: ArchivedCapture) {
  const there = ["--host", lookedFrom, "--json"];
  const { id }: CaptureMeta = JSON.parse(await run("archive", "open", key, ...there));
  const [verdict]: Verdict[] = JSON.parse(await run("why", id, ...there));
  const [cause] = verdict?.causes ?? [];
  if (verdict === undefined || cause === undefined)
    throw new Error(`the verdict on "${id}" has no cause`);
  return { id, quality: verdict.quality, cause: cause.code };
}

/** The last question of docs/fleet.md: which captures should somebody look at? */
async function askOnce(endpoint: string, directory: string): Promise<Record<string, unknown>[]> {
  const count = await copyBucket(endpoint, directory);
  if (count === 0) throw new Error("the archive is empty");
  const text = await Bun.file(join(root, "docs/fleet.md")).text();
  const questions = [...text.matchAll(/```sql\n([\s\S]*?)```/g)].map(([, one = ""]) => one);
  const db = await (await DuckDBInstance.create(":memory:")).connect();
  const sql = (questions.at(-1) ?? "").replaceAll("ARCHIVE", join(directory, "onglass"));
  return (await db.runAndReadAll(sql)).getRowObjectsJson();
}

async function waitFor<T>(what: string, ask: () => Promise<T | undefined>): Promise<T> {
  const end = Date.now() + patienceMs;
  for (;;) {
    const found = await ask();
    if (found !== undefined) return found;
    if (Date.now() > end) throw new Error(`waited in vain until ${what}`);
    await Bun.sleep(pollMs);
  }
}

function since(fromMs: number): string {
  return `${Math.round((Date.now() - fromMs) / 1000)} s`;
}

function raise(text: string): never {
  throw new Error(text);
}
