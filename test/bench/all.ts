/**
 * `npm run bench`: every figure that onglass holds itself to, as one table with the conditions it was
 * measured under. Asserts nothing. `npm run bench -- NAME...` runs some, `--long` also what takes
 * long, `--list` names them. Three figures with slashes are minimum, median and maximum.
 */
import { parseArgs } from "node:util";
import { conditions, formatTable, type Row } from "../support/measure.ts";
import { benchArchive } from "./archive.ts";
import { benchClick } from "./click.ts";
import { benchCompare } from "./compare.ts";
import { benchHttp, benchStart } from "./console.ts";
import { benchCounters } from "./counters.ts";
import { benchDesktop } from "./desktop.ts";
import { benchFlash } from "./flash.ts";
import { benchGamestream } from "./gamestream.ts";
import { benchGaps } from "./gaps.ts";
import { benchGlass } from "./glass.ts";
import { benchHeard } from "./heard.ts";
import { benchHistory, benchHistoryStart } from "./history.ts";
import { benchViewers } from "./moq.ts";
import { benchSend } from "./native.ts";
import { benchOverview } from "./overview.ts";
import { benchGate, benchListing, benchMemory, benchRecorder, benchWindow } from "./recorder.ts";
import { benchScrape } from "./scrape.ts";
import { benchShare } from "./share.ts";
import { benchBusy, benchSteady } from "./steady.ts";
import {
  benchArmed,
  benchCpu,
  benchHistoryCpu,
  benchSessions,
  benchSoak,
  benchStream,
} from "./streams.ts";
import { benchTimeline } from "./timeline.ts";
import { benchVerdict } from "./verdict.ts";

type Bench = { readonly run: () => Row[] | Promise<Row[]>; readonly isLong?: boolean };

const benches: Readonly<Record<string, Bench>> = {
  gate: { run: benchGate },
  window: { run: benchWindow },
  frames: { run: () => rowsAlone("frames") },
  compare: { run: benchCompare },
  share: { run: benchShare },
  history: { run: benchHistory },
  "history-start": { run: benchHistoryStart },
  "history-cpu": { run: () => benchHistoryCpu() },
  verdict: { run: benchVerdict },
  overview: { run: benchOverview },
  send: { run: benchSend },
  gamestream: { run: benchGamestream },
  recorder: { run: benchRecorder },
  memory: { run: benchMemory },
  listing: { run: benchListing },
  http: { run: benchHttp },
  start: { run: benchStart },
  timeline: { run: benchTimeline },
  moq: { run: () => runAlone("moq"), isLong: true },
  video: { run: () => runAlone("video"), isLong: true },
  browser: { run: () => runAlone("browser"), isLong: true },
  armed: { run: () => benchArmed() },
  stream: { run: () => benchStream() },
  cpu: { run: () => benchCpu() },
  sessions: { run: () => benchSessions() },
  glass: { run: () => benchGlass() },
  click: { run: () => benchClick() },
  heard: { run: () => benchHeard() },
  flash: { run: () => benchFlash() },
  "heard-long": { run: () => benchHeard(600), isLong: true },
  viewers: { run: () => benchViewers() },
  "viewers-sound": { run: () => benchViewers({ hasSound: true }) },
  desktop: { run: () => benchDesktop() },
  counters: { run: benchCounters },
  scrape: { run: benchScrape },
  archive: { run: benchArchive },
  steady: { run: benchSteady, isLong: true },
  busy: { run: benchBusy, isLong: true },
  gaps: { run: () => benchGaps(), isLong: true },
  soak: { run: () => benchSoak(), isLong: true },
};

/** A bench that is a process of its own: its heap, its browser, its console. Each line is a row. */
async function runAlone(name: string): Promise<Row[]> {
  return (await linesOf(name)).map((what) => ({ what, reach: "", measured: "" }));
}

/** The same, of a bench that prints its rows as JSON. */
async function rowsAlone(name: string): Promise<Row[]> {
  // Our own script's, in the form of `Row`.
  return (await linesOf(name)).map((line) => JSON.parse(line) as Row);
}

async function linesOf(name: string): Promise<string[]> {
  const script = new URL(`./${name}.ts`, import.meta.url).pathname;
  const child = Bun.spawn([process.execPath, script], { stdout: "pipe", stderr: "inherit" });
  const [text, code] = await Promise.all([child.stdout.text(), child.exited]);
  if (code !== 0) throw new Error(`Cannot run the bench "${name}": it ended with ${code}`);
  return text.trimEnd().split("\n");
}

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    options: {
      long: { type: "boolean", default: false },
      list: { type: "boolean", default: false },
    },
    allowPositionals: true,
  });
  const unknown = positionals.filter((name) => !Object.hasOwn(benches, name));
  if (values.list || unknown.length > 0) {
    console.error(`There are ${Object.keys(benches).join(", ")}`);
    return unknown.length > 0 ? 2 : 0;
  }
  const chosen = Object.entries(benches).filter(([name, bench]) =>
    positionals.length > 0 ? positionals.includes(name) : values.long || bench.isLong !== true,
  );
  console.log(conditions());
  for (const [name, bench] of chosen) {
    console.log(`\n${name}`);
    console.log(formatTable(await bench.run()));
  }
  console.log(`\n${conditions()}`);
  return 0;
}

process.exitCode = await main();
