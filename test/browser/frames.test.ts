/** Single frames in a real browser, over rows that a history holds and captures have. */
import { afterAll, beforeAll, expect, test } from "bun:test";
import type { Browser } from "playwright-core";
import { consoleToken } from "../support/console-host.ts";
import { saveFramed } from "../support/framed-capture.ts";
import { heldConsole, playSession } from "../support/held-pages.ts";
import { tempDirectory } from "../support/temp-directory.ts";
import { expectNoComplaint, openBrowser, openPage, overflowPx } from "./support.ts";

const testMs = 90_000;
let browser: Browser;

beforeAll(async () => {
  browser = await openBrowser();
}, testMs);

afterAll(() => browser.close());

test(
  "a session of the history is found, a range of it kept with two clicks, and its frames are drawn",
  async () => {
    await using directory = await tempDirectory();
    await using console = await heldConsole(directory.path);
    const { held, host } = console;
    playSession(held, 1, 130);
    const complaints: string[] = [];
    const page = await openPage(browser, complaints);
    page.setDefaultTimeout(30_000);
    await page.goto(`${host.url}/sign-in#token=${consoleToken}`);
    await page.waitForURL(`${host.url}/`);
    await page.click("session-spark svg", { position: { x: 5, y: 10 } });
    await page.click('[id="keep-1-1"] button');
    await page.waitForSelector("#notice .good");
    expect(held.kept.map(({ origin }) => origin)).toEqual(["kept"]);
    await page.keyboard.press("k");
    await page.waitForSelector("#kept .good a");
    expect(held.kept).toHaveLength(2);
    await page.goto(`${host.url}/history/1-1?from=10000&to=20000`);
    await page.waitForSelector(".frame-bars");
    await page.waitForSelector('capture-frames[data-range="10000-20000"]');
    expect(await overflowPx(page)).toBe(0);
    await page.focus(".chart-heat .heat");
    await page.keyboard.press("ArrowRight");
    await page.keyboard.press("Enter");
    await page.waitForURL(/\/history\/1-1\/frame\?at=\d+$/);
    const title = await page.textContent("h1");
    await page.keyboard.press("ArrowRight");
    await page.locator("h1", { hasNotText: title ?? "" }).waitFor();
    expectNoComplaint(complaints);
    await page.context().close();
  },
  testMs,
);

test(
  "a capture's minute is drawn frame by frame, and a wider range keeps its slowest",
  async () => {
    await using directory = await tempDirectory();
    await using console = await heldConsole(directory.path);
    const { host } = console;
    const id = await saveFramed(host.store, 3600);
    const complaints: string[] = [];
    const page = await openPage(browser, complaints, { viewport: { width: 360, height: 800 } });
    page.setDefaultTimeout(30_000);
    await page.goto(`${host.url}/sign-in#token=${consoleToken}`);
    await page.waitForURL(`${host.url}/`);
    await page.goto(`${host.url}/recordings/${id}?from=0&to=50000`);
    await page.waitForSelector(".frame-bars");
    expect(await overflowPx(page)).toBe(0);
    await page.click("[data-zoom=whole]");
    await page.waitForSelector(".chart-stages .legend >> text=slowest frame");
    expectNoComplaint(complaints);
    await page.context().close();
  },
  testMs,
);
