/** The Timeline page as people use it: looking, marking, keeping, opening, and doing it again. */
import { afterAll, beforeAll, expect, test } from "bun:test";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import type { Timeline, TimelineEvent } from "../../src/model/timeline.ts";
import { playingSession } from "../support/made-capture.ts";
import { tempDirectory } from "../support/temp-directory.ts";
import {
  expectNoComplaint,
  findBarriers,
  openBrowser,
  openConsole,
  overflowPx,
  picture,
} from "./support.ts";

const testMs = 60_000;
let browser: Browser;

beforeAll(async () => {
  browser = await openBrowser();
}, testMs);

afterAll(() => browser.close());

type Console = Awaited<ReturnType<typeof openConsole>>;

/** A capture that runs, with a player, and what an operator has done since. */
async function openAtWork(options: Parameters<Console["signIn"]>[0] = {}) {
  const console = await openConsole(browser);
  const { people, timeline } = console.host;
  people.playing = [playingSession({ session_id: 7 })];
  const page = await console.signIn(options);
  await page.locator("button.start").click();
  await page.locator("button.stop").waitFor();
  timeline.note(
    { code: "settings_before", values: { names: "encoder_preset" } },
    {
      settings: { revision: 1, values: { bitrate_kbps: 9000, encoder_preset: "" } },
    },
  );
  timeline.record({ type: "log", level: "warn", message: "<b>a warning</b>" });
  timeline.note(
    { code: "settings_after", values: { names: "encoder_preset" } },
    {
      settings: { revision: 2, values: { bitrate_kbps: 9000, encoder_preset: "veryfast" } },
    },
  );
  await page.goto(`${console.url}/sessions`);
  await page.fill("input[name=bitrate_kbps] >> nth=0", "12000");
  await page.locator("#sessions button", { hasText: /Apply|Übernehmen/ }).click();
  await page.locator("#sessions", { hasText: "12 Mbit/s" }).waitFor();
  await page.goto(`${console.url}/timeline`);
  return { console, page, [Symbol.asyncDispose]: () => console[Symbol.asyncDispose]() };
}

const marks = ({ host }: Console) =>
  host.timeline
    .reading("capture")
    ?.checkpoints()
    .filter(({ label }) => label === "mark").length;

const eventTexts = (page: Page) => page.locator("#events tbody tr").allTextContents();

test(
  "what happened is listed newest first, is filtered by kind, and checkpoints show what changed",
  async () => {
    await using work = await openAtWork();
    const { console, page } = work;
    const all = (await eventTexts(page)).join("\n");
    expect(all).toMatch(
      /POST \/api\/v1\/sessions\/7\/bitrate {"bitrate_kbps":12000} → 204, .* [µm]s · console/,
    );
    expect(all).toContain("session bitrate changed · session 7");
    expect(all).toContain("POST /api/v1/stats/capture/start");
    expect(all).toContain("<b>a warning</b>");
    expect(all.indexOf("bitrate_kbps")).toBeLessThan(all.indexOf("capture/start"));
    for (const box of await page.locator("#events input[name=kinds]").all()) await box.uncheck();
    await page.locator("#events input[value=log]").check();
    await page.locator("#events button").click();
    await page.waitForURL(/kinds=log/);
    expect(await eventTexts(page)).toHaveLength(1);
    expect(await page.locator("#events input[name=kinds]:checked").count()).toBe(1);
    const after = page.locator("#checkpoints details", { hasText: "after encoder_preset" });
    await after.locator("summary").click();
    expect(await after.locator("tbody tr").allTextContents()).toContain(
      'settings.values.encoder_preset""veryfast',
    );
    expectNoComplaint(console.complaints);
  },
  testMs,
);

test(
  "a moment is marked by the button and by the key m, though not while somebody writes",
  async () => {
    await using work = await openAtWork();
    const { console, page } = work;
    const said = page.locator("#mark-notice", { hasText: "Marker added." });
    await page.locator("mark-moment button").click();
    await said.waitFor();
    expect(marks(console)).toBe(1);
    const marked = page.waitForResponse(/timeline\/mark/);
    await page.locator("h1").click();
    await page.keyboard.press("m");
    await marked;
    expect(marks(console)).toBe(2);
    // On the live capture's page too, and from nowhere near a field.
    await page.goto(`${console.url}/capture`);
    const markedThere = page.waitForResponse(/timeline\/mark/);
    await page.keyboard.press("m");
    await markedThere;
    expect(marks(console)).toBe(3);
    await page.goto(`${console.url}/timeline`);
    await page.locator("#events input[name=kinds] >> nth=0").focus();
    await page.keyboard.press("m");
    await page.keyboard.press("Control+m");
    const last = page.waitForResponse(/timeline\/mark/);
    await page.locator("mark-moment button").click();
    await last;
    expect(marks(console)).toBe(4);
    expectNoComplaint(console.complaints);
  },
  testMs,
);

test(
  "what is pressed as soon as the page is read stays on the page",
  async () => {
    await using work = await openAtWork();
    const { console, page } = work;
    await page.addInitScript(`document.addEventListener("DOMContentLoaded", () =>
      document.querySelector("mark-moment form")?.requestSubmit())`);
    await page.goto(`${console.url}/capture`);
    await page.locator("#mark-notice", { hasText: "Marker added." }).waitFor();
    expect(new URL(page.url()).pathname).toBe("/capture");
    expectNoComplaint(console.complaints);
  },
  testMs,
);

/** The manual recording of an operator who changes a bitrate, exported into a file. */
async function exportOne(page: Page, { url, host }: Console, directory: string): Promise<string> {
  await page.locator("#recorded button", { hasText: "Start manual recording" }).click();
  await page.locator("#recorded button", { hasText: "Stop manual recording" }).waitFor();
  await page.goto(`${url}/sessions`);
  await page.fill("input[name=bitrate_kbps] >> nth=0", "8000");
  await page.locator("#sessions button", { hasText: "Apply" }).click();
  await page.locator("#sessions", { hasText: "8 Mbit/s" }).waitFor();
  await page.goto(`${url}/timeline`);
  await page.locator("#recorded button", { hasText: "Stop manual recording" }).click();
  await page.waitForURL(/of=manual_/);
  const [download] = await Promise.all([
    page.waitForEvent("download"),
    page.locator("#recorded a", { hasText: "Export" }).click(),
  ]);
  const path = join(directory, "export.json");
  await download.saveAs(path);
  const { events }: Timeline = await Bun.file(path).json();
  expect(events.map(({ event }) => event.type)).toContain("api_call");
  host.people.asked.length = 0;
  return path;
}

async function openExport(page: Page, { url }: Console, path: string): Promise<void> {
  await page.goto(`${url}/timeline`);
  await page.setInputFiles("#recorded input[type=file]", path);
  await page.locator("#recorded button", { hasText: /^Import$/ }).click();
}

test(
  "an export opens again, its plan does nothing, and doing it compares each answer",
  async () => {
    await using directory = await tempDirectory();
    await using work = await openAtWork();
    const { console, page } = work;
    const path = await exportOne(page, console, directory.path);
    await openExport(page, console, path);
    await page.waitForURL(/of=import-1/);
    expect((await eventTexts(page)).join("\n")).toContain("/api/v1/sessions/7/bitrate");
    await page.locator("#replay a", { hasText: "Preview" }).click();
    await page.locator("#replay [data-state=plan]").waitFor();
    expect(console.host.people.asked).toEqual([]);
    await picture(page, "timeline-plan");

    await page.selectOption("#replay select", "fixed");
    await page.locator("#replay button", { hasText: "Run" }).click();
    await page.locator("#replay [data-state=equal]").waitFor();
    expect(console.host.people.asked).toEqual([["bitrate", 8000, 7]]);
    expect(await page.locator("#replay .badge").allTextContents()).toContain("matches");
    await picture(page, "timeline-equal");

    // The player has left meanwhile: the same call is answered otherwise.
    console.host.people.playing = [];
    await page.locator("#replay a", { hasText: "Preview" }).click();
    await page.selectOption("#replay select", "step");
    await page.locator("#replay button", { hasText: "Run" }).click();
    await page.locator("#replay [data-state=stepping]").waitFor();
    const different = page.locator("#replay [data-state=different]");
    for (let step = 0; step < 20 && (await different.count()) === 0; step += 1) {
      await page.locator("#replay button", { hasText: "Next step" }).click();
      await page.waitForLoadState();
    }
    expect(await different.textContent()).toContain("Status: expected 204, found 404");
    await picture(page, "timeline-different");
    expectNoComplaint(console.complaints);
  },
  testMs,
);

test(
  "a replay at the recorded pace shows how far it is, and is stopped manually",
  async () => {
    await using directory = await tempDirectory();
    await using work = await openAtWork();
    const { console, page } = work;
    const path = await exportOne(page, console, directory.path);
    const timeline: Timeline = await Bun.file(path).json();
    // As if an hour had passed before the last call.
    const isBitrate = ({ event }: TimelineEvent) =>
      event.type === "api_call" && event.path?.endsWith("/bitrate") === true;
    const call = timeline.events.find(isBitrate);
    if (call === undefined) throw new Error("no call was recorded");
    const later = new Date(Date.parse(call.timestamp) + 3_600_000).toISOString();
    const index = (timeline.events.at(-1)?.index ?? 0) + 1;
    const events = [...timeline.events, { ...call, index, timestamp: later }];
    await Bun.write(path, JSON.stringify({ ...timeline, events, checkpoints: [] }));
    await openExport(page, console, path);
    await page.waitForURL(/of=import-1/);
    await page.locator("#replay a").click();
    await page.locator("#replay button", { hasText: "Run" }).click();
    const running = page.locator("#replay [data-state=running]");
    await running.waitFor();
    // The part renews itself: the page is not loaded again.
    await page.locator("#replay .badge", { hasText: /^matches$/ }).waitFor();
    expect(await running.textContent()).toMatch(/\d of \d calls/);
    await picture(page, "timeline-running");
    await page.locator("#replay button", { hasText: /^Stop$/ }).click();
    await page.locator("#replay [data-state=ended]").waitFor();
    expect(console.host.people.asked).toEqual([["bitrate", 8000, 7]]);
    expectNoComplaint(console.complaints);
  },
  testMs,
);

test(
  "a file that is not an export is refused with what is wrong, and nothing is opened",
  async () => {
    await using directory = await tempDirectory();
    await using work = await openAtWork();
    const { console, page } = work;
    const path = join(directory.path, "no-export.json");
    await Bun.write(path, '{"id":"x","started_at":"yesterday"}');
    await openExport(page, console, path);
    const fault = page.locator("#recorded [role=alert]");
    await fault.waitFor();
    expect(await fault.textContent()).toContain('started_at: it is "yesterday"');
    await page.goto(`${console.url}/timeline`);
    await page.locator("#recorded button", { hasText: /^Import$/ }).click();
    expect(await fault.textContent()).toBe("Choose a file first.");
    expect(console.host.timeline.status().readable).toEqual([]);
  },
  testMs,
);

test(
  "the timeline of a saved capture is opened to be done again",
  async () => {
    await using work = await openAtWork();
    const { console, page } = work;
    const id = (await console.host.recorder.stop())?.id ?? "";
    await page.goto(`${console.url}/recordings/${id}/timeline`);
    await page.locator("button", { hasText: "Replay…" }).click();
    await page.waitForURL(/of=import-1&plan=yes/);
    expect(await page.locator("#replay tbody tr").count()).toBeGreaterThanOrEqual(2);
    expect(console.host.people.asked).toEqual([["bitrate", 12_000, 7]]);
  },
  testMs,
);

const looks = [
  { name: "light, German", options: { locale: "de-DE", colorScheme: "light" as const } },
  { name: "dark", options: { colorScheme: "dark" as const } },
  { name: "phone", options: { viewport: { width: 390, height: 844 } } },
];

for (const { name, options } of looks) {
  test(
    `the page is without barriers and fits its window (${name})`,
    async () => {
      await using work = await openAtWork(options);
      const { console, page } = work;
      await page.goto(`${console.url}/timeline?plan=yes`);
      for (const details of await page.locator("#checkpoints summary").all()) await details.click();
      await picture(page, `timeline-${name.replace(", ", "-")}`);
      expect(await findBarriers(page)).toEqual([]);
      expect(await overflowPx(page)).toBe(0);
      expect(await page.locator("#events b").count()).toBe(0);
      expectNoComplaint(console.complaints);
    },
    testMs,
  );
}
