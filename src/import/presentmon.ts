/**
 * PresentMon's table, of 1.x (`TimeInSeconds`, `msBetweenPresents`, `Dropped`) and 2.x (`FrameTime` or
 * `MsBetweenPresents`, `CPUStartTime` or `TimeInMs`, `DisplayedTime` or `MsUntilDisplayed` NA where a frame was
 * never shown), that table below CapFrameX's lines of comment, and CapFrameX's JSON, which holds the columns
 * of 1.x. One swap chain is read: the one with the most frames.
 */
import { parseJson } from "../base/parse-json.ts";
import { columnsOf } from "./columns.ts";
import { frameCountMax, type ImportedFrame, type ImportedRun, type OnRead } from "./run.ts";
import { numberIn, TextTable } from "./table.ts";

/** By lower-case name: versions differ in their capitals. */
const meanings = new Map([
  ["application", "program"],
  ["processid", "which program"],
  ["swapchainaddress", "which swap chain"],
  ["timeinseconds", "time"],
  ["timeinms", "time"],
  ["msbetweenpresents", "interval between frames"],
  ["frametime", "interval between frames"],
  ["dropped", "fate"],
  ["displayedtime", "fate"],
  ["msuntildisplayed", "shown_us"],
  ["displaylatency", "time until shown (2.x: from the start of the frame)"],
]);

/** CapFrameX writes some twenty lines about the machine first. */
const headLineCountMax = 40;

/** Values of one frame by lower-case column. */
type Row = (name: string) => string | undefined;

/** `undefined` for another tool's file. */
export function readPresentmon(text: string, onRead?: OnRead): ImportedRun | undefined {
  const isHead = (line: string) => /^application,processid,swapchainaddress,/i.test(line);
  const form = { headLineCountMax, rowCountMax: frameCountMax, isHead };
  const table = TextTable.open(text, onRead === undefined ? form : { ...form, onRead });
  if (table === undefined) return undefined;
  const { names } = table;
  const places = new Map(names.map((name, place) => [name.toLowerCase(), place]));
  if (!(places.has("msbetweenpresents") || places.has("frametime"))) return undefined;
  const { program, frames } = busiestOf(table, places);
  return {
    ...{ tool: "PresentMon", program, frames, machine: [], isCut: table.isCut },
    ...columnsOf(names, meaningOf),
  };
}

/** Frames of the swap chain with the most of them, and its program. */
function busiestOf(table: TextTable, places: ReadonlyMap<string, number>) {
  const chains = new Map<string, { readonly program: string; readonly run: RunFrames }>();
  for (const cells of table.rows()) {
    const [program = "", processId, address] = cells;
    if (address === undefined) continue;
    const key = `${program},${processId},${address}`;
    const chain = chains.get(key) ?? { program, run: new RunFrames() };
    chains.set(key, chain);
    chain.run.add((name) => cells[places.get(name) ?? -1]);
  }
  const [first = { program: "", run: new RunFrames() }, ...others] = chains.values();
  const { program, run } = others.reduce(
    (most, chain) => (chain.run.count > most.run.count ? chain : most),
    first,
  );
  return { program, frames: run.inTime() };
}

/** The first run of a CapFrameX file; `undefined` for another tool's file. */
export function readCapframex(text: string): ImportedRun | undefined {
  if (!/^\ufeff?\s*\{/.test(text)) return undefined;
  const file = parseJson(text.replace(/^\ufeff/, ""));
  const runs = member(file, "Runs");
  const data = Array.isArray(runs) ? member(runs[0], "CaptureData") : undefined;
  const times = member(data, "MsBetweenPresents");
  if (typeof data !== "object" || data === null || !Array.isArray(times)) return undefined;
  const columns = new Map(
    Object.entries(data).flatMap(([name, values]) =>
      Array.isArray(values) ? [[name.toLowerCase(), values] as const] : [],
    ),
  );
  const run = new RunFrames();
  for (let place = 0; place < Math.min(times.length, frameCountMax); place++) {
    run.add((name) => {
      const value: unknown = columns.get(name)?.[place];
      return typeof value === "object" || value === undefined ? undefined : String(value);
    });
  }
  const info = member(file, "Info");
  const program = member(info, "GameName") ?? member(info, "ProcessName");
  return {
    ...{ tool: "CapFrameX", program: typeof program === "string" ? program : "", machine: [] },
    frames: run.inTime(),
    isCut: times.length > frameCountMax,
    ...columnsOf(Object.keys(data), meaningOf),
  };
}

/** The frames of one swap chain, from its rows. */
class RunFrames {
  readonly #frames: ImportedFrame[] = [];
  #sumMs = 0;
  #firstMs: number | undefined;

  get count(): number {
    return this.#frames.length;
  }

  add(row: Row): void {
    const lengthMs = numberIn(row("msbetweenpresents")) ?? numberIn(row("frametime")) ?? -1;
    if (lengthMs < 0 || lengthMs > 60_000) return;
    this.#sumMs += lengthMs;
    const timeMs = timeOf(row);
    this.#firstMs ??= timeMs;
    const atMs = timeMs === undefined ? this.#sumMs : timeMs - (this.#firstMs ?? 0);
    this.#frames.push(frameOf(row, atMs));
  }

  inTime(): ImportedFrame[] {
    return this.#frames.sort((a, b) => a.atMs - b.atMs);
  }
}

function frameOf(row: Row, atMs: number): ImportedFrame {
  if (isNotShown(row)) return { atMs, isDropped: true };
  const shownMs = numberIn(row("msuntildisplayed")) ?? numberIn(row("displaylatency")) ?? 0;
  return { atMs, ...(shownMs > 0 ? { shownMs } : {}) };
}

function timeOf(row: Row): number | undefined {
  const seconds = numberIn(row("timeinseconds"));
  return seconds === undefined ? numberIn(row("timeinms")) : seconds * 1000;
}

function isNotShown(row: Row): boolean {
  const dropped = row("dropped")?.toLowerCase();
  if (dropped !== undefined) return dropped === "1" || dropped === "true";
  return (row("displayedtime") ?? row("msuntildisplayed"))?.toUpperCase() === "NA";
}

const meaningOf = (name: string) => meanings.get(name.toLowerCase());

function member(value: unknown, name: string): unknown {
  if (typeof value !== "object" || value === null || !Object.hasOwn(value, name)) return undefined;
  return Object.entries(value).find(([known]) => known === name)?.[1];
}
