/** Rows as a host would have written them, with faults put in where a test wants them. */
import {
  type FrameColumnName,
  type FrameTable,
  frameColumnNames,
  frameFates,
} from "../../src/model/frames.ts";

export type MadeRow = Partial<Record<FrameColumnName, number>>;

const usualRow = {
  session_id: 1,
  fate: 0,
  repeat: 0,
  key: 0,
  wait_us: 100,
  capture_us: 900,
  submit_us: 20,
  encode_us: 3000,
  send_us: 800,
  queue_us: 60,
  gap_us: 90,
  cpu_wait_us: 30,
  bytes: 20_000,
  packets: 18,
  parity: 2,
  lost_packets: 0,
  rebuilt: 0,
};

/** A seeded source of numbers from 0 to 1. */
export function dice(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1_664_525 + 1_013_904_223) % 4_294_967_296;
    return state / 4_294_967_296;
  };
}

/** @param change what is different in a row; times of every row vary by a tenth. */
export function madeRows(
  count: number,
  change: (row: number) => MadeRow = () => ({}),
  options: { readonly fps?: number; readonly seed?: number } = {},
): FrameTable {
  const { fps = 60, seed = 1 } = options;
  const roll = dice(seed);
  const columns = Object.fromEntries(
    frameColumnNames.map((name) => [name, new Float64Array(count).fill(Number.NaN)]),
  ) as Record<FrameColumnName, Float64Array>;
  for (let row = 0; row < count; row++) {
    const spread = 0.9 + 0.2 * roll();
    const made: MadeRow = {
      ...usualRow,
      encode_us: usualRow.encode_us * spread,
      capture_us: usualRow.capture_us * spread,
      frame: row,
      due_us: Math.round((row * 1e6) / fps),
      key: row === 0 ? 1 : 0,
      ...change(row),
    };
    for (const name of frameColumnNames) columns[name][row] = made[name] ?? Number.NaN;
  }
  return { count, columns };
}

/** A slot in which no frame was made. */
export const missedRow: MadeRow = {
  fate: frameFates.indexOf("missed"),
  wait_us: 0,
  capture_us: Number.NaN,
  submit_us: Number.NaN,
  encode_us: Number.NaN,
  send_us: Number.NaN,
  queue_us: Number.NaN,
  gap_us: Number.NaN,
  cpu_wait_us: Number.NaN,
  bytes: Number.NaN,
  packets: Number.NaN,
  parity: Number.NaN,
};

export const fate = (name: (typeof frameFates)[number]) => frameFates.indexOf(name);
