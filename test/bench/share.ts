/** What a capture of ten minutes costs to share, rows in memory: the file with its charts, and its size. */
import { systemClock } from "../../src/base/clock.ts";
import { readSharedAssets } from "../../src/share/assets.ts";
import { shareOf } from "../../src/share/share.ts";
import { madeCapture } from "../support/made-capture.ts";
import { type Row, spread } from "../support/measure.ts";
import { syntheticRun } from "../support/synthetic-run.ts";

const clock = systemClock();
const seconds = 600;
const roundCount = 6;

export async function benchShare(): Promise<Row[]> {
  const capture = madeCapture({ id: "x", windowCount: seconds / 2 });
  const rows = syntheticRun({ seed: 1, seconds });
  const assets = await readSharedAssets();
  let bytes = 0;
  const times = Array.from({ length: roundCount }, () => {
    const startUs = clock.nowUs();
    const page = shareOf({
      ...{ capture, rows, timeline: undefined, known: [], assets },
      ...{ language: "en", version: "0.1.0", sharedUnixMs: 0 },
    }).html();
    bytes = Buffer.byteLength(page);
    return (clock.nowUs() - startUs) / 1000;
  });
  const what = "ten minutes at 60 fps shared as one file";
  return [
    // The first is the compiler's.
    { what, reach: "<= 1000 ms", measured: `${spread(times.slice(1), 0)} ms` },
    { what: `${what}, its size`, reach: "< 3 MB", measured: `${(bytes / 1e6).toFixed(2)} MB` },
  ];
}
