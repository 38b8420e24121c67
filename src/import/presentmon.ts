/**
 * PresentMon's table, of 1.x (`TimeInSeconds`, `msBetweenPresents`, `Dropped`) and 2.x (`FrameTime` or
 * `MsBetweenPresents`, `CPUStartTime` or `TimeInMs`, `DisplayedTime` NA where a frame was never shown), and
 * CapFrameX's JSON, which holds the columns of 1.x. One swap chain is read: the one with the most frames.
 */
import { frameCountMax, type ImportedFrame, type ImportedRun } from "./run.ts";
import { cellsOf, linesOf, numberIn } from "./table.ts";

/** By lower-case name: versions differ in their capitals. */
const meanings: Readonly<Record<string, string>> = {
  application: "program",
  processid: "which program",
  swapchainaddress: "which swap chain",
  timeinseconds: "time",
  timeinms: "time",
  msbetweenpresents: "interval between frames",
  frametime: "interval between frames",
  dropped: "fate",
  displayedtime: "fate",
  msuntildisplayed: "shown_us",
  displaylatency: "time until shown (2.x: from the begin of the frame)",
};

/** Values of one frame by lower-case column. */
type Row = (name: string) => string | undefined;

/** `undefined` for a file of anybody else. */
export function readPresentmon(text: string): ImportedRun | undefined {
  const lines = [...linesOf(text)];
  const head = lines
    .slice(0, 3)
    .findIndex((line) => /^application,processid,swapchainaddress,/i.test(line));
  if (head === -1) return undefined;
  const names = cellsOf(lines[head] ?? "") ?? [];
  const places = new Map(names.map((name, place) => [name.toLowerCase(), place]));
  if (!(places.has("msbetweenpresents") || places.has("frametime"))) return undefined;
  const rows: string[][] = [];
  for (const line of lines.slice(head + 1, head + 1 + frameCountMax)) {
    const cells = cellsOf(line);
    if (cells !== undefined && cells.length >= 3) rows.push(cells);
  }
  const chain = busiest(rows.map((cells) => cells.slice(0, 3).join()));
  const own = rows.filter((cells) => cells.slice(0, 3).join() === chain);
  const frames = framesOf(own.map((cells) => (name) => cells[places.get(name) ?? -1]));
  return {
    ...{ tool: "PresentMon", program: own[0]?.[0] ?? "", frames, machine: [] },
    ...columnsOf(names),
  };
}

/** The first run of a CapFrameX file; `undefined` for a file of anybody else. */
export function readCapframex(text: string): ImportedRun | undefined {
  if (!/^\ufeff?\s*\{/.test(text)) return undefined;
  const file = parse(text);
  const runs = member(file, "Runs");
  const data = Array.isArray(runs) ? member(runs[0], "CaptureData") : undefined;
  const times = member(data, "MsBetweenPresents");
  if (typeof data !== "object" || data === null || !Array.isArray(times)) return undefined;
  const columns = new Map(
    Object.entries(data).flatMap(([name, values]) =>
      Array.isArray(values) ? [[name.toLowerCase(), values] as const] : [],
    ),
  );
  const rows = times.slice(0, frameCountMax).map(
    (_, place): Row =>
      (name) => {
        const value: unknown = columns.get(name)?.[place];
        return value === undefined || value === null ? undefined : String(value);
      },
  );
  const info = member(file, "Info");
  const program = member(info, "GameName") ?? member(info, "ProcessName");
  return {
    ...{ tool: "CapFrameX", program: typeof program === "string" ? program : "", machine: [] },
    frames: framesOf(rows),
    ...columnsOf(Object.keys(data)),
  };
}

function framesOf(rows: readonly Row[]): ImportedFrame[] {
  const frames: ImportedFrame[] = [];
  let sumMs = 0;
  let firstMs: number | undefined;
  for (const row of rows) {
    const lengthMs = numberIn(row("msbetweenpresents")) ?? numberIn(row("frametime")) ?? -1;
    if (lengthMs < 0 || lengthMs > 60_000) continue;
    sumMs += lengthMs;
    const timeMs = timeOf(row);
    firstMs ??= timeMs;
    frames.push(frameOf(row, (timeMs ?? sumMs) - (timeMs === undefined ? 0 : (firstMs ?? 0))));
  }
  return frames.sort((a, b) => a.atMs - b.atMs);
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
  return row("displayedtime")?.toUpperCase() === "NA";
}

function columnsOf(names: readonly string[]): Pick<ImportedRun, "used" | "leftOut"> {
  const used = names.flatMap((name) => {
    const meaning = meanings[name.toLowerCase()];
    return meaning === undefined ? [] : [[name, meaning] as const];
  });
  return {
    used: Object.fromEntries(used),
    leftOut: names.filter((name) => !(name.toLowerCase() in meanings)),
  };
}

function busiest(keys: readonly string[]): string {
  const counts = new Map<string, number>();
  for (const key of keys) counts.set(key, (counts.get(key) ?? 0) + 1);
  return [...counts].sort(([, a], [, b]) => b - a)[0]?.[0] ?? "";
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text.replace(/^\ufeff/, ""));
  } catch {
    return undefined;
  }
}

function member(value: unknown, name: string): unknown {
  if (typeof value !== "object" || value === null || !Object.hasOwn(value, name)) return undefined;
  return Object.entries(value).find(([known]) => known === name)?.[1];
}
