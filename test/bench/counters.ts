/** What one count on three levels costs, and what ten thousand broadcasts leave behind. */
import { systemClock } from "../../src/base/clock.ts";
import { systemScheduler } from "../../src/base/scheduler.ts";
import { Counters } from "../../src/counters/counters.ts";
import { ManualScheduler } from "../support/manual-scheduler.ts";
import { type Row, residentMbOf, spread } from "../support/measure.ts";
import { MoqHost, publishNumbers } from "../support/moq-host.ts";
import { until } from "../support/until.ts";

const broadcastCount = 10_000;
const batchCount = 100;
const deadlineMs = 20_000;
const readerScript = new URL("../support/moq-reader.ts", import.meta.url).pathname;
const clock = systemClock();
const outlet = { open: () => ({ write: () => undefined, close: () => undefined }) };

export async function benchCounters(): Promise<Row[]> {
  return [benchCount(), benchLevels(), await benchBroadcasts()];
}

function benchCount(): Row {
  const counters = new Counters({ outlet, clock, scheduler: systemScheduler() });
  const track = counters.broadcast({ path: "live/1.hang", tier: "external" }).track("publisher");
  const countsPerRound = 5_000_000;
  const rounds = Array.from({ length: 6 }, () => {
    const startUs = clock.nowUs();
    for (let count = 0; count < countsPerRound; count += 1) track.bytes(1200);
    return ((clock.nowUs() - startUs) * 1000) / countsPerRound;
  });
  track.close();
  counters.stop();
  // The first is the compiler's.
  return {
    what: "one count on three levels",
    reach: "<= 60 ns",
    measured: `${spread(rounds.slice(1))} ns`,
  };
}

/** The counts alone, whose time is moved: ten minutes later nothing is left but the root. */
function benchLevels(): Row {
  const scheduler = new ManualScheduler();
  const counters = new Counters({ outlet, clock: scheduler.clock, scheduler });
  const openAll = (turn: number) => {
    for (let index = 0; index < broadcastCount; index += 1) {
      const counter = counters.broadcast({ path: `live/${turn}-${index}`, tier: "external" });
      using _broadcast = counter.open("publisher");
    }
  };
  const later = () => {
    scheduler.advanceMs(601_000);
    return heapKb();
  };
  openAll(0);
  const before = later();
  openAll(1);
  const held = heapKb() - before;
  const after = later() - before;
  const left = counters.report().entries.length;
  counters.stop();
  return {
    what: `counts of ${broadcastCount} broadcasts opened and closed`,
    reach: "back to where it was",
    measured: `${held} KB more right after, ${after} KB more ten minutes later; ${left} level left`,
  };
}

/**
 * Announced to a client in another process that reads a value of each, and ended again. The library
 * keeps some hundred bytes of each subscription until the client's connection ends, as it does here.
 */
async function benchBroadcasts(): Promise<Row> {
  await using host = new MoqHost();
  const turn = async (name: string) => {
    {
      await using reader = startReader(host.url);
      for (let batch = 0; batch < broadcastCount / batchCount; batch += 1) {
        await runBatch({ host, reader, name: `${name}-${batch}` });
      }
    }
    const isAlone = () => host.endpoint.connectionCount === 0;
    await until(isAlone, { what: "the reader is gone", deadlineMs });
    await Bun.sleep(1500); // The counts of the last are still published for a second.
    return { heapKb: heapKb(), residentMb: residentMbOf(process.pid) };
  };
  // The first fills what is kept on purpose: the totals of 4,096 closed levels.
  const first = await turn("a");
  const second = await turn("b");
  return {
    what: `${broadcastCount} broadcasts through the endpoint, after ${broadcastCount} before`,
    reach: "back to where it was",
    measured: `heap ${second.heapKb - first.heapKb} KB more, process ${(second.residentMb - first.residentMb).toFixed(1)} MB more`,
  };
}

type Reader = { activeCount: number; readCount: number };

async function runBatch(batch: { host: MoqHost; reader: Reader; name: string }): Promise<void> {
  const { host, reader, name } = batch;
  const readBefore = reader.readCount;
  const published = Array.from({ length: batchCount }, (_, index) => {
    const { track, source } = publishNumbers(host, `live/${name}-${index}`);
    track.write({ n: 1 });
    return source;
  });
  const isRead = () => reader.readCount === readBefore + batchCount;
  await until(isRead, { what: "a value of each is read", deadlineMs });
  for (const source of published) host.origin.unpublish(source);
  await until(() => reader.activeCount === 0, { what: "all are unannounced", deadlineMs });
}

/** Its memory is its own: what a client holds is not the host's. */
function startReader(url: URL): Reader & AsyncDisposable {
  const process_ = Bun.spawn([process.execPath, readerScript, url.href, "numbers.json"], {
    stdout: "pipe",
  });
  const reader = {
    activeCount: 0,
    readCount: 0,
    [Symbol.asyncDispose]: async () => {
      process_.kill();
      await process_.exited;
    },
  };
  void (async () => {
    let rest = "";
    for await (const chunk of process_.stdout) {
      const lines = (rest + new TextDecoder().decode(chunk)).split("\n");
      rest = lines.pop() ?? "";
      const [active = 0, read = 0] = lines.at(-1)?.split(" ").map(Number) ?? [];
      if (lines.length > 0) Object.assign(reader, { activeCount: active, readCount: read });
    }
  })();
  return reader;
}

function heapKb(): number {
  Bun.gc(true);
  return Math.round(process.memoryUsage().heapUsed / 1024);
}
