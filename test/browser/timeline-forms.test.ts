/** The Timeline page without script: every form of it does what it does with script. */
import { afterAll, beforeAll, expect, test } from "bun:test";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import type { Timeline } from "../../src/model/timeline.ts";
import { consoleToken } from "../support/console-host.ts";
import { playingSession } from "../support/made-capture.ts";
import { tempDirectory } from "../support/temp-directory.ts";
import { expectNoComplaint, openBrowser, openConsole, picture } from "./support.ts";

const testMs = 60_000;
let browser: Browser;

beforeAll(async () => {
  browser = await openBrowser();
}, testMs);

afterAll(() => browser.close());

/** Signed in by the form, on a host with a player. */
async function openPlain() {
  const console = await openConsole(browser);
  console.host.people.playing = [playingSession({ session_id: 7 })];
  const page = await console.open({ javaScriptEnabled: false });
  await page.goto(`${console.url}/timeline`);
  await page.fill("input[name=token]", consoleToken);
  await page.click("main button");
  return { console, page, [Symbol.asyncDispose]: () => console[Symbol.asyncDispose]() };
}

const pressed = (page: Page, part: string, text: string | RegExp) =>
  page.locator(`${part} button`, { hasText: text }).click();

/** Two calls and a mark, recorded manually; the page shows that recording afterwards. */
async function recordByHand(page: Page, url: string): Promise<void> {
  await pressed(page, "#recorded", "Start manual recording");
  for (const kbps of ["8000", "6000"]) {
    await page.goto(`${url}/sessions`);
    await page.fill("#sessions input[name=bitrate_kbps]", kbps);
    await pressed(page, "#sessions", "Apply");
  }
  await page.goto(`${url}/timeline`);
  await pressed(page, "mark-moment", "Add marker");
  expect(page.url()).toBe(`${url}/timeline`);
  await page.locator("#checkpoints summary", { hasText: "mark" }).waitFor();
  await pressed(page, "#recorded", "Stop manual recording");
  await page.waitForURL(/of=manual_/);
}

async function exported(page: Page, directory: string): Promise<string> {
  const [download] = await Promise.all([
    page.waitForEvent("download"),
    page.locator("#recorded a", { hasText: "Export" }).click(),
  ]);
  const path = join(directory, "export.json");
  await download.saveAs(path);
  return path;
}

test(
  "without script a manual recording is made, marked, exported, opened and done again",
  async () => {
    await using directory = await tempDirectory();
    await using plain = await openPlain();
    const { console, page } = plain;
    const { people } = console.host;
    await recordByHand(page, console.url);
    expect(people.asked).toEqual([
      ["bitrate", 8000, 7],
      ["bitrate", 6000, 7],
    ]);
    people.asked.length = 0;
    const path = await exported(page, directory.path);
    const { events, checkpoints }: Timeline = await Bun.file(path).json();
    expect(events.filter(({ event }) => event.type === "api_call")).not.toEqual([]);
    expect(checkpoints.filter(({ label }) => label === "mark")).toHaveLength(1);

    await page.setInputFiles("#recorded input[type=file]", path);
    await pressed(page, "#recorded", /^Import$/);
    await page.waitForURL(/of=import-1/);
    expect(await page.textContent("#events")).toContain("/api/v1/sessions/7/bitrate");

    await page.locator("#replay a", { hasText: "Preview" }).click();
    await page.locator("#replay [data-state=plan]").waitFor();
    expect(people.asked).toEqual([]);
    await picture(page, "timeline-no-script-plan");
    await page.selectOption("#replay select", "fixed");
    await pressed(page, "#replay", "Run");
    // Nothing renews itself here: to see more, load the page again.
    const equal = page.locator("#replay [data-state=equal]");
    const deadline = AbortSignal.timeout(20_000);
    while ((await equal.count()) === 0 && !deadline.aborted) await page.reload();
    expect(await equal.count()).toBe(1);
    expect(people.asked).toEqual([
      ["bitrate", 8000, 7],
      ["bitrate", 6000, 7],
    ]);
    expectNoComplaint(console.complaints);
  },
  testMs,
);

test(
  "without script a replay runs in steps and is ended, and what is not an export is refused on the page",
  async () => {
    await using directory = await tempDirectory();
    await using plain = await openPlain();
    const { console, page } = plain;
    const { people } = console.host;
    await recordByHand(page, console.url);
    people.asked.length = 0;
    await page.locator("#replay a", { hasText: "Preview" }).click();
    await page.selectOption("#replay select", "step");
    await pressed(page, "#replay", "Run");
    await page.locator("#replay [data-state=stepping]").waitFor();
    for (let step = 0; step < 20 && people.asked.length === 0; step += 1) {
      await pressed(page, "#replay", "Next step");
    }
    expect(people.asked).toEqual([["bitrate", 8000, 7]]);
    await pressed(page, "#replay", /^Stop$/);
    expect(await page.textContent("#replay [data-state=ended]")).toContain(
      "It was stopped by the operator.",
    );
    expect(people.asked).toEqual([["bitrate", 8000, 7]]);

    const path = join(directory.path, "no-export.json");
    await Bun.write(path, "[]");
    await page.goto(`${console.url}/timeline`);
    await page.setInputFiles("#recorded input[type=file]", path);
    await pressed(page, "#recorded", /^Import$/);
    expect(await page.locator("#recorded [role=alert]").count()).toBe(1);
    await page.goto(`${console.url}/timeline`);
    await pressed(page, "#recorded", /^Import$/);
    expect(await page.textContent("#recorded [role=alert]")).toBe("Choose a file first.");
    expectNoComplaint(console.complaints);
  },
  testMs,
);
