/**
 * MangoHud's log: two lines about the system, then one line for each frame or interval. `frametime`
 * is in milliseconds, in old versions in microseconds; `elapsed` in nanoseconds.
 */
import type { Machine } from "../model/machine.ts";
import {
  frameCountMax,
  type ImportedFrame,
  type ImportedMachine,
  type ImportedRun,
} from "./run.ts";
import { cellsOf, linesOf, numberIn } from "./table.ts";

const used = {
  fps: "tells milliseconds from microseconds",
  frametime: "interval between frames",
  elapsed: "time",
  cpu_load: "machine.cpu_busy_share",
  cpu_temp: "machine.hottest_zone_celsius",
  cpu_mhz: "machine.cpu_mhz",
  gpu_load: "machine.gpu_busy_share",
  gpu_temp: "machine.gpu_celsius",
  gpu_core_clock: "machine.gpu_mhz",
} as const;

/** `undefined` for a file of anybody else. */
export function readMangohud(text: string): ImportedRun | undefined {
  const lines = [...linesOf(text)];
  const head = lines.slice(0, 4).findIndex((line) => /^fps,frametime(,|$)/.test(line));
  if (head === -1) return undefined;
  const names = cellsOf(lines[head] ?? "") ?? [];
  const column = (name: string) => names.indexOf(name);
  const frames: ImportedFrame[] = [];
  const machine: ImportedMachine[] = [];
  let atMs = 0;
  for (const line of lines.slice(head + 1, head + 1 + frameCountMax)) {
    const cells = cellsOf(line) ?? [];
    const lengthMs = lengthOf(cells[column("fps")], cells[column("frametime")]);
    if (lengthMs === undefined) continue;
    atMs += lengthMs;
    frames.push({ atMs });
    machine.push({ atMs, machine: machineOf((name) => numberIn(cells[column(name)])) });
  }
  return {
    ...{ tool: "MangoHud", program: "", frames, machine },
    used: Object.fromEntries(Object.entries(used).filter(([name]) => names.includes(name))),
    leftOut: names.filter((name) => !(name in used)),
  };
}

/** Which unit it is follows from the rate beside it. */
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
    // Zero is what it writes where it cannot read one.
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
