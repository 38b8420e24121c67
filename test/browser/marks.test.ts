/** Events on the charts, and the way from a peak to what happened then, in Chromium. */
import { afterAll, beforeAll, expect, test } from "bun:test";
import type { Browser, Page } from "playwright-core";
import type { Timeline, TimelineEvent } from "../../src/model/timeline.ts";
import { consoleToken } from "../support/console-host.ts";
import { madeCapture, madeSample, playingSession, sessionOf } from "../support/made-capture.ts";
import { madeTimeline } from "../support/made-timeline.ts";
import { note } from "../support/timeline-parts.ts";
import {
  expectNoComplaint,
  findBarriers,
  openBrowser,
  openConsole,
  picture,
  readLine,
  waitForCharts,
  waitUntil,
} from "./support.ts";

const testMs = 40_000;
const hostile = "<img src=x onerror=alert(1)>";
const allCharts = ["stages", "fps", "bitrate", "health", "rtt"];
let browser: Browser;

beforeAll(async () => {
  browser = await openBrowser();
}, testMs);

afterAll(() => browser.close());

/** Times of the lines of events in a chart, by the labels of its time axis. */
function readMarks(page: Page, chart: string): Promise<number[]> {
  return page.evaluate<number[]>(`(() => {
    const plot = document.querySelector('[data-chart="${chart}"]');
    const secondsOf = (text) => text.split(":").map(Number).reduce((sum, part) => sum * 60 + part, 0);
    const labels = [...plot.querySelectorAll(".time-label")].map((label) => (
      { ms: secondsOf(label.textContent) * 1000, x: Number(label.getAttribute("x")) }));
    const [first, last] = [labels[0], labels.at(-1)];
    const path = plot.querySelector(".mark-lines").getAttribute("d");
    return [...path.matchAll(/M([0-9.]+) /g)].map(([, x]) =>
      first.ms + (x - first.x) / (last.x - first.x) * (last.ms - first.ms));
  })()`);
}

async function eventsOf(url: string, id: string): Promise<TimelineEvent[]> {
  const headers = { authorization: `Bearer ${consoleToken}` };
  const answer = await fetch(`${url}/api/v1/stats/recordings/${id}/timeline`, { headers });
  return ((await answer.json()) as Timeline).events;
}

test(
  "events are marked in every chart at the times that the API gives them",
  async () => {
    await using console = await openConsole(browser);
    const times = [20_000, 110_000, 200_000, 203_000, 204_000, 310_000, 555_500];
    const timeline = madeTimeline({ times, text: hostile });
    const { id } = await console.host.store.save(
      madeCapture({ id: "a", windowCount: 300 }),
      timeline,
    );
    const page = await console.signIn();
    await page.goto(`${console.url}/recordings/${id}`);
    await waitForCharts(page);
    await page.waitForSelector(".marks .mark");
    const given = await eventsOf(console.url, id);
    // Three of them are closer than a mark is wide.
    const begins = given
      .map(({ t_ms = 0 }) => t_ms)
      .filter((ms) => ms !== 203_000 && ms !== 204_000);
    for (const chart of allCharts) {
      const drawn = await readMarks(page, chart);
      expect(drawn).toHaveLength(begins.length);
      for (const [index, ms] of begins.entries()) {
        expect(Math.abs((drawn[index] ?? 0) - ms)).toBeLessThan(600);
      }
    }
    expect(await page.locator(".marks .mark").allTextContents()).toEqual(["", "", "3", "", ""]);
    await page.locator(".marks .mark").nth(2).focus();
    const tip = page.locator(".marks .mark:focus + .mark-tip");
    expect(await tip.isVisible()).toBe(true);
    expect(await tip.textContent()).toContain(hostile);
    expect(await page.locator("img[src=x]").count()).toBe(0);
    expect(await findBarriers(page)).toEqual([]);
    await picture(page, "marks");

    await page.goto(`${console.url}/recordings/${id}?from=190000&to=230000`);
    await waitForCharts(page, "190000-230000");
    await waitUntil(page, `document.querySelectorAll(".marks .mark").length === 3`);
    await page.locator(".marks .mark").nth(1).press("Enter");
    await page.waitForURL(`${console.url}/recordings/${id}/timeline?at=203000`);
    expectNoComplaint(console.complaints);
  },
  testMs,
);

test(
  "kinds of events are switched off and on, and the address remembers it",
  async () => {
    await using console = await openConsole(browser);
    const times = Array.from({ length: 10 }, (_, index) => 30_000 + index * 50_000);
    const { id } = await console.host.store.save(
      madeCapture({ id: "a", windowCount: 300 }),
      madeTimeline({ times }),
    );
    const page = await console.signIn();
    await page.goto(`${console.url}/recordings/${id}`);
    await waitForCharts(page);
    const has = (count: number) =>
      waitUntil(page, `document.querySelectorAll(".marks .mark").length === ${count}`);
    await has(10);
    await page.click(".kinds summary");
    expect(await page.textContent("[data-count-of=log]")).toBe("2");
    await page.uncheck("input[name=marks][value=log]");
    await has(8);
    await page.uncheck("input[name=marks][value=client]");
    await has(6);
    expect(new URL(page.url()).searchParams.get("marks")).not.toContain("log");
    await page.reload();
    await waitForCharts(page);
    await has(6);
    await page.click(".kinds summary");
    expect(await page.isChecked("input[name=marks][value=log]")).toBe(false);
    await page.check("input[name=marks][value=log]");
    await page.check("input[name=marks][value=client]");
    await has(10);
    expect(new URL(page.url()).searchParams.has("marks")).toBe(false);
    expectNoComplaint(console.complaints);
  },
  testMs,
);

test(
  "two thousand events are no more nodes than fit side by side, and none is lost in the counts",
  async () => {
    await using console = await openConsole(browser);
    const times = Array.from({ length: 2000 }, (_, index) => 100 + index * 290);
    const { id } = await console.host.store.save(
      madeCapture({ id: "a", windowCount: 300 }),
      madeTimeline({ times }),
    );
    const page = await console.signIn();
    await page.goto(`${console.url}/recordings/${id}`);
    await waitForCharts(page);
    await page.waitForSelector(".marks .mark");
    const counts = (await page.locator(".marks .mark").allTextContents()).map(Number);
    expect(counts.reduce((sum, count) => sum + count, 0)).toBe(2000);
    expect(counts.length).toBeLessThan(60);
    expect(await page.locator(".overlay > *").count()).toBeLessThan(150);
    expectNoComplaint(console.complaints);
  },
  testMs,
);

test(
  "what happens while a capture runs is marked as it comes, without a sample",
  async () => {
    await using console = await openConsole(browser);
    const { recorder, timeline, people } = console.host;
    const page = await console.signIn();
    await page.click("button.start");
    const facts = sessionOf({});
    const id = recorder.registerSession({ ...facts, kind: "native", codec: "h264" });
    people.playing = [playingSession({ session_id: id })];
    recorder.pushSample(id, madeSample({}, facts, { index: 0, windowMs: 2000 }));
    await waitForCharts(page);
    timeline.record(note(hostile));
    await page.locator(".marks .mark-tip", { hasText: hostile }).waitFor({ state: "attached" });
    await page.goto(`${console.url}/capture`);
    await waitForCharts(page);
    timeline.record(note("the second"));
    await page
      .locator(".marks .mark-tip", { hasText: "the second" })
      .waitFor({ state: "attached" });
    expect(await page.locator("img[src=x]").count()).toBe(0);
    expectNoComplaint(console.complaints);
  },
  testMs,
);

test(
  "a click on a peak, or Enter on it, leads to the timeline at the very window",
  async () => {
    await using console = await openConsole(browser);
    const made = madeCapture({ id: "a", windowCount: 5400, spikeIndex: 2222 });
    const timeline = madeTimeline({ times: [1000], checkpoints: [{ t_ms: 0, state: {} }] });
    const { id } = await console.host.store.save(made, timeline);
    const spikeMs = made.samples[2222]?.t_ms ?? 0;
    const page = await console.signIn();
    await page.goto(`${console.url}/recordings/${id}`);
    await waitForCharts(page);
    const overview = await readLine(page, "stages", "total p99");
    expect(Math.max(...overview)).toBeCloseTo(96_000, -3);
    const told = await page.textContent(".chart-stages .off-scale");
    expect(told).toContain("peak 96 ms");
    const peak = (await page.locator('[data-chart="stages"] .peaks').boundingBox()) ?? empty;
    await page.mouse.click(peak.x + peak.width / 2, peak.y + 60);
    await page.waitForURL(`${console.url}/recordings/${id}/timeline?at=${spikeMs}`);
    expect(await page.textContent("#moment")).toContain("label 0");

    await page.goBack();
    await waitForCharts(page);
    await page.mouse.move(peak.x + peak.width / 2 - 6, peak.y + 60);
    await page.locator('[data-chart="stages"]').focus();
    for (let step = 0; step < 12; step += 1) {
      await page.keyboard.press("ArrowRight");
      await page.evaluate("new Promise((done) => requestAnimationFrame(() => setTimeout(done)))");
      const tip = page.locator('[data-chart="stages"] .tip:not([hidden])');
      if ((await tip.textContent())?.includes("96,000")) break;
    }
    await page.keyboard.press("Enter");
    await page.waitForURL(`${console.url}/recordings/${id}/timeline?at=${spikeMs}`);

    await page.goBack();
    await waitForCharts(page);
    await page.click(".worst a");
    await page.waitForURL(`${console.url}/recordings/${id}/timeline?at=${spikeMs}`);
    expectNoComplaint(console.complaints);
  },
  testMs,
);

const empty = { x: 0, y: 0, width: 0, height: 0 };

test(
  "a pause is a gap in every line, and the sessions of both sides of a comparison are chosen",
  async () => {
    await using console = await openConsole(browser);
    const { store } = console.host;
    const paused = madeCapture({ id: "a", windowCount: 120 });
    const samples = paused.samples.filter((_, index) => index < 40 || index >= 80);
    const one = await store.save({ meta: paused.meta, samples });
    const page = await console.signIn();
    await page.goto(`${console.url}/recordings/${one.id}`);
    await waitForCharts(page);
    for (const chart of allCharts) {
      const pieces = await page.evaluate<number>(
        `document.querySelector('[data-chart="${chart}"] .lines path[data-line]')
          .getAttribute("d").match(/M/g).length`,
      );
      expect([chart, pieces]).toEqual([chart, 2]);
    }
    const sessions = [sessionOf({}), { ...sessionOf({ client: "phone" }), session_id: 2 }];
    const two = await store.save(madeCapture({ id: "b", windowCount: 40, sessions }));
    await page.goto(`${console.url}/compare?id=${one.id}&id=${two.id}`);
    await waitForCharts(page);
    const before = await readLine(page, "stages", "B total p50");
    expect(await page.locator("select[name=a]").count()).toBe(0);
    await page.selectOption("select[name=b]", "2");
    await page.waitForURL(/b=2/);
    await waitUntil(page, `document.querySelector("#figures select") === null`);
    await page.reload();
    await waitForCharts(page);
    expect(await page.inputValue("select[name=b]")).toBe("2");
    expect(await readLine(page, "stages", "B total p50")).not.toEqual(before);
    expectNoComplaint(console.complaints);
  },
  testMs,
);
