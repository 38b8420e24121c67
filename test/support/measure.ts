/** What benchmarks and long proofs read of a machine and its processes, and how they state it. */
import { readFileSync } from "node:fs";
import { cpus, loadavg, totalmem } from "node:os";

/** One line of a table of measurements. */
export type Row = { readonly what: string; readonly reach: string; readonly measured: string };

/** User and system time of a process and all its threads so far, in milliseconds. */
export function cpuMsOf(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1]?.split(" ") ?? [];
  // Clock ticks of a hundredth of a second, on every Linux there is.
  return (Number(fields[11]) + Number(fields[12])) * 10;
}

/** Resident memory of a process in megabytes (10^6). */
export function residentMbOf(pid: number): number {
  const [, kilobytes] = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8")) ?? [];
  return (Number(kilobytes) * 1024) / 1e6;
}

/** Minimum, median and maximum. */
export function spread(values: readonly number[], digits = 1): string {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (share: number) =>
    (sorted[Math.floor(share * (sorted.length - 1))] ?? 0).toFixed(digits);
  return `${at(0)} / ${at(0.5)} / ${at(1)}`;
}

/** Nearest rank. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? 0;
}

/** Processes that want a core, over the last minute. */
export function loadNow(): string {
  return loadavg()[0]?.toFixed(1) ?? "";
}

export function conditions(): string {
  const [cpu] = cpus();
  const load = loadavg().map((value) => value.toFixed(2));
  const memory = Math.round(totalmem() / 1e9);
  return `${cpu?.model.trim()}, ${cpus().length} cores, ${memory} GB; Bun ${Bun.version}; load ${load.join(" ")}`;
}

export function formatTable(rows: readonly Row[]): string {
  const width = (of: (row: Row) => string) => Math.max(0, ...rows.map((row) => of(row).length));
  const [what, reach] = [width((row) => row.what), width((row) => row.reach)];
  return rows
    .map((row) => `${row.what.padEnd(what)}  ${row.reach.padEnd(reach)}  ${row.measured}`)
    .join("\n");
}
