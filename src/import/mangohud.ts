/**
 * MangoHud's log: two lines about the system, then one line for each frame. `frametime` is in milliseconds,
 * in old versions in microseconds; `elapsed` in nanoseconds. With `log_interval` it writes one line for each
 * interval instead: what came between is not known, and such a log is refused.
 */
import type { Machine } from "../model/machine.ts";
import { columnsOf } from "./columns.ts";
import { RefusedFile } from "./refusal.ts";
import {
  frameCountMax,
  type ImportedFrame,
  type ImportedMachine,
  type ImportedRun,
  type OnRead,
} from "./run.ts";
import { numberIn, TextTable } from "./table.ts";

const meanings = new Map([
  ["fps", "tells milliseconds from microseconds"],
  ["frametime", "interval between frames"],
  ["elapsed", "tells a log of every frame from one of samples"],
  ["cpu_load", "machine.cpu_busy_share"],
  ["cpu_temp", "machine.hottest_zone_celsius"],
  ["cpu_mhz", "machine.cpu_mhz"],
  ["gpu_load", "machine.gpu_busy_share"],
  ["gpu_temp", "machine.gpu_celsius"],
  ["gpu_core_clock", "machine.gpu_mhz"],
]);

/**
 * `undefined` for a file of anybody else.
 * @throws RefusedFile for a log that has one line for each interval
 */
export function readMangohud(text: string, onRead?: OnRead): ImportedRun | undefined {
  const isHead = (line: string) => /^fps,frametime(,|$)/.test(line);
  const form = { headLineCountMax: 4, rowCountMax: frameCountMax, isHead };
  const table = TextTable.open(text, onRead === undefined ? form : { ...form, onRead });
  if (table === undefined) return undefined;
  const { names } = table;
  const places = new Map(names.map((name, place) => [name, place]));
  const frames: ImportedFrame[] = [];
  const machine: ImportedMachine[] = [];
  let atMs = 0;
  const spacing = new Spacing();
  let latest: readonly string[] = [];
  const noteMachine = (cells: readonly string[]) =>
    machine.push({ atMs, machine: machineOf((name) => numberIn(cells[places.get(name) ?? -1])) });
  for (const cells of table.rows()) {
    const cell = (name: string) => cells[places.get(name) ?? -1];
    const lengthMs = lengthOf(cell("fps"), cell("frametime"));
    if (lengthMs === undefined) continue;
    spacing.add(numberIn(cell("elapsed")), lengthMs);
    // Only the last moment of each second is needed.
    if (latest.length > 0 && secondOf(atMs) < secondOf(atMs + lengthMs)) noteMachine(latest);
    atMs += lengthMs;
    frames.push({ atMs });
    latest = cells;
  }
  if (spacing.isApart) throw new RefusedFile({ reason: "sampled", tool: "MangoHud" });
  if (latest.length > 0) noteMachine(latest);
  return {
    ...{ tool: "MangoHud", program: "", frames, machine, isCut: table.isCut },
    ...columnsOf(names, (name) => meanings.get(name)),
  };
}

/** A line so many times later than its frame is long is not that of the next frame. */
const apartMin = 1.5;

/** Whether most lines of a log leave frames out between them. */
class Spacing {
  #lastNs: number | undefined;
  #count = 0;
  #apartCount = 0;

  add(elapsedNs: number | undefined, lengthMs: number): void {
    const sinceMs = ((elapsedNs ?? 0) - (this.#lastNs ?? elapsedNs ?? 0)) / 1e6;
    this.#lastNs = elapsedNs;
    this.#count += 1;
    if (sinceMs > lengthMs * apartMin) this.#apartCount += 1;
  }

  get isApart(): boolean {
    return this.#apartCount > this.#count / 2;
  }
}

const secondOf = (ms: number) => Math.floor(ms / 1000);

/** The unit follows from the frame rate next to it. */
function lengthOf(fpsCell: string | undefined, lengthCell: string | undefined): number | undefined {
  const fps = numberIn(fpsCell);
  const length = numberIn(lengthCell);
  if (fps === undefined || length === undefined || !(fps > 0 && length > 0)) return undefined;
  const isMicros = length * fps > 30_000;
  const lengthMs = isMicros ? length / 1000 : length;
  return lengthMs < 60_000 ? lengthMs : undefined;
}

function machineOf(read: (name: string) => number | undefined): Machine {
  const share = (value: number | undefined) =>
    value === undefined ? undefined : Math.min(1, Math.max(0, value / 100));
  const found = {
    cpu_busy_share: share(read("cpu_load")),
    // MangoHud writes zero if it cannot read a value.
    hottest_zone_celsius: read("cpu_temp") || undefined,
    cpu_mhz: read("cpu_mhz") || undefined,
    gpu_busy_share: share(read("gpu_load")),
    gpu_celsius: read("gpu_temp") || undefined,
    gpu_mhz: read("gpu_core_clock") || undefined,
  };
  return Object.fromEntries(
    Object.entries(found).filter(([, value]) => value !== undefined && value >= 0),
  );
}
