/** Recording, watching live, and looking back, in Chromium before the real pages, recorder and store. */
import { afterAll, beforeAll, expect, test } from "bun:test";
import type { Browser } from "playwright-core";
import { madeCapture, madeSample, playingSession, sessionOf } from "../support/made-capture.ts";
import {
  expectClose,
  expectNoComplaint,
  openBrowser,
  openConsole,
  picture,
  readLine,
  waitForCharts,
  waitUntil,
} from "./support.ts";

const testMs = 40_000;
const day = (number: number) => Date.UTC(2026, 5, number, 20, 14, 3);
let browser: Browser;

beforeAll(async () => {
  browser = await openBrowser();
}, testMs);

afterAll(() => browser.close());

test(
  "an operator records a session and watches it live",
  async () => {
    await using console = await openConsole(browser);
    const { host } = console;
    const page = await console.signIn();
    expect(await page.textContent("#capture")).toContain("npm run onglass -- play 127.0.0.1:7781");
    await page.click("button.start");
    await page.waitForSelector("button.stop");
    expect(await page.textContent(".chart-note")).toContain(
      "Charts appear once someone is playing",
    );
    const facts = sessionOf({});
    const id = host.recorder.registerSession({ ...facts, kind: "native", codec: "h264" });
    host.people.playing = [playingSession({ session_id: id })];
    const push = (index: number) =>
      host.recorder.pushSample(id, madeSample({}, facts, { index, windowMs: 2000 }));
    push(0);
    await waitForCharts(page);
    push(1);
    const path = '[data-chart="stages"] .lines path:last-child';
    const before = await page.getAttribute(path, "d");
    for (let index = 2; index < 8; index += 1) push(index);
    await waitUntil(
      page,
      `document.querySelector('${path}')?.getAttribute("d") !== ${JSON.stringify(before)}`,
    );
    await page.locator("sample-count", { hasText: /^8$/ }).waitFor();
    // A chart that a swap replaced would be a flash, and a leak.
    await page.evaluate(`window.drawn = document.querySelector('[data-chart="stages"] svg')`);
    await page.evaluate(`new Promise((done) => {
      document.body.addEventListener("htmx:after:swap", () => done(0), { once: true });
      document.body.dispatchEvent(new CustomEvent("capture-changed"));
    })`);
    expect(await page.evaluate<boolean>("window.drawn.isConnected")).toBe(true);
    await picture(page, "live");
    await page.click("button.stop");
    await page.click(".notice.good a");
    await waitForCharts(page);
    const drawn = await readLine(page, "stages", "total p50");
    const saved = (await host.store.load((await host.store.list()).captures[0]?.id ?? ""))?.samples;
    expectClose(drawn, saved?.map(({ total_p50_us }) => total_p50_us ?? 0) ?? []);
    expectNoComplaint(console.complaints);
  },
  testMs,
);

test(
  "a recording is looked at closely, shared by its address, downloaded, compared and deleted",
  async () => {
    await using console = await openConsole(browser);
    const { store } = console.host;
    const unmeasured = ["fec_recovered"];
    const long = await store.save(
      madeCapture({
        id: "a",
        windowCount: 5400,
        spikeIndex: 2222,
        unmeasured,
        startedUnixMs: day(26),
      }),
    );
    await store.save(madeCapture({ id: "b", windowCount: 300, startedUnixMs: day(25) }));
    const page = await console.signIn();
    await page.click(`[id="row-${long.id}"] >> text=View`);
    await waitForCharts(page);
    await picture(page, "detail-light");
    const overview = await readLine(page, "stages", "total p99");
    expect(Math.max(...overview)).toBeCloseTo(96_000, -3);
    expect(await page.textContent('[data-legend="health"]')).toContain(
      "packets repaired: not measured",
    );
    expect(await page.textContent("#figures")).toContain("5,400 windows");

    const plot = (await page.locator('[data-chart="stages"]').boundingBox()) ?? {
      x: 0,
      y: 0,
      width: 0,
      height: 0,
    };
    const across = (share: number) => [plot.x + plot.width * share, plot.y + 100] as const;
    await page.waitForSelector(".chart-stages .drag-layer svg");
    await page.mouse.move(...across(0.4));
    await page.mouse.down();
    await page.mouse.move(...across(0.45), { steps: 4 });
    await page.mouse.up();
    await page.waitForURL(/from=\d+&to=\d+/);
    const parameters = new URL(page.url()).searchParams;
    const [from, to] = [Number(parameters.get("from")), Number(parameters.get("to"))];
    await waitForCharts(page, `${from}-${to}`);
    const samples = (await store.load(long.id))?.samples ?? [];
    const inside = samples.filter(({ t_ms }) => t_ms >= from && t_ms <= to);
    expect(inside.length).toBeGreaterThan(200);
    expectClose(
      await readLine(page, "stages", "total p50"),
      inside.map(({ total_p50_us }) => total_p50_us ?? 0),
    );
    await page.locator("#figures", { hasText: `${inside.length} windows` }).waitFor();

    await page.uncheck("input[name=p99]");
    await page.locator('[data-legend="stages"]', { hasNotText: "total p99" }).waitFor();
    await page.reload();
    await waitForCharts(page, `${from}-${to}`);
    expect(await page.textContent('[data-legend="stages"]')).not.toContain("total p99");
    await page.click("text=Reset zoom");
    await waitForCharts(page);

    const downloading = page.waitForEvent("download");
    await page.click("text=Download");
    const download = await downloading;
    expect(download.suggestedFilename()).toBe(`${long.id}.json`);
    const path = (await store.filePath(long.id)) ?? "";
    expect(await Bun.file(await download.path()).text()).toBe(await Bun.file(path).text());

    await page.click("text=All captures");
    for (const box of await page.locator("tbody input[type=checkbox]").all()) await box.check();
    await page.click("text=Compare");
    await waitForCharts(page);
    expect(await page.textContent('[data-legend="stages"]')).toContain("B total p99");
    await picture(page, "compare");

    await page.goto(console.url);
    await page.click(`[id="row-${long.id}"] >> text=Delete`);
    expect(await page.textContent("dialog[open]")).toContain(long.id);
    await page.click("dialog button.danger");
    await page.locator(`[id="row-${long.id}"]`).waitFor({ state: "detached" });
    expect(await store.load(long.id)).toBeUndefined();
    await page.click("text=Sign out");
    await page.waitForURL(/sign-in/);
    await page.goto(console.url);
    expect(page.url()).toContain("/sign-in");
    expectNoComplaint(console.complaints);
  },
  testMs,
);

test(
  "the charts in view are drawn first, the others later, and none twice",
  async () => {
    await using console = await openConsole(browser);
    const { id } = await console.host.store.save(madeCapture({ id: "a", windowCount: 40 }));
    const page = await console.signIn();
    await page.addInitScript(`
      window.drawings = [];
      new MutationObserver((changes) => {
        for (const { target } of changes) {
          if (target.dataset.state === "drawn") window.drawings.push(target.className);
        }
      }).observe(document, { subtree: true, attributes: true, attributeFilter: ["data-state"] });
    `);
    const scrolled = Promise.withResolvers<void>();
    await page.route("**/series?*", async (route) => {
      await scrolled.promise;
      await route.continue();
    });
    await page.goto(`${console.url}/recordings/${id}`, { waitUntil: "domcontentloaded" });
    await page.evaluate(`new Promise((done) => {
      document.querySelector(".chart-machine").scrollIntoView();
      requestAnimationFrame(() => requestAnimationFrame(done));
    })`);
    scrolled.resolve();
    await waitForCharts(page);
    await page.waitForSelector(".chart-machine[data-state=drawn]");
    const drawings = await page.evaluate<string[]>("window.drawings");
    expect(new Set(drawings).size).toBe(drawings.length);
    expect(drawings.indexOf("chart chart-machine")).toBeLessThan(
      drawings.indexOf("chart chart-stages"),
    );
    expect(drawings).toContain("chart chart-machine");
    expectNoComplaint(console.complaints);
  },
  testMs,
);

test(
  "charts whose data break off say so, and are drawn the next time",
  async () => {
    await using console = await openConsole(browser);
    const { id } = await console.host.store.save(madeCapture({ id: "a", windowCount: 40 }));
    const page = await console.signIn();
    await page.route("**/series?*", (route) =>
      route.fulfill({ contentType: "application/json", body: '{"sessions":[' }),
    );
    await page.goto(`${console.url}/recordings/${id}`);
    await page.locator(".chart-note", { hasText: "The chart could not be loaded." }).waitFor();
    await page.unroute("**/series?*");
    await page.reload();
    await waitForCharts(page);
    expectNoComplaint(console.complaints);
  },
  testMs,
);

test(
  "two sessions are switched between and never drawn as one line",
  async () => {
    await using console = await openConsole(browser);
    const second = { ...sessionOf({ client: "phone" }), session_id: 2, fps: 30 };
    const sessions = [sessionOf({}), second];
    const { id } = await console.host.store.save(
      madeCapture({ id: "a", windowCount: 40, sessions }),
    );
    const page = await console.signIn();
    await page.goto(`${console.url}/recordings/${id}`);
    await waitForCharts(page);
    const first = await readLine(page, "stages", "total p50");
    expect(first).toHaveLength(40);
    await page.selectOption("select[name=session]", "2");
    await page.waitForURL(/session=2/);
    await page.locator("#figures", { hasText: "40 windows" }).waitFor();
    await page.reload();
    await waitForCharts(page);
    const other = await readLine(page, "stages", "total p50");
    const samples = (await console.host.store.load(id))?.samples ?? [];
    const own = samples.filter(({ session_id }) => session_id === 2);
    expectClose(
      other,
      own.map(({ total_p50_us }) => total_p50_us ?? 0),
    );
    expectNoComplaint(console.complaints);
  },
  testMs,
);

test(
  "the list is filtered and sorted in place, with an address that leads back to it",
  async () => {
    await using console = await openConsole(browser);
    const { store } = console.host;
    for (let index = 0; index < 60; index += 1) {
      const client = index % 2 === 0 ? "attic" : "cellar";
      const startedUnixMs = day(1) + index * 3_600_000;
      await store.save(madeCapture({ id: "a", windowCount: 1 + index, client, startedUnixMs }));
    }
    const page = await console.signIn();
    await page.click("text=Older");
    await page.waitForURL(/page=2/);
    expect(await page.locator("tbody tr").count()).toBe(10);
    await page.goBack();
    await page.waitForURL(`${console.url}/`);
    await page.fill("input[type=search]", "attic");
    await page.waitForURL(/q=attic/);
    await page.locator("#recordings", { hasText: "30 of 60" }).waitFor();
    await page.click("th >> text=Samples");
    await page.waitForURL(/sort=-samples/);
    await page.locator("tbody tr:first-child", { hasText: "59" }).waitFor();
    await page.reload();
    expect(await page.locator("tbody tr").count()).toBe(30);
    expect(await page.inputValue("input[type=search]")).toBe("attic");
    expectNoComplaint(console.complaints);
  },
  testMs,
);
