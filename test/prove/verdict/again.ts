/** Kept runs of the proof, judged again: what a changed rule makes of faults that were recorded. */
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { diskBuffer, openFrameFile } from "../../../src/export/parquet-reader.ts";
import { judgeSession, samplesOf } from "../../../src/keep/judge-session.ts";
import type { Capture } from "../../../src/model/capture.ts";
import { faults, type Strength, strengths } from "./faults.ts";
import { judge, loadOf, type Run } from "./outcome.ts";
import { type LabPath, labPaths } from "./setup.ts";

/** Runs are kept from their calm seconds on. */
const calmMs = 4000;

/** All runs of a directory, by name; what is not a run is left out. */
export async function judgeAgain(directory: string): Promise<Run[]> {
  const names = (await readdir(directory)).sort();
  const runs = await Promise.all(names.map((name) => judgeKept(join(directory, name), name)));
  return runs.filter((run) => run !== undefined);
}

/** @param name fault, strength, path and seed, joined by "_" */
export async function judgeKept(directory: string, name: string): Promise<Run | undefined> {
  const [faultName, strengthName, pathName, seed] = name.split("_");
  const fault = faults.find((one) => one.name === faultName);
  const strength = strengths.find((one): one is Strength => one === strengthName);
  const path = labPaths.find((one): one is LabPath => one === pathName);
  if (fault === undefined || strength === undefined || path === undefined) return undefined;
  const { capture, verdict } = await verdictOfKept(directory);
  const before = loadOf(capture, (t_ms) => t_ms <= calmMs);
  const during = loadOf(capture, (t_ms) => t_ms > calmMs);
  const [outcome, why] = judge(fault, verdict, before);
  const whose = { fault: fault.name, strength, path, seed: Number(seed) };
  return { ...whose, verdict, outcome, why, before, during };
}

/** The capture beside the rows of its frames. */
export async function verdictOfKept(directory: string) {
  const files = await readdir(directory);
  const rowsName = files.find((name) => name.endsWith(".parquet")) ?? "";
  const id = rowsName.slice(0, -".parquet".length);
  const capture: Capture = await Bun.file(join(directory, `${id}.json`)).json();
  const rowsPath = join(directory, rowsName);
  const file = await openFrameFile(diskBuffer(rowsPath, Bun.file(rowsPath).size));
  const rows = await file.read({ fromUs: 0, toUs: 1e15 });
  const verdict = judgeSession({ rows, preset: undefined, ...samplesOf(capture) }, undefined);
  return { capture, verdict };
}
