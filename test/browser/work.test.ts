/** The console under hardship and at work: no script, a host that goes away, players. */
import { afterAll, beforeAll, expect, test } from "bun:test";
import type { Browser } from "playwright-core";
import { consoleToken } from "../support/console-host.ts";
import { cuttable } from "../support/cuttable.ts";
import { madeCapture, playingSession } from "../support/made-capture.ts";
import { ManualClock } from "../support/manual-clock.ts";
import { until } from "../support/until.ts";
import { countStreams } from "./streams.ts";
import {
  expectNoComplaint,
  openBrowser,
  openConsole,
  picture,
  waitForCharts,
  waitUntil,
} from "./support.ts";

const testMs = 40_000;
let browser: Browser;

beforeAll(async () => {
  browser = await openBrowser();
}, testMs);

afterAll(() => browser.close());

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
    await page.locator("#recordings", { hasText: "No captures match" }).waitFor();
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
  "a Stop that fails without script says so on the Performance page, in the reader's language",
  async () => {
    await using console = await openConsole(browser);
    const { store } = console.host;
    const save = store.save.bind(store);
    const page = await console.open({ javaScriptEnabled: false, locale: "de-DE" });
    await page.goto(console.url);
    await page.fill("input[name=token]", consoleToken);
    await page.click("main button");
    await page.click("text=Start");
    store.save = () => Promise.reject(Object.assign(new Error("no space"), { code: "ENOSPC" }));
    await page.click("text=Stopp");
    expect(new URL(page.url()).pathname).toBe("/");
    const said = "Der Datenträger ist voll. Sie ist noch im Arbeitsspeicher";
    expect(await page.textContent("[role=alert].notice, [role=alert] .notice")).toContain(said);
    await page.reload();
    expect(await page.textContent("[role=alert] .notice")).toContain(said);
    await page.click("text=English");
    expect(await page.textContent("[role=alert] .notice")).toContain("the disk is full");
    await picture(page, "no-script-held");
    store.save = save;
    await page.click("button >> text=Retry saving");
    expect(await page.textContent(".notice.good")).toContain("Saved.");
    await page.click("nav >> text=Sessions");
    await page.fill("input[name=bitrate_kbps]", "100");
    await page.click("#settings button");
    expect(new URL(page.url()).pathname).toBe("/sessions");
    expect(await page.inputValue("input[name=bitrate_kbps]")).toBe("100");
    expect(await page.textContent("#settings .notice.bad")).toContain("Not saved.");
  },
  testMs,
);

test(
  "what another changes shows in the settings card, and what is typed there stays",
  async () => {
    await using console = await openConsole(browser);
    const { settings } = console.host;
    const page = await console.signIn();
    await page.click("text=Sessions");
    await page.fill("input[name=fps_cap]", "30");
    await settings.change({ bitrate_kbps: 8000, fps_cap: 50 }, "token");
    await waitUntil(page, 'document.querySelector("[name=bitrate_kbps]").value === "8000"');
    expect(await page.inputValue("input[name=fps_cap]")).toBe("30");
    await page.click("#settings button");
    await page.waitForSelector("#settings .notice.good");
    expect(settings.current()).toMatchObject({ bitrate_kbps: 8000, fps_cap: 30 });
    expectNoComplaint(console.complaints);
  },
  testMs,
);

test(
  "a part that the host fails to answer is said above the page until it answers again",
  async () => {
    await using console = await openConsole(browser);
    const { store } = console.host;
    await store.save(madeCapture({ id: "a", windowCount: 30 }));
    const page = await console.signIn();
    const list = store.list.bind(store);
    store.list = () => Promise.reject(new Error("a bug"));
    await page.click("th >> text=Samples");
    await page.locator("#problem", { hasText: "Internal error" }).waitFor();
    expect(await page.locator("#recordings tbody tr").count()).toBe(1);
    await picture(page, "part-failed");
    store.list = list;
    await page.click("th >> text=Duration");
    await page.locator("#problem .notice").waitFor({ state: "detached" });
    expectNoComplaint(console.complaints);
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
    expect(await page.textContent("host-link")).toContain("No connection to the host");
    await console.startAgain();
    await page.waitForURL(/sign-in/);
    expect(await page.textContent("main")).toContain("the host restarted");
    await page.fill("input[name=token]", consoleToken);
    await page.click("main button");
    await page.waitForURL(address);
    await waitForCharts(page, "10000-60000");
  },
  testMs,
);

test(
  "a line that breaks while the host is well is opened again without a word",
  async () => {
    await using console = await openConsole(browser);
    await using cut = cuttable(console.host.port);
    const streams = countStreams(console.host);
    const page = await console.signIn({}, cut.url);
    await page.waitForSelector("host-link", { state: "attached" });
    await until(() => streams.now === 1, { what: "the stream is open" });
    const asked = page.waitForResponse((response) => response.url().endsWith("/capture/status"));
    cut.cut();
    expect((await asked).ok()).toBe(true);
    await until(() => streams.now === 1, { what: "it is open again" });
    expect(await page.locator("host-link").isHidden()).toBe(true);
  },
  testMs,
);

test(
  "a sign-in that has ended leads to sign-in at the next thing the page asks for",
  async () => {
    await using console = await openConsole(browser);
    const streams = countStreams(console.host);
    const page = await console.signIn();
    // The event stream is one of those things: it has to be there before.
    await until(() => streams.now === 1, { what: "the stream is open" });
    await page.context().clearCookies({ name: /^onglass_session_/ });
    await page.click("button.start");
    await page.waitForURL(/sign-in\?ended=yes/);
    expect(await page.textContent("main")).toContain("Your session expired");
    expect(console.host.recorder.status().armed).toBe(false);
  },
  testMs,
);

test(
  "a sign-in that is twelve hours old has ended, and a new one leads back to the page",
  async () => {
    const clock = new ManualClock();
    await using console = await openConsole(browser, { clock });
    const page = await console.signIn({ locale: "de-DE" });
    await page.goto(`${console.url}/sessions`);
    clock.advanceMs(12 * 3_600_000);
    await page.waitForURL(/sign-in\?ended=yes/);
    expect(await page.textContent("main")).toContain("Deine Anmeldung ist abgelaufen");
    await page.fill("input[name=token]", consoleToken);
    await page.click("main button");
    await page.waitForURL(`${console.url}/sessions`);
    expectNoComplaint(console.complaints);
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
    await page.click("text=Send key frame");
    await page.waitForSelector(".notice.good");
    await page.fill("input[name=bitrate_kbps]", "12000");
    await page.click("#sessions >> text=Apply");
    await page.locator("#sessions", { hasText: "12 Mbit/s" }).waitFor();
    await page.click("text=Disconnect");
    await page.locator("#sessions", { hasText: "No one is playing" }).waitFor();
    expect(people.asked).toEqual([
      ["idr", 7],
      ["bitrate", 12_000, 7],
      ["disconnect", 7],
    ]);
    await page.click("button.primary");
    await page.waitForSelector("time-left");
    expect(await page.textContent("#pairing")).toContain("--pair og1-7QK4-M2XF-93TR");
    await page.click("text=Revoke code");
    await page.waitForSelector("#pairing button.primary");
    expectNoComplaint(console.complaints);
  },
  testMs,
);

test(
  "a PIN and a setting that are being typed outlive the page's renewals, and both arrive",
  async () => {
    await using console = await openConsole(browser);
    const { people, settings } = console.host;
    const television = {
      id: 1,
      uniqueid: "0123456789ABCDEF",
      name: "a television",
      address: "192.0.2.7",
    };
    people.waiting = [television];
    const page = await console.signIn();
    await page.click("text=Sessions");
    await page.fill("input[name=pin]", "4711");
    await page.fill("input[name=fps_cap]", "30");
    const renewed = page.waitForResponse(/parts\/waiting/);
    people.waiting = [television, { ...television, id: 2, name: "a phone" }];
    await renewed;
    await page.locator("#waiting", { hasText: "a phone" }).waitFor();
    expect(await page.inputValue("input[name=pin] >> nth=0")).toBe("4711");
    await page.click("#waiting button >> nth=0");
    await page.waitForSelector("#pin-notice .notice.good");
    await page.locator("#waiting .empty").waitFor();
    expect(people.pins).toEqual(["4711"]);
    await page.click("#settings button");
    await page.waitForSelector("#settings .notice.good");
    expect(settings.current().fps_cap).toBe(30);
    expectNoComplaint(console.complaints);
  },
  testMs,
);
