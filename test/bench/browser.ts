/** The console in headless Chromium: first visit, charts of 5,400 samples, zoom, live updates, a long list. */
import type { Browser, CDPSession, Page } from "playwright-core";
import {
  openBrowser,
  openConsole,
  openPage,
  waitForCharts,
  waitForChartsInView,
} from "../browser/support.ts";
import { consoleToken } from "../support/console-host.ts";
import { saveFramed } from "../support/framed-capture.ts";
import { heldConsole } from "../support/held-pages.ts";
import { madeCapture, madeSample, playingSession, sessionOf } from "../support/made-capture.ts";
import { madeTimeline } from "../support/made-timeline.ts";
import { ManualClock } from "../support/manual-clock.ts";
import { tempDirectory } from "../support/temp-directory.ts";

type Console = Awaited<ReturnType<typeof openConsole>>;
/** Half an hour of windows of two seconds, after the charts have filled their five minutes. */
const liveSampleCount = 900;
const warmUpSampleCount = 200;
const windowMs = 2000;
const rowCount = 1000;

function report(what: string, value: number, reach: string): void {
  // The console keeps quiet while the MoQ library is loaded.
  process.stdout.write(`${what.padEnd(52)} ${value.toFixed(1).padStart(10)}   reach ${reach}\n`);
}

/** Of five, so that one garbage collection decides nothing. */
async function median(measure: () => Promise<number>): Promise<number> {
  const values: number[] = [];
  for (let count = 0; count < 5; count += 1) values.push(await measure());
  return values.sort((one, other) => one - other)[2] ?? Number.NaN;
}

async function benchFirstVisit(console: Console): Promise<void> {
  const paint = await median(async () => {
    const page = await console.signIn();
    await page.goto("about:blank");
    const session = await page.context().newCDPSession(page);
    await session.send("Network.clearBrowserCache");
    await page.goto(console.url);
    const first = await page.evaluate<number>(
      `new Promise((resolve) => new PerformanceObserver((list) =>
        resolve(list.getEntriesByName("first-contentful-paint")[0].startTime))
        .observe({ type: "paint", buffered: true }))`,
    );
    await page.context().close();
    return first;
  });
  report("first paint, empty cache, ms", paint, "<= 250");
  const page = await console.signIn();
  await page.goto("about:blank");
  report(
    "first visit, KB over the wire",
    (await transferBytes(page, console.url)) / 1024,
    "<= 260",
  );
  await page.context().close();
}

async function transferBytes(page: Page, address: string): Promise<number> {
  const session = await page.context().newCDPSession(page);
  await session.send("Network.enable");
  await session.send("Network.clearBrowserCache");
  let byteCount = 0;
  session.on("Network.loadingFinished", ({ encodedDataLength }) => {
    byteCount += encodedDataLength;
  });
  await page.goto(address);
  return byteCount;
}

async function benchDetail(console: Console): Promise<void> {
  await benchView(console, { eventCount: 0 });
}

async function benchEvents(console: Console): Promise<void> {
  await benchView(console, { eventCount: 2000 });
}

async function benchView(console: Console, { eventCount }: { eventCount: number }): Promise<void> {
  const made = madeCapture({ id: "a", windowCount: 5400, spikeIndex: 2222 });
  const times = Array.from({ length: eventCount }, (_, index) => 1000 + index * 5200);
  const { id } = await console.host.store.save(made, madeTimeline({ times }));
  const page = await console.signIn();
  const what = eventCount === 0 ? "5,400 samples" : "2,000 events";
  const wait = async (range?: string) => {
    await waitForCharts(page, range);
    if (eventCount > 0) await page.waitForSelector(".marks .mark", { state: "attached" });
  };
  const view = async (drawn: () => Promise<void>) => {
    await page.goto(console.url);
    const began = performance.now();
    await page.click(`[id="row-${id}"] >> text=View`);
    await drawn();
    return performance.now() - began;
  };
  const seen = await median(() => view(() => waitForChartsInView(page)));
  report(`View to the charts in view drawn, ${what}, ms`, seen, "<= 600");
  report(`View to all charts drawn, ${what}, ms`, await median(() => view(wait)), "<= 600");
  const zoom = await median(async () => {
    await page.click("[data-zoom=whole]");
    await wait();
    const began = performance.now();
    await page.click("[data-zoom=zoom-in]");
    await wait("2700125-8100375");
    return performance.now() - began;
  });
  report(`zoom to finer detail drawn, ${what}, ms`, zoom, "<= 450");
  await page.context().close();
}

/** Half an hour on the host's clock: the charts slide as they would, only sooner. */
async function benchLive(console: Console, clock: ManualClock): Promise<void> {
  const { recorder, people } = console.host;
  const page = await console.signIn();
  await page.click("button.start");
  const facts = sessionOf({});
  const id = recorder.registerSession({ ...facts, kind: "native", codec: "h264" });
  people.playing = [playingSession({ session_id: id })];
  const session = await page.context().newCDPSession(page);
  await session.send("Performance.enable");
  const push = async (index: number) => {
    clock.advanceMs(windowMs);
    recorder.pushSample(id, madeSample({}, facts, { index, windowMs }));
    await page
      .locator("sample-count", { hasText: new RegExp(`^${(index + 1).toLocaleString("en")}$`) })
      .waitFor();
    await page.evaluate("new Promise((done) => requestAnimationFrame(() => setTimeout(done)))");
  };
  for (let index = 0; index < warmUpSampleCount; index += 1) await push(index);
  const before = await look(session);
  const end = warmUpSampleCount + liveSampleCount;
  for (let index = warmUpSampleCount; index < end; index += 1) await push(index);
  const after = await look(session);
  const ms = ((after.taskSeconds - before.taskSeconds) * 1000) / liveSampleCount;
  report("live update of all charts, ms of main thread", ms, "<= 120");
  report(`nodes before ${liveSampleCount} updates, half an hour`, before.nodes, "-");
  report("growth over them, nodes", after.nodes - before.nodes, "0");
  report("JS heap before them, MB", before.heapBytes / 2 ** 20, "< 30");
  report("JS heap after them, MB", after.heapBytes / 2 ** 20, "< 30");
  await recorder.stop();
  await page.context().close();
}

/** After a collection: what is left is held by somebody. */
async function look(session: CDPSession) {
  await session.send("HeapProfiler.collectGarbage");
  const { metrics } = await session.send("Performance.getMetrics");
  const of = (name: string) => metrics.find((metric) => metric.name === name)?.value ?? Number.NaN;
  return { taskSeconds: of("TaskDuration"), nodes: of("Nodes"), heapBytes: of("JSHeapUsedSize") };
}

async function benchList(console: Console): Promise<void> {
  for (let index = 0; index < rowCount; index += 1) {
    const startedUnixMs = Date.UTC(2026, 0, 1) + index * 3_600_000;
    await console.host.store.save(madeCapture({ id: "a", windowCount: 5, startedUnixMs }));
  }
  const page = await console.signIn();
  const list = await median(async () => {
    const began = performance.now();
    await page.goto(console.url);
    await page.waitForSelector("#recordings tbody tr:last-child");
    return performance.now() - began;
  });
  report(`page with the table of ${rowCount} recordings, ms`, list, "<= 300");
  const sort = await median(async () => {
    const began = performance.now();
    const order = await page.getAttribute("th[aria-sort]", "aria-sort");
    await page.click("th[aria-sort] a");
    await page.waitForSelector(`th[aria-sort]:not([aria-sort=${order}])`);
    return performance.now() - began;
  });
  report("sorting it, ms", sort, "<= 300");
  await page.context().close();
}

/** Rows as a host leaves them: a minute of single frames, and three hours as a heat map. */
async function benchFrames(chromium: Browser): Promise<void> {
  await using directory = await tempDirectory();
  await using held = await heldConsole(directory.path);
  const { host } = held;
  const minute = await saveFramed(host.store, 3600);
  const page = await openPage(chromium, []);
  page.setDefaultTimeout(60_000);
  await page.goto(`${host.url}/sign-in#token=${consoleToken}`);
  await page.waitForURL(`${host.url}/`);
  const drawn = await median(async () => {
    await page.goto("about:blank");
    const began = performance.now();
    await page.goto(`${host.url}/recordings/${minute}?from=0&to=60000`);
    await page.waitForSelector(".frame-bars");
    return performance.now() - began;
  });
  report("page with 3,600 single frames drawn, ms", drawn, "<= 500");
  const hours = await saveFramed(host.store, 648_000);
  await page.goto(`${host.url}/recordings/${hours}?from=0&to=4000`);
  await page.waitForSelector('capture-frames[data-range="0-4000"]');
  const began = performance.now();
  await page.click("[data-zoom=whole]");
  await page.waitForSelector('capture-frames:not([data-range="0-4000"])');
  report("heat map of three hours drawn, first time, ms", performance.now() - began, "<= 600");
  await page.context().close();
}

async function benchAll(chromium: Browser): Promise<void> {
  for (const bench of [benchFirstVisit, benchDetail, benchEvents, benchLive, benchList]) {
    const clock = new ManualClock();
    await using opened = await openConsole(chromium, bench === benchLive ? { clock } : {});
    await bench(opened, clock);
  }
}

const browser = await openBrowser();
await benchAll(browser);
await benchFrames(browser);
await browser.close();
