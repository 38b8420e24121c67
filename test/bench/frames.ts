/** What one row costs on the sender's thread, and a window of them on main. */
import { systemClock } from "../../src/base/clock.ts";
import { RowReader } from "../../src/frames/row-reader.ts";
import { makeRowMemory, RowWriter } from "../../src/frames/row-writer.ts";
import { type Row, spread } from "../support/measure.ts";

const clock = systemClock();
/** Short, so that a busy machine leaves some rounds alone: what others take only adds. */
const rowsPerRound = 4000;
const roundCount = 2000;
const windowRowCount = 120;

function benchFrames(): Row[] {
  return [benchWrite(), benchRead()];
}

function benchWrite(): Row {
  const writer = new RowWriter(makeRowMemory());
  fill(writer.draft, 0);
  const rounds = Array.from({ length: roundCount }, (_, round) => {
    const startUs = clock.nowUs();
    for (let count = 0; count < rowsPerRound; count++) {
      writer.draft.frame = round * rowsPerRound + count;
      writer.write();
    }
    return ((clock.nowUs() - startUs) * 1000) / rowsPerRound;
  });
  // The first are the compiler's.
  return {
    what: "one row written",
    reach: "<= 15 ns",
    measured: `${spread(rounds.slice(roundCount / 3))} ns`,
  };
}

function fill(draft: RowWriter["draft"], frame: number): void {
  draft.frame = frame;
  draft.dueUs = frame * 16_667;
  draft.waitUs = frame & 255;
  draft.captureUs = 400;
  draft.submitUs = 5;
  draft.encodeUs = 2000 + (frame & 511);
  draft.sendUs = 600;
  draft.queueUs = 20;
  draft.gapUs = 40;
  draft.bytes = 20_000;
  draft.packets = 18;
  draft.parity = 4;
}

function benchRead(): Row {
  const memory = makeRowMemory();
  const writer = new RowWriter(memory);
  const reader = new RowReader(memory, 1);
  let frame = 0;
  const rounds = Array.from({ length: 400 }, () => {
    for (let count = 0; count < windowRowCount; count++, frame++) {
      fill(writer.draft, frame);
      writer.write();
    }
    const startUs = clock.nowUs();
    reader.read(frame * 16_667);
    return clock.nowUs() - startUs;
  });
  return {
    what: `a window of ${windowRowCount} rows read on main`,
    reach: "<= 500 µs",
    measured: `${spread(rounds.slice(50), 0)} µs`,
  };
}

// In a process of its own: what ran before in the process would be in the compiler's way.
if (import.meta.main) for (const row of benchFrames()) console.log(JSON.stringify(row));
