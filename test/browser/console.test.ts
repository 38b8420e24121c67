/** The console as its operator meets it: Chromium in front of the real pages, recorder and store. */
import { afterAll, beforeAll, expect, test } from "bun:test";
import type { Browser } from "playwright-core";
import { consoleToken } from "../support/console-host.ts";
import { madeCapture, madeSample, playingSession, sessionOf } from "../support/made-capture.ts";
import {
  expectNoComplaint,
  findBarriers,
  openBrowser,
  openConsole,
  overflowPx,
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
    expect(await page.textContent("#capture")).toContain("onglass play 127.0.0.1:7781");
    await page.click("button.start");
    await page.waitForSelector("button.stop");
    expect(await page.textContent(".chart-note")).toContain("nobody is playing yet");
    const facts = sessionOf({});
    const id = host.recorder.registerSession({ ...facts, kind: "native", codec: "h264" });
    host.people.playing = [playingSession({ session_id: id })];
    const push = (index: number) =>
      host.recorder.pushSample(id, madeSample({}, facts, { index, windowMs: 2000 }));
    push(0);
    await waitForCharts(page);
    push(1);
    const path = '[data-chart="stages"] .apexcharts-series:last-child path';
    const before = await page.getAttribute(path, "d");
    for (let index = 2; index < 8; index += 1) push(index);
    await waitUntil(
      page,
      `document.querySelector('${path}')?.getAttribute("d") !== ${JSON.stringify(before)}`,
    );
    await page.locator("sample-count", { hasText: /^8$/ }).waitFor();
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

/** A pixel of a chart is a few hundredths of its height. */
function expectClose(drawn: readonly number[], saved: readonly number[]): void {
  expect(drawn).toHaveLength(saved.length);
  const top = Math.max(...saved);
  for (const [index, value] of saved.entries()) {
    expect(Math.abs((drawn[index] ?? Number.NaN) - value) / top).toBeLessThan(0.005);
  }
}

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
      "FEC recovered: not measured",
    );
    expect(await page.textContent("#figures")).toContain("5,400 windows");

    const plot = (await page.locator('[data-chart="stages"] .apexcharts-inner').boundingBox()) ?? {
      x: 0,
      y: 0,
      width: 0,
      height: 0,
    };
    const across = (share: number) => [plot.x + plot.width * share, plot.y + 100] as const;
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
    await page.click("text=Whole capture");
    await waitForCharts(page);

    const downloading = page.waitForEvent("download");
    await page.click("text=Download");
    const download = await downloading;
    expect(download.suggestedFilename()).toBe(`${long.id}.json`);
    const path = (await store.filePath(long.id)) ?? "";
    expect(await Bun.file(await download.path()).text()).toBe(await Bun.file(path).text());

    await page.click("text=All recordings");
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

const looks = [
  { name: "light, German", options: { locale: "de-DE", colorScheme: "light" as const } },
  { name: "dark", options: { colorScheme: "dark" as const } },
  { name: "phone", options: { viewport: { width: 390, height: 844 } } },
];

for (const { name, options } of looks) {
  test(
    `every page is without barriers and fits its window (${name})`,
    async () => {
      await using console = await openConsole(browser);
      const { host } = console;
      const hostile = "<img src=x onerror=alert(1)>&amp;\"'";
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
        { path: `/recordings/${one.id}/delete`, hasCharts: false },
        { path: "/recordings/nothing", hasCharts: false },
        { path: "/api/docs", hasCharts: false },
      ];
      for (const [index, { path, hasCharts }] of pages.entries()) {
        await page.goto(console.url + path);
        if (hasCharts) await page.waitForSelector(".chart-rtt[data-state=drawn]");
        await picture(page, `${name.replace(", ", "-")}-${index}`);
        if (path === "/api/docs") {
          await page.waitForSelector(".opblock");
          continue;
        }
        expect([path, await findBarriers(page)]).toEqual([path, []]);
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

test(
  "lists, start, stop, download and delete work without script",
  async () => {
    await using console = await openConsole(browser);
    const { store } = console.host;
    const { id } = await store.save(madeCapture({ id: "a", windowCount: 30, client: "attic" }));
    const page = await console.open({ javaScriptEnabled: false });
    await page.goto(`${console.url}/sessions`);
    await page.fill("input[name=token]", consoleToken);
    await page.click("main button");
    expect(page.url()).toBe(`${console.url}/sessions`);
    await page.click("nav >> text=Performance");
    await page.fill("input[type=search]", "nobody of that name");
    await page.press("input[type=search]", "Enter");
    await page.locator("#recordings", { hasText: "No recording fits" }).waitFor();
    await page.fill("input[type=search]", "attic");
    await page.press("input[type=search]", "Enter");
    await page.click("text=Start");
    expect(await page.textContent("#capture-card")).toContain("Recording…");
    await page.click("text=Stop");
    expect(await page.textContent(".notice")).toContain("Saved.");
    const row = page.locator(`[id="row-${id}"]`);
    const [download] = await Promise.all([
      page.waitForEvent("download"),
      row.getByText("Download").click(),
    ]);
    expect(await Bun.file(await download.path()).text()).toBe(
      await Bun.file((await store.filePath(id)) ?? "").text(),
    );
    await row.getByText("View").click();
    expect(await page.textContent("#figures")).toContain("30 windows");
    await page.click("text=Delete");
    await page.click("main button");
    expect(await store.load(id)).toBeUndefined();
  },
  testMs,
);

test(
  "a host that was restarted under an open page says so, and the way back leads to that page",
  async () => {
    await using console = await openConsole(browser);
    const { id } = await console.host.store.save(madeCapture({ id: "a", windowCount: 40 }));
    const page = await console.signIn();
    const address = `${console.url}/recordings/${id}?from=10000&to=60000`;
    await page.goto(address);
    await waitForCharts(page, "10000-60000");
    await console.stop();
    await page.waitForSelector("host-link.lost");
    expect(await page.textContent("host-link")).toContain("does not answer");
    await console.startAgain();
    await page.waitForURL(/sign-in/);
    expect(await page.textContent("main")).toContain("the host was restarted");
    await page.fill("input[name=token]", consoleToken);
    await page.click("main button");
    await page.waitForURL(address);
    await waitForCharts(page, "10000-60000");
  },
  testMs,
);

test(
  "a sign-in that has ended leads to sign-in at the next thing the page asks for",
  async () => {
    await using console = await openConsole(browser);
    const page = await console.signIn();
    await page.context().clearCookies({ name: "onglass_session" });
    await page.click("button.start");
    await page.waitForURL(/sign-in\?ended=yes/);
    expect(await page.textContent("main")).toContain("You are signed out");
    expect(console.host.recorder.status().armed).toBe(false);
  },
  testMs,
);

test(
  "an operator asks a player's stream for things and lets a new player in",
  async () => {
    await using console = await openConsole(browser);
    const { people } = console.host;
    people.playing = [playingSession({ session_id: 7 })];
    const page = await console.signIn();
    await page.click("text=Sessions");
    await page.click("text=IDR");
    await page.waitForSelector(".notice.good");
    await page.fill("input[name=bitrate_kbps]", "12000");
    await page.click("text=Set");
    await page.locator("#sessions", { hasText: "12 Mbit/s" }).waitFor();
    await page.click("text=Disconnect");
    await page.locator("#sessions", { hasText: "Nobody" }).waitFor();
    expect(people.asked).toEqual([
      ["idr", 7],
      ["bitrate", 12_000, 7],
      ["disconnect", 7],
    ]);
    await page.click("button.primary");
    await page.waitForSelector("time-left");
    expect(await page.textContent("#pairing")).toContain("--pair og1-7QK4-M2XF-93TR");
    await page.click("text=Cancel the code");
    await page.waitForSelector("#pairing button.primary");
    expectNoComplaint(console.complaints);
  },
  testMs,
);
