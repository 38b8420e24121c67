/** What tests do on the Watch page: begin, read the picture back, read what the page reports. */
import type { Page } from "playwright-core";
import { systemClock } from "../../src/base/clock.ts";
import type { ViewerReport } from "../../src/model/watch.ts";
import { readCode } from "../../src/video/code-block.ts";
import type { XScreen } from "../support/x-screen.ts";
import { waitUntil } from "./support.ts";

const size = { width: 640, height: 360 };
const clock = systemClock();
/** A page that gets no core decodes and reports late. */
const reportMsMax = 15_000;

/** Chooses a small stream on the page and presses the button. */
export async function startWatching(page: Page, url: string): Promise<string> {
  await page.goto(`${url}/watch`);
  await page.selectOption("select[name=size]", "640x360");
  await page.click("main button.primary");
  await page.waitForURL(/\/watch\/\d+$/);
  return page.url().split("/").at(-1) ?? "";
}

/** Watches a display, and takes the input. */
export async function startPlaying(page: Page, url: string, screen: XScreen): Promise<void> {
  await page.goto(`${url}/watch`);
  await page.fill("input[name=source]", `x11:${screen.name}`);
  await page.selectOption("select[name=size]", "640x360");
  await page.click("main button.primary");
  await page.waitForURL(/\/watch\/\d+$/);
  await page.click("watch-player canvas");
  await waitUntil(page, `document.querySelector("picture-input").dataset.state === "taken"`);
}

/** Frame number and capture time as they are drawn into what the canvas shows now. */
export async function readPicture(page: Page) {
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

export async function readReport(page: Page): Promise<ViewerReport | undefined> {
  const text = await page.getAttribute("watch-player", "data-report");
  return text === null ? undefined : (JSON.parse(text) as ViewerReport);
}

/** The report of so many frames, or the last one where so many never come. */
export async function lastReport(page: Page, frames: number): Promise<ViewerReport> {
  const end = Date.now() + reportMsMax;
  for (;;) {
    const report = await readReport(page);
    if (report !== undefined && (report.frames >= frames || Date.now() > end)) return report;
    await page.waitForTimeout(50);
  }
}

export async function waitForPicture(page: Page) {
  const end = Date.now() + 15_000;
  for (;;) {
    const picture = await readPicture(page);
    if (picture !== undefined) return picture;
    if (Date.now() > end) throw new Error("no picture was readable in time");
    await page.waitForTimeout(50);
  }
}
