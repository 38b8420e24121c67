/** The page of a stream on the screen: its size, full screen, several side by side, out of sight. */
import { afterAll, beforeAll, expect, test } from "bun:test";
import type { Browser, Page } from "playwright-core";
import { levelOf } from "../support/counting.ts";
import { until } from "../support/until.ts";
import {
  findBarriers,
  openBrowser,
  openConsole,
  overflowPx,
  picture,
  waitUntil,
} from "./support.ts";
import { readPicture, startWatching, waitForPicture } from "./watching.ts";

const testMs = 60_000;
let browser: Browser;

beforeAll(async () => {
  browser = await openBrowser();
});
afterAll(async () => {
  await browser.close();
});

const opacityOf = (part: string) =>
  `Number(getComputedStyle(document.querySelector("${part}")).opacity)`;

test(
  "full screen shows the picture in the middle, and its controls fade until the mouse moves",
  async () => {
    await using console = await openConsole(browser);
    const page = await console.signIn();
    await startWatching(page, console.url);
    await waitForPicture(page);
    await page.click("[data-part=full]");
    await waitUntil(page, "document.fullscreenElement !== null");
    const box = await page.locator("watch-player canvas").boundingBox();
    const window = await page.evaluate<{ width: number; height: number }>(
      "({ width: innerWidth, height: innerHeight })",
    );
    const { x = 0, y = 0, width = 0, height = 0 } = box ?? {};
    expect(Math.abs(x + width / 2 - window.width / 2)).toBeLessThan(2);
    expect(Math.abs(y + height / 2 - window.height / 2)).toBeLessThan(2);
    expect(Math.abs(width / height - 16 / 9)).toBeLessThan(0.01);
    await waitUntil(page, `${opacityOf(".watch-actions")} === 0`);
    expect(await page.evaluate<number>(opacityOf(".watch-figures"))).toBe(0);
    await picture(page, "watch-full-idle");
    // Figures that were asked for stay while controls fade.
    await page.keyboard.press("s");
    await waitUntil(page, `${opacityOf(".watch-figures")} === 1`);
    expect(await page.evaluate<number>(opacityOf(".watch-actions"))).toBe(0);
    // What a marker came to is to be seen.
    await page.keyboard.press("m");
    await waitUntil(page, `${opacityOf(".watch-actions")} === 1`);
    await page.waitForSelector("#mark-notice:has-text('Nothing is recording')");
    await waitUntil(page, `${opacityOf(".watch-actions")} === 0`);
    await page.mouse.move(300, 300);
    await waitUntil(page, `${opacityOf(".watch-actions")} === 1`);
    await picture(page, "watch-full");
    await page.click("[data-part=full]:has-text('Exit full screen')");
    await waitUntil(page, "document.fullscreenElement === null");
    await page.keyboard.press("s");
    await page.waitForSelector(".watch-figures", { state: "hidden" });
    expect(console.complaints).toEqual([]);
  },
  testMs,
);

/** As a browser says of a tab in the background. */
function hide(page: Page, isHidden: boolean): Promise<void> {
  const state = isHidden ? "hidden" : "visible";
  return page.evaluate(`(() => {
    Object.defineProperty(document, "visibilityState", { value: "${state}", configurable: true });
    Object.defineProperty(document, "hidden", { value: ${isHidden}, configurable: true });
    document.dispatchEvent(new Event("visibilitychange"));
  })()`);
}

test(
  "a picture is drawn as soon as it is decoded, and counts as shown once the browser refreshes",
  async () => {
    await using console = await openConsole(browser);
    const page = await console.signIn();
    await page.addInitScript("window.requestAnimationFrame = () => 0");
    await startWatching(page, console.url);
    const { frameNumber } = await waitForPicture(page);
    await page.evaluate(`window.shown = [];
      document.querySelector("watch-player").addEventListener("picture-shown", () => window.shown.push(1));`);
    const isNewer = async () => ((await readPicture(page))?.frameNumber ?? 0) > frameNumber;
    await until(isNewer, { what: "a newer picture is drawn" });
    expect(await page.evaluate<number>("window.shown.length")).toBe(0);
  },
  testMs,
);

test(
  "a page out of sight gets neither picture nor sound, and both come back with it",
  async () => {
    await using console = await openConsole(browser);
    const page = await console.signIn();
    const id = await startWatching(page, console.url);
    const stream = () => console.host.watching.streams.streams()[0];
    await waitForPicture(page);
    await page.click("[data-part=sound-button]");
    await until(() => stream()?.listeners === 1, { what: "it is heard" });
    await hide(page, true);
    await until(() => stream()?.viewers === 0 && stream()?.listeners === 0, {
      what: "nobody watches or listens",
    });
    const frames = () =>
      levelOf(console.host.watching.counters, `live/${id}.hang`).external.publisher.frames;
    await until(() => (stream()?.frames ?? 0) > 60, { what: "the stream continues" });
    const sent = frames();
    const { frameNumber } = await waitForPicture(page);
    await hide(page, false);
    await until(() => stream()?.viewers === 1 && stream()?.listeners === 1, {
      what: "it is watched and heard again",
    });
    let now = frameNumber;
    while (now <= frameNumber) now = (await waitForPicture(page)).frameNumber;
    expect(frames()).toBeGreaterThan(sent);
    expect(console.complaints).toEqual([]);
  },
  testMs,
);

test(
  "several streams are watched side by side, each with its own figures",
  async () => {
    await using console = await openConsole(browser);
    const { streams } = console.host.watching;
    await streams.open({ width: 320, height: 180, fps: 10, bitrate_kbps: 500 });
    await streams.open({ width: 320, height: 180, fps: 20, bitrate_kbps: 500 });
    const page = await console.signIn();
    await page.goto(`${console.url}/watch`);
    await page.click("text=All streams");
    await page.waitForURL(`${console.url}/watch/all`);
    const shown = () =>
      page.evaluate<number[]>(`[...document.querySelectorAll("watch-player")]
        .map(({ dataset }) => JSON.parse(dataset.report ?? "{}").shown ?? 0)`);
    await waitUntil(
      page,
      `[...document.querySelectorAll("watch-player")]
        .filter(({ dataset }) => JSON.parse(dataset.report ?? "{}").shown > 20).length === 2`,
    );
    expect(await shown()).toHaveLength(2);
    const received = await page.evaluate<number[]>(`[...document.querySelectorAll("watch-player")]
      .map(({ dataset }) => JSON.parse(dataset.report).frames_seen?.at_us?.length ?? 0)`);
    // Frames of one are not taken for the other's: each has those of its own second.
    expect(Math.max(...received)).toBeLessThan(45);
    expect(await findBarriers(page)).toEqual([]);
    await page.setViewportSize({ width: 390, height: 800 });
    expect(await overflowPx(page)).toBe(0);
    await picture(page, "watch-all-phone");
    expect(console.complaints).toEqual([]);
  },
  testMs,
);

test(
  "a stream may have the size of the window",
  async () => {
    await using console = await openConsole(browser);
    const page = await console.signIn({ viewport: { width: 641, height: 400 } });
    await page.goto(`${console.url}/watch`);
    await page.selectOption("select[name=size]", { label: "This window (642×400)" });
    await page.click("main button.primary");
    await page.waitForURL(/\/watch\/\d+$/);
    expect(console.host.watching.streams.streams()[0]).toMatchObject({ width: 642, height: 400 });
    expect(console.complaints).toEqual([]);
  },
  testMs,
);
