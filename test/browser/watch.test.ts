/** Watching on glass: Chromium on the real page, the real encoder behind it. */
import { afterAll, beforeAll, expect, test } from "bun:test";
import { Connection, Varint } from "@moq/net";
import type { Browser, Page } from "playwright-core";
import { systemClock } from "../../src/base/clock.ts";
import type { StatsSample } from "../../src/model/capture.ts";
import type { ViewerReport } from "../../src/model/watch.ts";
import { readCode } from "../../src/video/code-block.ts";
import { levelOf } from "../support/counting.ts";
import { readTrack } from "../support/moq-host.ts";
import { until } from "../support/until.ts";
import { findBarriers, openBrowser, openConsole } from "./support.ts";

const testMs = 60_000;
const size = { width: 640, height: 360 };
const clock = systemClock();
let browser: Browser;

beforeAll(async () => {
  browser = await openBrowser();
});
afterAll(async () => {
  await browser.close();
});

/** Chooses a small stream on the page and presses the button. */
async function startWatching(page: Page, url: string): Promise<string> {
  await page.goto(`${url}/watch`);
  await page.selectOption("select[name=size]", "640x360");
  await page.click("main button.primary");
  await page.waitForURL(/\/watch\/\d+$/);
  return page.url().split("/").at(-1) ?? "";
}

/** Frame number and capture time as they are drawn into what the canvas shows now. */
async function readPicture(page: Page) {
  const text = await page.evaluate<string>(`(() => {
    const copy = new OffscreenCanvas(${size.width}, ${size.height});
    const context = copy.getContext("2d");
    context.drawImage(document.querySelector("watch-player canvas"), 0, 0, copy.width, copy.height);
    const { data } = context.getImageData(0, 0, copy.width, copy.height);
    let text = "";
    for (let at = 1; at < data.length; at += 4) text += String.fromCharCode(data[at]);
    return btoa(text);
  })()`);
  const atUs = clock.nowUs();
  const data = Uint8Array.fromBase64(text);
  const code = readCode({ data, stride: size.width, ...size });
  return code === undefined ? undefined : { ...code, ageUs: atUs - code.captureStartUs };
}

async function readReport(page: Page): Promise<ViewerReport | undefined> {
  const text = await page.getAttribute("watch-player", "data-report");
  return text === null ? undefined : (JSON.parse(text) as ViewerReport);
}

/** The report that tells of so many frames, or the last one within three seconds. */
async function lastReport(page: Page, frames: number): Promise<ViewerReport> {
  const end = Date.now() + 3000;
  for (;;) {
    const report = await readReport(page);
    if (report !== undefined && (report.frames >= frames || Date.now() > end)) return report;
    await page.waitForTimeout(50);
  }
}

async function waitForPicture(page: Page) {
  const end = Date.now() + 15_000;
  for (;;) {
    const picture = await readPicture(page);
    if (picture !== undefined) return picture;
    if (Date.now() > end) throw new Error("no picture was readable in time");
    await page.waitForTimeout(50);
  }
}

test(
  "the picture moves, and the page says how it fares",
  async () => {
    await using console = await openConsole(browser);
    const page = await console.signIn();
    await startWatching(page, console.url);
    const numbers: number[] = [];
    while (numbers.length < 10) {
      numbers.push((await waitForPicture(page)).frameNumber);
      await page.waitForTimeout(100);
    }
    expect(numbers).toEqual([...new Set(numbers)].sort((a, b) => a - b));
    await page.waitForFunction(
      `document.querySelector("[data-figure=latency]").textContent.endsWith("ms")`,
    );
    const [viewer] = console.host.watching.counters.report({ prefix: "viewer" }).entries;
    expect(viewer?.external.subscriber.frames).toBeGreaterThan(0);
    expect(await findBarriers(page)).toEqual([]);
    expect(console.complaints).toEqual([]);
  },
  testMs,
);

test(
  "host and viewer have counted the same when the stream is over",
  async () => {
    await using console = await openConsole(browser);
    const page = await console.signIn();
    const id = await startWatching(page, console.url);
    await waitForPicture(page);
    const { watching } = console.host;
    const path = `live/${id}.hang`;
    const frames = () => levelOf(watching.counters, path).external.publisher.frames;
    await until(() => frames() > 120, { what: "two seconds are watched" });
    const { ticket } = watching.issueTicket();
    const client = await Connection.connect(new URL(`${console.url}/moq?ticket=${ticket}`));
    client.closed.catch(() => undefined);
    const catalog = readTrack(client, path, "catalog.json");
    await until(() => catalog.frames.length === 1, { what: "the catalogue is read" });
    await watching.streams.close(Number(id));
    client.close();
    const { publisher } = levelOf(watching.counters, path).external;
    const report = await lastReport(page, publisher.frames - 2);
    // Each of the two has read the catalogue; the player counts units without their time stamps.
    const catalogBytes = catalog.frames[0]?.byteLength ?? 0;
    const stampBytes = Varint.size(clock.nowUs());
    expect(publisher.frames).toBe(report.frames + 2);
    expect(publisher.bytes).toBe(report.bytes + report.frames * stampBytes + 2 * catalogBytes);
  },
  testMs,
);

test(
  "armed on the page, a capture shows the age on glass that the picture itself tells",
  async () => {
    await using console = await openConsole(browser);
    const page = await console.signIn();
    await startWatching(page, console.url);
    await waitForPicture(page);
    await page.click(".watch-actions button.primary");
    const samples = () => console.host.recorder.live()?.samples ?? [];
    const hasAge = ({ client_age_p50_us }: StatsSample) => client_age_p50_us !== undefined;
    await until(() => samples().filter(hasAge).length >= 3, {
      what: "three samples have an age",
      deadlineMs: 15_000,
    });
    const ages: number[] = [];
    for (let index = 0; index < 10; index += 1) ages.push((await waitForPicture(page)).ageUs);
    await page.goto(`${console.url}/`);
    await page.click("button.stop");
    await page.waitForSelector("a[href^='/recordings/']");
    const [meta] = (await console.host.store.list()).captures;
    expect(meta?.kind).toBe("moq");
    const capture = await console.host.store.load(meta?.id ?? "");
    const last = capture?.samples.filter(hasAge).at(-1);
    expect(last?.stages.map(({ name }) => name)).toEqual(["capture", "submit", "encode", "send"]);
    expect(last?.client_fps).toBeGreaterThan(5);
    // A picture is read some time after it was shown; the youngest was read the soonest.
    const youngestUs = Math.min(...ages);
    expect(last?.client_age_p50_us).toBeGreaterThan(last?.total_p50_us ?? 0);
    expect(Math.abs((last?.client_age_p50_us ?? 0) - youngestUs)).toBeLessThan(100_000);
  },
  testMs,
);

test(
  "the counters page shows the tree, and renews itself",
  async () => {
    await using console = await openConsole(browser);
    const page = await console.signIn();
    const { counters } = console.host.watching;
    const track = counters.broadcast({ path: "live/9", tier: "external" }).track("publisher");
    track.bytes(1000);
    await page.goto(`${console.url}/counters`);
    await page.waitForSelector("text=1,000");
    track.bytes(234_000);
    await page.waitForSelector("text=235,000");
    await page.waitForSelector("count-rate svg");
    expect(await findBarriers(page)).toEqual([]);
    expect(console.complaints).toEqual([]);
  },
  testMs,
);

test(
  "where browsers decode no video the page says why, and how to switch TLS on",
  async () => {
    await using console = await openConsole(browser);
    const page = await console.signIn();
    // What a browser says of a page over plain HTTP from another machine.
    await page.addInitScript(
      `Object.defineProperty(globalThis, "isSecureContext", { get: () => false });`,
    );
    await startWatching(page, console.url);
    await page.waitForSelector("[data-part=insecure]:visible");
    expect(await page.textContent("[data-part=insecure]")).toContain("--tls");
    expect(console.host.watching.streams.streams()[0]?.viewers).toBe(0);
    expect(console.complaints).toEqual([]);
  },
  testMs,
);

test(
  "a page in German says so, and plays AV1 as well",
  async () => {
    await using console = await openConsole(browser);
    const page = await console.signIn({ locale: "de-DE" });
    await page.goto(`${console.url}/watch`);
    expect(await page.textContent("h1")).toBe("Zuschauen");
    await page.selectOption("select[name=codec]", "av1");
    const url = console.url;
    await page.selectOption("select[name=size]", "640x360");
    await page.selectOption("select[name=fps]", "30");
    await page.click("main button.primary");
    await page.waitForURL(`${url}/watch/*`);
    const first = await waitForPicture(page);
    const frames = () => levelOf(console.host.watching.counters, "live").external.publisher.frames;
    await until(() => frames() > 30, { what: "a second is watched" });
    expect((await waitForPicture(page)).frameNumber).toBeGreaterThan(first.frameNumber);
    expect(console.complaints).toEqual([]);
  },
  testMs,
);

test(
  "what no form sends is refused, and a stream that ended is said to have",
  async () => {
    await using console = await openConsole(browser);
    const page = await console.signIn();
    await page.goto(`${console.url}/watch/77`);
    expect(await page.textContent(".notice.bad")).toContain("ended");
    await page.goto(`${console.url}/watch`);
    await page.fill("input[name=source]", "https://example.org");
    await page.click("main button.primary");
    await page.waitForSelector(".notice.bad");
    expect(console.host.watching.streams.streams()).toEqual([]);
  },
  testMs,
);
