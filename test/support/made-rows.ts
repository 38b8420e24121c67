/** Rows as a native session at 60 frames a second makes them, the same for the same numbers. */
import { fateIndex } from "../../src/frames/row-layout.ts";
import { makeColumns } from "../../src/frames/table.ts";
import { type FrameTable, frameColumnNames } from "../../src/model/frames.ts";
import { Random } from "./random.ts";

export type MadeRows = {
  readonly count: number;
  readonly first?: number;
  readonly sessionId?: number;
  /** When slot 0 was due. */
  readonly startUs?: number;
  readonly seed?: number;
};

const intervalUs = 1e6 / 60;
const missed = fateIndex("missed");

/** Every 50th slot is missed; all others were sent, completed and shown. */
export function madeRows(made: MadeRows): FrameTable {
  const { count, first = 0, sessionId = 1, startUs = 0 } = made;
  const random = new Random(made.seed ?? first + 1);
  const columns = makeColumns(count);
  for (let row = 0; row < count; row++) {
    const frame = first + row;
    columns.session_id[row] = sessionId;
    columns.frame[row] = frame;
    columns.due_us[row] = Math.round(startUs + frame * intervalUs);
    const isMissed = frame % 50 === 49;
    columns.fate[row] = isMissed ? missed : 0;
    columns.repeat[row] = 0;
    columns.key[row] = frame % 300 === 0 ? 1 : 0;
    columns.wait_us[row] = isMissed ? 0 : random.below(1000);
    if (!isMissed) fillSent(columns, row, random);
  }
  return { count, columns };
}

function fillSent(columns: ReturnType<typeof makeColumns>, row: number, random: Random): void {
  const set = (name: keyof typeof columns, value: number) => {
    columns[name][row] = value;
  };
  const [capture, encode, send] = [400, 1900, 700].map((base) => base + random.below(600));
  const [submit, queue, gap] = [random.below(20), random.below(300), random.below(40)];
  set("capture_us", capture ?? 0);
  set("submit_us", submit);
  set("encode_us", encode ?? 0);
  set("send_us", send ?? 0);
  set("queue_us", queue);
  set("gap_us", gap);
  set("cpu_wait_us", random.below(200));
  set("bytes", 15_000 + random.below(10_000));
  set("packets", 14 + random.below(8));
  set("parity", 3);
  set("lost_packets", random.below(40) === 0 ? 1 : 0);
  set("rebuilt", 0);
  set("complete_us", 6000 + random.below(3000));
  set("shown_us", 20_000 + random.below(8000));
}

/** A table that can be compared: absent is "-". */
export function plainRows(table: FrameTable): Record<string, readonly (number | "-")[]> {
  return Object.fromEntries(
    frameColumnNames.map((name) => [
      name,
      Array.from(table.columns[name], (value) => (Number.isNaN(value) ? "-" : value)),
    ]),
  );
}
