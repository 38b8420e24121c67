/**
 * Validation on glass: an operator arms in the console, watches in the browser, stops, and looks at
 * the graphs; and the ages there are held against the time that is drawn into the picture itself.
 */
import { afterAll, beforeAll, expect, test } from "bun:test";
import { Varint } from "@moq/net";
import type { Browser, Page } from "playwright-core";
import { systemClock } from "../../src/base/clock.ts";
import type { StatsSample } from "../../src/model/capture.ts";
import { readCode } from "../../src/video/code-block.ts";
import { levelOf } from "../support/counting.ts";
import { cuttable } from "../support/cuttable.ts";
import { until } from "../support/until.ts";
import { expectClose, openBrowser, openConsole, readLine, waitForCharts } from "./support.ts";
import { lastReport, readPicture, startWatching, waitForPicture } from "./watching.ts";

const testMs = 90_000;
const size = { width: 640, height: 360 };
const clock = systemClock();
let browser: Browser;

beforeAll(async () => {
  browser = await openBrowser();
}, testMs);
afterAll(() => browser.close());

/** From here on the page keeps the capture time, in ms, of each picture and when it had drawn it. */
async function keepDrawn(page: Page): Promise<void> {
  await page.evaluate(`(() => {
    window.drawn = [];
    document.querySelector("watch-player").addEventListener("picture-shown", ({ detail }) => {
      window.drawn.push([detail.timeUs / 1000, detail.nowMs]);
    });
  })()`);
}

/** What the player says in the console of groups that it throws away, since a newer one is there. */
function followSkips(page: Page): readonly string[] {
  const skips: string[] = [];
  page.on("console", (message) => {
    if (/^skipping (slow|old) group/.test(message.text())) skips.push(message.text());
  });
  return skips;
}

/** What was kept as ages in µs, on the host's clock by the shortest of some round trips. */
async function agesOf(page: Page): Promise<number[]> {
  let best = { tripMs: Number.POSITIVE_INFINITY, offsetMs: 0 };
  for (let trip = 0; trip < 20; trip += 1) {
    const startMs = clock.nowUs() / 1000;
    const pageMs = await page.evaluate<number>("performance.now()");
    const endMs = clock.nowUs() / 1000;
    if (endMs - startMs < best.tripMs) {
      best = { tripMs: endMs - startMs, offsetMs: (startMs + endMs) / 2 - pageMs };
    }
  }
  const drawn = await page.evaluate<[number, number][]>("window.drawn");
  return drawn.map(([capturedMs, drawnMs]) => (drawnMs + best.offsetMs - capturedMs) * 1000);
}

/** The next picture, read back in the very turn in which it was drawn, and the time the player gave it. */
async function readDrawn(page: Page) {
  const [text, capturedMs] = await page.evaluate<[string, number]>(`new Promise((resolve) => {
    document.querySelector("watch-player").addEventListener("picture-shown", ({ detail }) => {
      const copy = new OffscreenCanvas(${size.width}, ${size.height});
      const context = copy.getContext("2d");
      context.drawImage(document.querySelector("watch-player canvas"), 0, 0, copy.width, copy.height);
      const { data } = context.getImageData(0, 0, copy.width, copy.height);
      let text = "";
      for (let at = 1; at < data.length; at += 4) text += String.fromCharCode(data[at]);
      resolve([btoa(text), detail.timeUs / 1000]);
    }, { once: true });
  })`);
  const code = readCode({ data: Uint8Array.fromBase64(text), stride: size.width, ...size });
  return { code, capturedUs: capturedMs * 1000 };
}

const hasAge = ({ client_age_p50_us }: StatsSample) => client_age_p50_us !== undefined;

/** A window between two without an age is drawn as long as it is: its value stands twice. */
function asDrawn(samples: readonly StatsSample[]): number[] {
  return samples.flatMap(({ client_age_p50_us: age }, index) => {
    if (age === undefined) return [];
    const isAlone = [samples[index - 1], samples[index + 1]].every(
      (sample) => sample?.client_age_p50_us === undefined,
    );
    return isAlone ? [age, age] : [age];
  });
}

test(
  "armed in the console, watched in the browser, stopped, and looked at in the graphs",
  async () => {
    await using console = await openConsole(browser);
    const { recorder, store, watching } = console.host;
    const operator = await console.signIn();
    await operator.click("button.start");
    await operator.waitForSelector("button.stop");

    const page = await console.signIn();
    const skips = followSkips(page);
    const id = await startWatching(page, console.url);
    const first = await waitForPicture(page);
    await keepDrawn(page);
    for (let count = 0; count < 5; count += 1) {
      const { code, capturedUs } = await readDrawn(page);
      // The age that the page reports is that of the picture on the glass.
      expect(Math.abs((code?.captureStartUs ?? 0) - capturedUs)).toBeLessThan(1000);
    }
    const samples = () => recorder.live()?.samples ?? [];
    const agedBefore = samples().filter(hasAge).length;
    await until(() => samples().filter(hasAge).length >= agedBefore + 4, {
      what: "four more samples have an age",
    });
    expect((await waitForPicture(page)).frameNumber).toBeGreaterThan(first.frameNumber);

    await operator.click("button.stop");
    await operator.waitForSelector(".notice.good a");
    const ages = await agesOf(page);
    await watching.streams.close(Number(id));
    const path = `live/${id}.hang`;
    const { publisher } = levelOf(watching.counters, path).external;
    const report = await lastReport(page, publisher.frames - 1);
    const catalogBytes =
      publisher.bytes - report.bytes - report.frames * Varint.size(clock.nowUs());
    expect(catalogBytes).toBeGreaterThan(100);
    // A page that cannot keep up jumps to live, and the player skips groups: both say so. Whatever a
    // page did not throw away itself it has, to the byte.
    if (skips.length === 0 && report.jumps === 0) {
      expect(report.frames).toBe(publisher.frames - 1);
      expect(catalogBytes).toBeLessThan(500);
    } else expect(report.frames).toBeLessThan(publisher.frames);
    expect(publisher.subscriptions).toBe(publisher.subscriptions_closed);

    await operator.click(".notice.good a");
    await waitForCharts(operator);
    const all = (await store.load((await store.list()).captures[0]?.id ?? ""))?.samples ?? [];
    const saved = all.filter(hasAge);
    expect(saved.length).toBeGreaterThanOrEqual(4);
    const medians = saved.map(({ client_age_p50_us }) => client_age_p50_us ?? 0);
    expectClose(await readLine(operator, "rtt", "latency at display, p50"), asDrawn(all));
    // What a report tells, and the sample after it, is at most two windows old.
    const late = medians.slice(agedBefore + 2);
    const clockErrorUs = 5000;
    for (const median of late) {
      expect(median).toBeGreaterThanOrEqual(Math.min(...ages) - clockErrorUs);
      expect(median).toBeLessThanOrEqual(Math.max(...ages) + clockErrorUs);
    }
    expect(console.complaints).toEqual([]);
  },
  testMs,
);

test(
  "a viewer that is frozen for five seconds and cut off comes back, and the counts balance",
  async () => {
    await using console = await openConsole(browser);
    const { watching } = console.host;
    await using cut = cuttable(console.host.port);
    const page = await console.signIn({}, cut.url);
    const id = await startWatching(page, cut.url);
    const path = `live/${id}.hang`;
    await waitForPicture(page);

    const encoded = () => watching.streams.streams()[0]?.frames ?? 0;
    const encodedBefore = encoded();
    await freeze(page, 5000);
    expect(encoded()).toBeGreaterThan(encodedBefore + 60);
    await untilFresh(page);

    // With pictures that the page has not read: Chromium's own stream of a WebSocket crashed it.
    await freeze(page, 2500);
    cut.cut();
    await until(() => levelOf(watching.counters, path).open === 0, { what: "the loss is seen" });
    await untilFresh(page);
    const { ticket } = watching.issueTicket();
    await throwGarbage(`ws://127.0.0.1:${console.host.port}/moq?ticket=${ticket}`);
    await dropSockets(() => {
      const next = watching.issueTicket().ticket;
      return `ws://127.0.0.1:${console.host.port}/moq?ticket=${next}`;
    });
    await untilFresh(page);

    await page.goto(`${cut.url}/`);
    await until(() => levelOf(watching.counters, path).open === 0, { what: "all have left" });
    const { publisher } = levelOf(watching.counters, path).external;
    expect(publisher.broadcasts).toBe(publisher.broadcasts_closed);
    expect(publisher.subscriptions).toBe(publisher.subscriptions_closed);
    // Catalogue and video, once before the cut and once after.
    expect(publisher.subscriptions).toBeGreaterThanOrEqual(4);
  },
  testMs,
);

/** Its main thread is held by a script. */
async function freeze(page: Page, ms: number): Promise<void> {
  await page.evaluate(`for (const end = performance.now() + ${ms}; performance.now() < end; );`);
}

/** The picture is younger than a second and moves. */
async function untilFresh(page: Page): Promise<void> {
  const { frameNumber } = await waitForPicture(page);
  const end = Date.now() + 20_000;
  for (;;) {
    const picture = await readPicture(page);
    if (picture !== undefined && picture.frameNumber > frameNumber && picture.ageUs < 1e6) return;
    if (Date.now() > end) throw new Error("the picture did not move on in time");
    await page.waitForTimeout(50);
  }
}

const protocol = "qmux-02.moq-lite-05";

async function openSocket(url: string): Promise<WebSocket> {
  const socket = new WebSocket(url, protocol);
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  socket.onopen = () => resolve();
  socket.onerror = () => reject(new Error("the socket did not open"));
  await promise;
  return socket;
}

async function throwGarbage(url: string): Promise<void> {
  const socket = await openSocket(url);
  for (let part = 0; part < 20; part += 1) {
    socket.send(crypto.getRandomValues(new Uint8Array(1 + ((part * 911) % 4000))));
  }
  socket.close();
}

async function dropSockets(nextUrl: () => string): Promise<void> {
  for (let batch = 0; batch < 20; batch += 1) {
    const urls = Array.from({ length: 10 }, nextUrl);
    for (const socket of await Promise.all(urls.map(openSocket))) socket.terminate();
  }
}
