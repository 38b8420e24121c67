/** The console out of the executable: assets, recorder, player and host are all inside of it. */
import { afterAll, beforeAll, expect, test } from "bun:test";
import { join } from "node:path";
import type { Browser } from "playwright-core";
import type { Capture } from "../../src/model/capture.ts";
import { expectClose, openBrowser, readLine, waitForCharts } from "../browser/support.ts";
import { type Alone, executableAlone, startHost } from "../support/executable.ts";

const testMs = 60_000;
const playSeconds = 9;
let alone: Alone;
let browser: Browser;

beforeAll(async () => {
  alone = await executableAlone();
  browser = await openBrowser();
}, testMs);

afterAll(async () => {
  await browser.close();
  await alone[Symbol.asyncDispose]();
});

test(
  "an operator records a player, looks at the graphs and downloads what they were drawn from",
  async () => {
    const { consoleUrl, nativeAddress } = await startHost(alone);
    const token = (await Bun.file(join(alone.dataDirectory, "token")).text()).trim();
    const page = await browser.newPage({ locale: "en-US" });
    const complaints: string[] = [];
    page.on("pageerror", (error) => complaints.push(error.message));
    page.on("console", (message) => {
      if (message.text().includes("Content Security Policy")) complaints.push(message.text());
    });
    await page.goto(`${consoleUrl}/sign-in#token=${token}`);
    await page.waitForURL(`${consoleUrl}/`);
    await page.click("button.start");
    await page.waitForSelector("button.stop");
    const seconds = String(playSeconds);
    const playing = alone.run(["play", nativeAddress, "--seconds", seconds, "--json"]);
    await waitForCharts(page);
    expect((await playing).code).toBe(0);
    await page.click("button.stop");
    await page.click(".notice.good a");
    await waitForCharts(page);
    const [download] = await Promise.all([
      page.waitForEvent("download"),
      page.click("text=Download"),
    ]);
    const capture: Capture = await Bun.file(await download.path()).json();
    const name = download.suggestedFilename();
    expect(await Bun.file(join(alone.dataDirectory, "captures", name)).json()).toEqual(capture);
    expect(capture.samples.length).toBeGreaterThanOrEqual(playSeconds / 2 - 1);
    expectClose(
      await readLine(page, "stages", "total p50"),
      capture.samples.map(({ total_p50_us }) => total_p50_us ?? 0),
    );
    await page.click("text=Sign out");
    await page.waitForURL(/sign-in/);
    expect(complaints).toEqual([]);
  },
  testMs,
);
