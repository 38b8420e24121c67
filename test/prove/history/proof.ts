/**
 * `npm run prove -- history --minutes N`: a host streams untouched at 60 fps, three times something goes
 * wrong that nobody announced. Afterwards each moment is found in the console, rows, figures of the
 * machine and verdicts tell them apart, exports open in other programs, and `kill -9` in the middle of
 * another loss costs a window at most. Needs root, chromium, Xvfb.
 */
import { mkdir } from "node:fs/promises";
import { loadavg } from "node:os";
import { join } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import type { Capture, CaptureMeta } from "../../../src/model/capture.ts";
import type { FramesPage, HistorySession } from "../../../src/model/frames-page.ts";
import type { Verdict } from "../../../src/model/verdict.ts";
import { Random } from "../../support/random.ts";
import { tempDirectory } from "../../support/temp-directory.ts";
import { covers, type Found, findMoment, keepShown, openConsole, since } from "./finding.ts";
import { HistoryStream } from "./stream.ts";
import { leastMs, type Made, makeTroubles, type TroubleName } from "./troubles.ts";

/** A window of a native session, and a moment until it is on its way to the disk. */
const lostMsMax = 2500;
const aroundMs = 5000;

const causes: Readonly<Record<TroubleName, readonly string[]>> = {
  cores: ["machine_busy"],
  loss: ["link_loss"],
  screen: ["source_still"],
};

/** @throws Error with what does not hold */
export async function proveHistory(
  { minutes, seed }: { readonly minutes: number; readonly seed: number },
  say: (line: string) => void,
): Promise<string> {
  await using directory = await tempDirectory();
  const data = join(directory.path, "data");
  await mkdir(data, { mode: 0o700 });
  await using stream = await HistoryStream.open(data);
  await stream.startHost();
  await stream.startPlayer();
  const ms = Math.max(leastMs, minutes * 60_000);
  const [load = 0] = loadavg();
  // On a machine that is busy anyway, a source that stands still cannot be told from a late thread.
  say(`streaming for ${(ms / 60_000).toFixed(1)} minutes; load ${load.toFixed(1)} at the start`);
  const made = await makeTroubles(stream, { ms, random: new Random(seed) });
  const session = await stream.session();
  for (const { name, fromMs, lostCount } of made) {
    const at = (since(session, fromMs) / 1000).toFixed(1);
    say(`${name} at ${at} s${lostCount === 0 ? "" : `, ${lostCount} packets lost in the kernel`}`);
  }
  const faults: string[] = [];
  const kept = await findAll({ stream, session, made, directory: directory.path, say, faults });
  for (const one of made) await tellApart({ stream, session, made: one, say, faults });
  await checkSaved({ stream, made, say, faults });
  if (kept !== undefined)
    await checkExports({ stream, kept, directory: directory.path, say, faults });
  await checkKill({ stream, say, faults });
  if (faults.length > 0) throw new Error(faults.join("; "));
  return `each of ${made.length} troubles found and distinguished in ${(ms / 60_000).toFixed(1)} minutes`;
}

type Parts = {
  readonly stream: HistoryStream;
  readonly say: (line: string) => void;
  readonly faults: string[];
};

/** Each from the first page; the loss is kept with the button. */
async function findAll({
  stream,
  session,
  made,
  directory,
  say,
  faults,
}: Parts & {
  readonly session: HistorySession;
  readonly made: readonly Made[];
  readonly directory: string;
}): Promise<CaptureMeta | undefined> {
  await using console = await openConsole(stream, directory);
  const { page } = console;
  let kept: CaptureMeta | undefined;
  for (const one of made) {
    const others = made.filter((other) => other !== one);
    const search = { stream, page, session, made: one, others };
    const found = await findMoment(search).catch((cause: unknown) => {
      faults.push(cause instanceof Error ? cause.message : String(cause));
    });
    if (found === undefined) continue;
    say(`${one.name}: ${described(found)}`);
    const isSession = page.url().includes("/history/");
    if (isSession && (kept === undefined || one.name === "loss")) kept = await keepShown(search);
  }
  if (kept === undefined) faults.push("none could be kept with the button");
  else say(`kept with the button: ${kept.id}, ${(kept.duration_ms / 1000).toFixed(0)} s`);
  return kept;
}

function described({ clicks, way }: Found): string {
  return `${clicks} ${clicks === 1 ? "click" : "clicks"} (${way})`;
}

/** By the verdict, the rows and the machine's figures of its own time. */
async function tellApart({
  stream,
  session,
  made,
  say,
  faults,
}: Parts & { readonly session: HistorySession; readonly made: Made }): Promise<void> {
  const range = `from=${Math.max(0, since(session, made.fromMs) - aroundMs)}&to=${since(session, made.toMs) + aroundMs}`;
  const verdict = await stream.get<Verdict>(`history/${session.id}/verdict?${range}`);
  const codes = verdict.causes.map(({ code }) => code);
  if (!codes.some((code) => causes[made.name].includes(code))) {
    faults.push(`"${made.name}" is judged ${verdict.quality}: ${codes.join(", ") || "no cause"}`);
  }
  const rows = await rowsOf(stream, session.id, range);
  const facts = factsOf(rows);
  say(
    `${made.name}: ${verdict.quality}, ${codes.join(", ") || "no cause"}; ${facts.missed} missed, ${facts.repeats} repeats, ${facts.lostPackets} packets lost, ${facts.cpuWaitMs} ms of waiting for a core`,
  );
  const isSeen = {
    cores: facts.missed > 0 || facts.cpuWaitMs > 100,
    loss: facts.lostPackets > 0 && facts.lostPackets <= made.lostCount,
    screen: facts.repeats >= 120,
  };
  if (!isSeen[made.name]) faults.push(`the rows do not show "${made.name}"`);
}

async function rowsOf(stream: HistoryStream, id: string, range: string): Promise<FramesPage> {
  return await stream.get<FramesPage>(`history/${id}/frames?${range}`);
}

function factsOf({ columns }: FramesPage) {
  const sum = (values: readonly unknown[] = []) =>
    values.reduce<number>((total, value) => total + Number(value ?? 0), 0);
  return {
    missed: (columns.fate ?? []).filter((fate) => fate === "missed").length,
    repeats: sum(columns.repeat),
    lostPackets: sum(columns.lost_packets),
    cpuWaitMs: Math.round(sum(columns.cpu_wait_us) / 1000),
  };
}

/** One was saved by itself, with the machine's figures and events of its time. */
async function checkSaved({
  stream,
  made,
  say,
  faults,
}: Parts & { readonly made: readonly Made[] }): Promise<void> {
  const metas = await stream.get<CaptureMeta[]>("stats/recordings");
  const automatic = metas.filter(({ origin }) => origin === "automatic");
  const right = automatic.filter((meta) => made.some((one) => covers(meta, one)));
  if (right.length === 0) faults.push("none was saved by itself");
  for (const { id, trigger } of right) {
    const { samples } = await stream.get<Capture>(`stats/recordings/${id}`);
    const others = samples.map(({ machine }) => machine?.cpu_others_share ?? 0);
    const timeline = await stream.get<{ events: unknown[] }>(`stats/recordings/${id}/timeline`);
    say(
      `saved by itself: ${id} (${trigger?.rule} ${trigger?.value}), others took up to ${Math.round(Math.max(...others) * 100)} % of the cores, ${timeline.events.length} events`,
    );
  }
}

/** DuckDB reads the rows, and the trace is one by what its own bytes say. */
async function checkExports({
  stream,
  kept,
  directory,
  say,
  faults,
}: Parts & { readonly kept: CaptureMeta; readonly directory: string }): Promise<void> {
  const [parquet, trace] = [join(directory, "kept.parquet"), join(directory, "kept.pftrace")];
  const exported = (format: string, to: string) =>
    stream.command(["captures", "export", kept.id, "--format", format, "--out", to]);
  await exported("parquet", parquet);
  await exported("pftrace", trace);
  const db = await (await DuckDBInstance.create(":memory:")).connect();
  const read = await db.runAndReadAll(
    `select count(*), sum(lost_packets), count(*) filter (fate = 'missed') from '${parquet}'`,
  );
  const [count = 0, lost = 0, missed = 0] = (read.getRows()[0] ?? []).map(Number);
  const bytes = await Bun.file(trace).bytes();
  if (count === 0) faults.push("DuckDB finds no rows");
  // Field 1 of a trace, a packet, over and over.
  if (bytes[0] !== 0x0a) faults.push("the trace does not begin with a packet");
  say(
    `exported: DuckDB reads ${count} rows, ${lost} packets lost, ${missed} missed; the trace has ${bytes.length} bytes`,
  );
}

/** In the middle of another loss. What was there before is there afterwards, value by value. */
async function checkKill({ stream, say, faults }: Parts): Promise<void> {
  const losing = stream.lose(3, 5000);
  await Bun.sleep(2500);
  const { id, started_unix_ms } = await stream.session();
  const fromMs = Math.max(0, Math.round(Date.now() - started_unix_ms) - 30_000);
  const before = await rowsOf(stream, id, `from=${fromMs}&to=${fromMs + 20_000}`);
  const killedMs = await stream.killHost();
  await losing;
  await stream.startHost();
  const after = await rowsOf(stream, id, `from=${fromMs}&to=${fromMs + 20_000}`);
  if (before.count === 0) faults.push("there were no rows before the kill");
  if (JSON.stringify(after) !== JSON.stringify(before)) {
    faults.push(`rows from before the kill differ: ${before.count} and ${after.count}`);
  }
  const last = await rowsOf(stream, id, `from=${fromMs + 20_000}&columns=due_us`);
  const lastMs = Number(last.columns.due_us?.at(-1) ?? 0) / 1000;
  const lostMs = Math.round(killedMs - started_unix_ms - lastMs);
  say(`killed: ${lostMs} ms are gone, ${before.count} rows before are as they were`);
  if (lostMs > lostMsMax) faults.push(`${lostMs} ms are gone after kill -9`);
}
