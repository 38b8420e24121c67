/** What the heat map of three hours costs the host: folded from its rows, and as it was stored with them. */
import { join } from "node:path";
import { systemClock } from "../../src/base/clock.ts";
import { OverviewMemory, overviewOfFile } from "../../src/keep/overviews.ts";
import { pagePoints } from "../../src/model/overview-points.ts";
import { CaptureStore } from "../../src/store/capture-store.ts";
import { saveFramed } from "../support/framed-capture.ts";
import { type Row, spread } from "../support/measure.ts";
import { tempDirectory } from "../support/temp-directory.ts";

const clock = systemClock();
const rowCount = 648_000;
const turnCount = 7;
const [points] = pagePoints;

export async function benchOverview(): Promise<Row[]> {
  await using directory = await tempDirectory();
  const store = new CaptureStore(join(directory.path, "captures"));
  await store.prepare();
  const path = store.frames.pathOf(await saveFramed(store, rowCount));
  const unused = { overview: () => Promise.reject(new Error("Bug: it is stored")) };
  return [
    await timed("folded from its rows, in a worker of low priority", () =>
      overviewOfFile(path, { points }),
    ),
    // A new one has to open the file: nothing is remembered.
    await timed("as it was stored with them", () =>
      new OverviewMemory(unused).get(path, { points }),
    ),
  ];
}

async function timed(how: string, work: () => Promise<unknown>): Promise<Row> {
  const times: number[] = [];
  const cpuTimes: number[] = [];
  for (let turn = 0; turn < turnCount; turn++) {
    const [startUs, before] = [clock.nowUs(), process.cpuUsage()];
    await work();
    times.push((clock.nowUs() - startUs) / 1000);
    const { user, system } = process.cpuUsage(before);
    cpuTimes.push((user + system) / 1000);
  }
  return {
    what: `heat map of three hours ${how}`,
    reach: "<= 600 ms with its page",
    measured: `${spread(times.slice(2), 0)} ms; of CPU ${spread(cpuTimes.slice(2), 0)} ms`,
  };
}
