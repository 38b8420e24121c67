/** How the console looks: languages, light and dark, a phone, and nothing that shuts anybody out. */
import { afterAll, beforeAll, expect, test } from "bun:test";
import type { Browser } from "playwright-core";
import { consoleToken } from "../support/console-host.ts";
import { fakeFleet } from "../support/fake-fleet.ts";
import { madeCapture, playingSession } from "../support/made-capture.ts";
import {
  expectNoComplaint,
  findBarriers,
  openBrowser,
  openConsole,
  outlineFaults,
  overflowPx,
  picture,
} from "./support.ts";

const testMs = 120_000;
const day = (number: number) => Date.UTC(2026, 5, number, 20, 14, 3);
let browser: Browser;

beforeAll(async () => {
  browser = await openBrowser();
}, testMs);

afterAll(() => browser.close());

const looks = [
  { name: "light, German", options: { locale: "de-DE", colorScheme: "light" as const } },
  { name: "dark", options: { colorScheme: "dark" as const } },
  { name: "phone", options: { viewport: { width: 390, height: 844 } } },
  {
    name: "dark phone, German",
    options: {
      locale: "de-DE",
      colorScheme: "dark" as const,
      viewport: { width: 390, height: 844 },
    },
  },
];

for (const { name, options } of looks) {
  test(
    `every page is without barriers and fits its window (${name})`,
    async () => {
      await using console = await openConsole(browser, { fleet: fakeFleet });
      const { host } = console;
      const hostile = "<img src=x onerror=alert(1)>&amp;\"'";
      host.people.waiting = [
        { id: 1, uniqueid: "0123456789ABCDEF", name: "a television", address: "192.0.2.7" },
      ];
      host.people.playing = [playingSession({ client: hostile })];
      host.people.paired = [
        { id: "ab".repeat(32), name: hostile, kind: "native", paired_unix_ms: day(20) },
      ];
      await host.people.createPairingCode();
      const one = await host.store.save(
        madeCapture({
          id: "a",
          windowCount: 400,
          spikeIndex: 222,
          client: hostile,
          startedUnixMs: day(26),
        }),
      );
      const two = await host.store.save(
        madeCapture({ id: "b", windowCount: 90, client: "x".repeat(128), startedUnixMs: day(25) }),
      );
      const page = await console.open(options);
      await page.goto(`${console.url}/sign-in`);
      expect(await findBarriers(page)).toEqual([]);
      await page.fill("input", consoleToken);
      await page.keyboard.press("Enter");
      await page.waitForURL(`${console.url}/`);
      const pages = [
        { path: "/", hasCharts: false },
        { path: `/recordings/${one.id}?from=300000&to=600000`, hasCharts: true },
        { path: `/compare?id=${one.id}&id=${two.id}`, hasCharts: true },
        { path: "/sessions", hasCharts: false },
        { path: "/watch", hasCharts: false },
        { path: "/timeline", hasCharts: false },
        { path: "/counters", hasCharts: false },
        { path: "/fleet", hasCharts: false },
        { path: "/experiments", hasCharts: false },
        { path: `/recordings/${one.id}/delete`, hasCharts: false },
        { path: "/recordings/nothing", hasCharts: false },
        { path: "/no such page", hasCharts: false },
        { path: "/api/docs", hasCharts: false },
      ];
      for (const [index, { path, hasCharts }] of pages.entries()) {
        await page.goto(console.url + path);
        if (hasCharts) await page.waitForSelector(".chart-rtt[data-state=drawn]");
        if (path === "/api/docs") {
          await page.waitForSelector(".opblock");
          await page.click(".opblock-summary-control >> nth=1");
          await page.waitForSelector(".opblock-body .microlight");
        }
        await picture(page, `${name.replace(", ", "-")}-${index}`);
        expect([path, await findBarriers(page)]).toEqual([path, []]);
        expect([path, await outlineFaults(page)]).toEqual([path, []]);
        expect([path, await overflowPx(page)]).toEqual([path, 0]);
        expect(await page.locator("img[src=x]").count()).toBe(0);
      }
      expectNoComplaint(console.complaints);
    },
    testMs,
  );
}

test(
  "the language is chosen by the browser first, then by the person",
  async () => {
    await using console = await openConsole(browser);
    await console.host.store.save(
      madeCapture({ id: "a", windowCount: 1500, startedUnixMs: day(26) }),
    );
    const page = await console.signIn({ locale: "de-DE" });
    expect(await page.textContent("h1")).toBe("Aufzeichnung");
    await page.reload();
    const row = await page.textContent("tbody tr");
    expect(row).toContain("26. Juni 2026, 22:14:03");
    expect(row).toContain("1.500");
    await page.click("text=English");
    expect(await page.textContent("h1")).toBe("Capture");
    await page.goto(`${console.url}/sessions`);
    expect(await page.getAttribute("html", "lang")).toBe("en");
  },
  testMs,
);
