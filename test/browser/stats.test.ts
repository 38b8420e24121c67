/** The counts as broadcasts, as the unmodified library sees them in a browser. */
import { afterAll, beforeAll, expect, test } from "bun:test";
import { Connection } from "@moq/net";
import type { Browser, Page } from "playwright-core";
import type { CounterFrame } from "../../src/model/counters.ts";
import { levelOf } from "../support/counting.ts";
import { readTrack } from "../support/moq-client.ts";
import { publishNumbers } from "../support/moq-host.ts";
import { until } from "../support/until.ts";
import { openBrowser, openConsole, waitUntil } from "./support.ts";

const testMs = 60_000;
const library = new URL("../support/moq-in-page.ts", import.meta.url).pathname;
const level = ".stats/prefix/live";
const sets = ["publisher", "subscriber", "internal/publisher", "internal/subscriber"];
let browser: Browser;

beforeAll(async () => {
  browser = await openBrowser();
}, testMs);
afterAll(() => browser.close());

/** The library in a page of the console, whose cookie lets it in. */
async function openLibrary(page: Page, url: string): Promise<void> {
  const { outputs } = await Bun.build({
    entrypoints: [library],
    target: "browser",
    format: "iife",
    // What is evaluated is not a module.
    define: { "import.meta.env": "undefined" },
  });
  await page.evaluate((await outputs[0]?.text()) ?? "");
  await page.evaluate(`inPage.connect("${url}/moq", ".stats")`);
}

function readFrames(page: Page, set: string): Promise<CounterFrame[]> {
  return page.evaluate<CounterFrame[]>(`inPage.frames("${level}", "${set}.json")`);
}

test(
  "stats broadcasts come, idle and go before the eyes of a browser",
  async () => {
    await using console = await openConsole(browser);
    const { watching } = console.host;
    const page = await console.signIn();
    await openLibrary(page, console.url);
    expect(await page.evaluate<string[]>("inPage.active()")).toEqual([]);

    const { track, source } = publishNumbers(watching);
    track.write({ n: 1 });
    const { ticket } = watching.issueTicket();
    const viewer = await Connection.connect(new URL(`${console.url}/moq?ticket=${ticket}`));
    viewer.closed.catch(() => undefined);
    const reader = readTrack(viewer, source.path, track.name);
    await until(() => reader.frames.length === 1, { what: "the viewer has read" });
    const levels = ["prefix", "prefix/live", `prefix/${source.path}`];
    await waitUntil(
      page,
      `JSON.stringify(inPage.active()) === ${JSON.stringify(JSON.stringify(levels))}`,
    );

    for (const set of sets) await page.evaluate(`inPage.read("${level}", "${set}.json")`);
    for (const set of sets) {
      await waitUntil(page, `inPage.frames("${level}", "${set}.json").length > 0`);
      const [baseline] = await readFrames(page, set);
      expect(baseline).toMatchObject({
        v: 1,
        level: "live",
        tier: set.startsWith("internal/") ? "internal" : "external",
        role: set.split("/").at(-1),
      });
    }
    await waitUntil(page, `inPage.frames("${level}", "publisher.json").at(-1).frames === 1`);

    // Nothing flows for three ticks, and nothing is written, not even about the readers here.
    const before = await Promise.all(sets.map((set) => readFrames(page, set)));
    await page.waitForTimeout(3000);
    expect(await Promise.all(sets.map((set) => readFrames(page, set)))).toEqual(before);
    expect(before.slice(1).map(({ length }) => length)).toEqual([1, 1, 1]);
    const counted = watching.counters.report().entries;
    expect(counted.map((entry) => entry.level)).toEqual(["", "live", source.path]);
    expect(levelOf(watching.counters, "").external.publisher.subscriptions).toBe(1);
    track.write({ n: 2 });
    await waitUntil(page, `inPage.frames("${level}", "publisher.json").at(-1).frames === 2`);

    reader.close();
    await waitUntil(page, "inPage.active().length === 0");
    const events = await page.evaluate<string[]>("inPage.events()");
    expect(events.sort()).toEqual(levels.flatMap((name) => [`+${name}`, `-${name}`]).sort());
    const last = (await readFrames(page, "publisher")).at(-1);
    expect(last).toMatchObject({ ...levelOf(watching.counters, "live").external.publisher });
    expect(last?.subscriptions_closed).toBe(1);
    viewer.close();
    expect(console.complaints).toEqual([]);
  },
  testMs,
);
