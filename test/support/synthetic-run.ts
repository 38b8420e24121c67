/**
 * Rows of a run that look like real ones: each stage has a level that drifts slowly, noise that lasts
 * from frame to frame, now and then a spike, rarely a stall; key frames are larger and slower; a slot
 * is missed in a stall; repeats come in clusters. The same for the same seed.
 */
import { fateIndex } from "../../src/frames/row-layout.ts";
import { makeColumns, type TableColumns } from "../../src/frames/table.ts";
import type { FrameColumnName, FrameTable } from "../../src/model/frames.ts";
import { Random } from "./random.ts";

export type SyntheticRun = {
  readonly seed: number;
  readonly seconds: number;
  readonly fps?: number;
  /** Every frame takes so much longer in this stage. */
  readonly addUs?: number;
  readonly stage?: StageColumn;
};

const stages = {
  wait_us: 90,
  capture_us: 1100,
  submit_us: 25,
  encode_us: 3800,
  packetize_us: 60,
  send_us: 900,
  queue_us: 120,
  gap_us: 70,
} as const;
type StageColumn = keyof typeof stages;
const stageNames = Object.keys(stages) as StageColumn[];

/** Correlation from frame to frame of two kinds of noise: half a second, and twenty seconds. */
const quickKeep = 1 - 1 / 30;
const slowKeep = 1 - 1 / 1200;
const keyEveryFrames = 300;
const missed = fateIndex("missed");

/** One session, from due 0 on. */
export function syntheticRun({
  seed,
  seconds,
  fps = 60,
  addUs = 0,
  stage,
}: SyntheticRun): FrameTable {
  const random = new Random(Math.imul(seed + 1, 2_654_435_761));
  const count = Math.round(seconds * fps);
  const columns = makeColumns(count);
  const noises = new Map(stageNames.map((name) => [name, new Noise(random)]));
  const [stalls, repeats] = [new Cluster(random, 0.0008, 6), new Cluster(random, 0.002, 8)];
  for (let row = 0; row < count; row++) {
    const stallRows = stalls.next();
    columns.session_id[row] = 1;
    columns.frame[row] = row;
    columns.due_us[row] = Math.round((row * 1e6) / fps);
    columns.repeat[row] = Number(repeats.next() > 0);
    columns.key[row] = Number(row % keyEveryFrames === 0);
    columns.wait_us[row] = 0;
    columns.fate[row] = missed * Number(stallRows > 1);
    const levels = stageNames.map((name) => [name, noises.get(name)?.next() ?? 1] as const);
    if (stallRows > 1) continue;
    fillStages(columns, row, { levels, stallUs: 30_000 * stallRows });
    if (stage !== undefined) columns[stage][row] = (columns[stage][row] ?? 0) + addUs;
    fillRest(columns, row, random);
  }
  return { count, columns };
}

type Levels = {
  readonly levels: readonly (readonly [StageColumn, number])[];
  readonly stallUs: number;
};

function fillStages(columns: TableColumns, row: number, { levels, stallUs }: Levels): void {
  const isKey = columns.key[row] === 1;
  for (const [name, level] of levels) {
    const grows = isKey && (name === "encode_us" || name === "send_us") ? 2.2 : 1;
    const stalls = name === "encode_us" ? stallUs : 0;
    columns[name][row] = Math.round(stages[name] * level * grows + stalls);
  }
}

/** Rows in a row to which the same happens, now and then. */
class Cluster {
  readonly #random: Random;
  readonly #share: number;
  readonly #lengthMax: number;
  #left = 0;

  constructor(random: Random, share: number, lengthMax: number) {
    this.#random = random;
    this.#share = share;
    this.#lengthMax = lengthMax;
  }

  /** Rows that are left of it, this one included; 0 outside. */
  next(): number {
    if (this.#left > 0) this.#left -= 1;
    if (this.#left === 0 && unit(this.#random) < this.#share) {
      this.#left = 1 + this.#random.below(this.#lengthMax);
    }
    return this.#left;
  }
}

function fillRest(columns: TableColumns, row: number, random: Random): void {
  const set = (name: FrameColumnName, value: number) => {
    columns[name][row] = value;
  };
  const bytes = (columns.key[row] === 1 ? 60_000 : 18_000) * (0.7 + 0.6 * unit(random));
  const handedUs = stageNames.reduce((sum, name) => sum + (columns[name][row] || 0), 0);
  const isLost = unit(random) < 0.004;
  set("cpu_wait_us", Math.round(40 * (unit(random) < 0.02 ? 20 : 1) * unit(random)));
  set("bytes", Math.round(bytes));
  set("packets", Math.ceil(bytes / 1200));
  set("parity", 3);
  set("lost_packets", isLost ? 1 + random.below(3) : 0);
  set("rebuilt", 0);
  set("complete_us", handedUs + 300 + random.below(400) + (isLost ? 2000 : 0));
}

/** A factor around 1: slow drift, noise of half a second, a spread of its own, spikes with a heavy tail. */
class Noise {
  readonly #random: Random;
  #slow: number;
  #quick = 0;

  constructor(random: Random) {
    this.#random = random;
    this.#slow = normal(random);
  }

  next(): number {
    this.#slow = slowKeep * this.#slow + Math.sqrt(1 - slowKeep ** 2) * normal(this.#random);
    this.#quick = quickKeep * this.#quick + Math.sqrt(1 - quickKeep ** 2) * normal(this.#random);
    const level = Math.exp(0.015 * this.#slow + 0.08 * this.#quick + 0.1 * normal(this.#random));
    // Pareto: one in a hundred frames takes twice as long or more.
    const spike = unit(this.#random) < 0.01 ? 2 / Math.max(0.02, unit(this.#random)) ** 0.6 : 1;
    return level * spike;
  }
}

/** From 0 to below 1. */
function unit(random: Random): number {
  return random.below(2 ** 30) / 2 ** 30;
}

/** Of four uniform numbers: near enough to normal, and the same everywhere. */
function normal(random: Random): number {
  const sum = unit(random) + unit(random) + unit(random) + unit(random);
  return (sum - 2) * Math.sqrt(3);
}
