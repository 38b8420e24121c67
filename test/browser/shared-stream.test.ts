/** Many windows of one browser: they share the connection of the event stream. */
import { afterAll, beforeAll, expect, test } from "bun:test";
import type { Browser, Page } from "playwright-core";
import { until } from "../support/until.ts";
import { countStreams } from "./streams.ts";
import { expectNoComplaint, openBrowser, openConsole, waitUntil } from "./support.ts";

const testMs = 60_000;
/** A browser has six connections for a host. */
const windowCount = 9;
let browser: Browser;

beforeAll(async () => {
  browser = await openBrowser();
}, testMs);
afterAll(() => browser.close());

const isRecording = "document.querySelector('#capture form[action=\"/capture/stop\"]') !== null";

async function openWindow(first: Page, url: string): Promise<Page> {
  const page = await first.context().newPage();
  await page.goto(`${url}/`);
  return page;
}

test(
  "nine windows of a browser load, and all of them hear what happens over one connection",
  async () => {
    await using console = await openConsole(browser);
    const streams = countStreams(console.host);
    const first = await console.signIn();
    const pages = [first];
    while (pages.length < windowCount) pages.push(await openWindow(first, console.url));
    await until(() => streams.now === 1, { what: "the stream is open" });
    await console.host.recorder.start();
    for (const page of pages) await waitUntil(page, isRecording);
    expect(streams).toEqual({ now: 1, max: 1 });

    await first.close();
    await console.host.recorder.stop();
    for (const page of pages.slice(1)) await waitUntil(page, `!(${isRecording})`);
    expectNoComplaint(console.complaints);
    for (const page of pages.slice(1)) await page.close();
    await until(() => streams.now === 0, { what: "the last window took the connection along" });
  },
  testMs,
);

test(
  "a browser without shared workers has a connection for each window",
  async () => {
    await using console = await openConsole(browser);
    const streams = countStreams(console.host);
    const first = await console.open();
    await first.context().addInitScript("delete window.SharedWorker");
    await first.goto(`${console.url}/sign-in#token=a-token-of-the-operator-0123456789`);
    await first.waitForURL(`${console.url}/`);
    const second = await openWindow(first, console.url);
    await until(() => streams.now === 2, { what: "both streams are open" });
    await console.host.recorder.start();
    for (const page of [first, second]) await waitUntil(page, isRecording);
    expectNoComplaint(console.complaints);
  },
  testMs,
);
