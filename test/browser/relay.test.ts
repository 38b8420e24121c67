/** The page of a stream through a relay: pictures come from there, reports go to the host. */
import { afterAll, beforeAll, expect, test } from "bun:test";
import type { Browser, Page } from "playwright-core";
import { levelOf } from "../support/counting.ts";
import { TestRelay, viewerToken } from "../support/moq-relay.ts";
import { until } from "../support/until.ts";
import { hearTone, tap } from "./hearing.ts";
import { openBrowser, openConsole } from "./support.ts";
import { startWatching, waitForPicture } from "./watching.ts";

const testMs = 120_000;
let browser: Browser;

beforeAll(async () => {
  browser = await openBrowser();
});
afterAll(async () => {
  await browser.close();
});

test(
  "a page watches through the relay when told to, and the host knows how it fares",
  async () => {
    let relay = new TestRelay();
    const { port } = relay;
    const url = new URL(`ws://127.0.0.1:${port}/relay`);
    const over = `e30.${btoa(JSON.stringify({ exp: 1 }))}.x`;
    let token = over;
    const relays = { relay: { url }, viewerRelay: { url, token: async () => token } };
    await using console = await openConsole(browser, { relays });
    const page = await console.signIn();
    await page.addInitScript(tap);
    const id = Number(await startWatching(page, console.url));
    await waitForPicture(page);
    expect(relay.tokens).toEqual([null]);
    const { streams, counters } = console.host.watching;
    const stream = () => levelOf(counters, `live/${id}.hang`);
    const directly = () => stream().external.publisher.frames;

    // An answer that breaks off is asked for again.
    await page.route("**/watch/relay", (route) => route.fulfill({ body: '{"url"' }), { times: 1 });
    await page.selectOption("[data-part=way]", "relay");
    // A token that is over does not go to the relay; the next one does.
    await page.waitForSelector(".watch-joining:has-text('may be down or refuse the token')");
    expect(relay.tokens).not.toContain(over);
    expect(await isInSight(page, ".watch-joining")).toBe(true);
    token = viewerToken;
    await until(() => streams.viewers(id).some(({ isRelayed }) => isRelayed), {
      what: "the host hears of a viewer through the relay",
    });
    await page.waitForSelector("#watch-state:has-text('via relay')");
    const before = directly();
    await until(() => stream().internal.publisher.frames > 60, { what: "the relay has read" });
    const [relayItself, viewer] = streams.viewers(id);
    expect(relayItself).toMatchObject({ isRelay: true, report: undefined });
    await until(() => (viewer?.report?.shown ?? 0) > 0, { what: "frames are shown" });
    expect(directly()).toBe(before);
    expect(relay.tokens).toContain(viewerToken);
    await page.click("[data-part=sound-button]");
    await hearTone(page);
    expect(streams.streams()[0]?.listeners).toBe(1);
    expect(console.complaints).toEqual([]);

    // The relay goes and comes back, with both of its peers; the library says so as an error.
    await relay[Symbol.asyncDispose]();
    await page.waitForSelector(".watch-joining:has-text('Connecting to the relay')");
    await page.waitForSelector(".watch-joining:has-text('may be down or refuse the token')");
    relay = new TestRelay(port);
    await page.waitForSelector("watch-player[data-live=yes]");
    await hearTone(page);
    await page.reload();
    await page.waitForSelector("watch-player[data-live=yes][data-way=relay]");
    await page.selectOption("[data-part=way]", "host");
    await until(() => directly() > before, { what: "pictures come from the host again" });
    await until(() => !streams.viewers(id).some(({ isRelayed }) => isRelayed), {
      what: "nobody watches through the relay",
    });
    await relay[Symbol.asyncDispose]();
  },
  testMs,
);

/** Whether nothing lies over it; it would let a pointer through. */
function isInSight(page: Page, selector: string): Promise<boolean> {
  return page.evaluate<boolean>(`(() => {
    const shown = document.querySelector("${selector}");
    shown.style.pointerEvents = "auto";
    const { x, y, width, height } = shown.getBoundingClientRect();
    return document.elementFromPoint(x + width / 2, y + height / 2) === shown;
  })()`);
}

test(
  "without a relay there is no choice, and no page may connect elsewhere",
  async () => {
    await using console = await openConsole(browser);
    const page = await console.signIn();
    await startWatching(page, console.url);
    await waitForPicture(page);
    expect(await page.locator("[data-part=way]").count()).toBe(0);
    const answer = await page.request.get(page.url());
    expect(answer.headers()["content-security-policy"]).toContain("connect-src 'self';");
    expect((await page.request.get(`${console.url}/watch/relay`)).status()).toBe(404);
  },
  testMs,
);
