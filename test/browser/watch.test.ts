/** Watching on glass: Chromium on the real page, the real encoder behind it. */
import { afterAll, beforeAll, expect, test } from "bun:test";
import { Connection, Varint } from "@moq/net";
import type { Browser } from "playwright-core";
import { systemClock } from "../../src/base/clock.ts";
import type { StatsSample } from "../../src/model/capture.ts";
import { levelOf } from "../support/counting.ts";
import { readTrack } from "../support/moq-client.ts";
import { until } from "../support/until.ts";
import { findBarriers, openBrowser, openConsole, overflowPx, picture } from "./support.ts";
import { lastReport, readReport, startWatching, waitForPicture } from "./watching.ts";

const testMs = 60_000;
const clock = systemClock();
let browser: Browser;

beforeAll(async () => {
  browser = await openBrowser();
});
afterAll(async () => {
  await browser.close();
});

test(
  "the picture moves, and the page says how it fares",
  async () => {
    await using console = await openConsole(browser);
    const page = await console.signIn();
    await startWatching(page, console.url);
    // A busy browser may show one picture for longer than we wait, and none before an earlier one.
    let last = -1;
    for (let moves = 0; moves < 10; ) {
      const { frameNumber } = await waitForPicture(page);
      expect(frameNumber).toBeGreaterThanOrEqual(last);
      if (frameNumber > last) moves += 1;
      last = frameNumber;
      await page.waitForTimeout(100);
    }
    await page.waitForFunction(
      `document.querySelector("[data-figure=latency]").textContent.endsWith("ms")`,
    );
    const [viewer] = console.host.watching.counters.report({ prefix: "viewer" }).entries;
    expect(viewer?.external.subscriber.frames).toBeGreaterThan(0);
    expect(await findBarriers(page)).toEqual([]);
    expect(console.complaints).toEqual([]);
  },
  testMs,
);

test(
  "host and viewer have counted the same when the stream is over",
  async () => {
    await using console = await openConsole(browser);
    const page = await console.signIn();
    const id = await startWatching(page, console.url);
    await waitForPicture(page);
    const { watching } = console.host;
    const path = `live/${id}.hang`;
    const frames = () => levelOf(watching.counters, path).external.publisher.frames;
    await until(() => frames() > 120, { what: "two seconds are watched" });
    const { ticket } = watching.issueTicket();
    const client = await Connection.connect(new URL(`${console.url}/moq?ticket=${ticket}`));
    client.closed.catch(() => undefined);
    const catalog = readTrack(client, path, "catalog.json");
    await until(() => catalog.frames.length === 1, { what: "the catalogue is read" });
    await watching.streams.close(Number(id));
    client.close();
    const { publisher } = levelOf(watching.counters, path).external;
    const report = await lastReport(page, publisher.frames - 2);
    // Each of the two has read the catalogue; the player counts units without their time stamps.
    const catalogBytes = catalog.frames[0]?.byteLength ?? 0;
    const stampBytes = Varint.size(clock.nowUs());
    expect(publisher.frames).toBe(report.frames + 2);
    expect(publisher.bytes).toBe(report.bytes + report.frames * stampBytes + 2 * catalogBytes);
  },
  testMs,
);

test(
  "armed on the page, a capture has the stages of the host and what the viewer reports",
  async () => {
    await using console = await openConsole(browser);
    const page = await console.signIn();
    await startWatching(page, console.url);
    await waitForPicture(page);
    await page.click("#watch-capture button.start");
    const samples = () => console.host.recorder.live()?.samples ?? [];
    const hasAge = ({ client_age_p50_us }: StatsSample) => client_age_p50_us !== undefined;
    await until(() => samples().filter(hasAge).length >= 3, {
      what: "three samples have an age",
    });
    expect(await page.textContent("#watch-capture .badge")).toContain("Recording");
    const shownText = (await page.textContent("#watch-capture elapsed-time")) ?? "";
    const [minutes = 0, seconds = 0] = shownText.split(":").map(Number);
    const elapsedMs = console.host.recorder.status().elapsed_ms ?? 0;
    // A busy page ticks late, and never early: three samples are more than a second.
    expect(minutes * 60 + seconds).toBeGreaterThanOrEqual(1);
    expect(minutes * 60 + seconds).toBeLessThanOrEqual(elapsedMs / 1000);
    await page.click("#watch-capture button.stop");
    await page.waitForSelector("a[href^='/recordings/']");
    await page.waitForSelector("#watch-capture button.start");
    const [meta] = (await console.host.store.list()).captures;
    expect(meta?.kind).toBe("moq");
    const capture = await console.host.store.load(meta?.id ?? "");
    const last = capture?.samples.filter(hasAge).at(-1);
    expect(last?.stages.map(({ name }) => name)).toEqual(["capture", "submit", "encode", "send"]);
    // A busy machine shows fewer, how few nobody else counts; none shows more than there are.
    expect(last?.client_fps).toBeGreaterThan(0);
    expect(last?.client_fps).toBeLessThanOrEqual(1.1 * (meta?.fps ?? 0));
    expect(last?.client_age_p50_us).toBeGreaterThan(last?.total_p50_us ?? 0);
  },
  testMs,
);

/** Counts the paints in which all of the canvas is black or empty. */
const countBlack = `(() => {
  window.blackCount = 0;
  window.paintCount = 0;
  window.joinCount = 0;
  const player = document.querySelector("watch-player");
  new MutationObserver(() => {
    if (player.dataset.live === "no") window.joinCount += 1;
  }).observe(player, { attributeFilter: ["data-live"] });
  const copy = new OffscreenCanvas(16, 9).getContext("2d", { willReadFrequently: true });
  const look = () => {
    copy.clearRect(0, 0, 16, 9);
    copy.drawImage(document.querySelector("watch-player canvas"), 0, 0, 16, 9);
    const { data } = copy.getImageData(0, 0, 16, 9);
    window.paintCount += 1;
    if (data.every((value, at) => at % 4 === 3 || value < 8)) window.blackCount += 1;
    requestAnimationFrame(look);
  };
  look();
})()`;

test(
  "the last picture stands until the next while a page joins again",
  async () => {
    await using console = await openConsole(browser);
    const page = await console.signIn();
    await startWatching(page, console.url);
    const { frameNumber: before } = await waitForPicture(page);
    await page.evaluate(countBlack);
    await page.click("[data-part=live]");
    // As strings they would be evaluated in the page again and again, which its policy forbids.
    while ((await page.evaluate<number>("window.joinCount")) === 0) await page.waitForTimeout(20);
    await page.waitForSelector("watch-player[data-live=yes]");
    let now = before;
    while (now <= before) now = (await waitForPicture(page)).frameNumber;
    expect(await page.evaluate<number>("window.paintCount")).toBeGreaterThan(0);
    expect(await page.evaluate<number>("window.blackCount")).toBe(0);
    expect(await page.textContent(".watch-joining")).toBe("");
    expect(console.complaints).toEqual([]);
  },
  testMs,
);

test(
  "a stream has the size that is chosen on its page, and follows the window where it is to",
  async () => {
    await using console = await openConsole(browser);
    const page = await console.signIn();
    const id = await startWatching(page, console.url);
    await waitForPicture(page);
    const shows = (wide: number, high: number) =>
      page.waitForSelector(`watch-player canvas[width="${wide}"][height="${high}"]`);
    await page.selectOption("stream-size select", "854x480");
    await shows(854, 480);
    await page.selectOption("stream-size select", "window");
    const { width = 0, height = 0 } = page.viewportSize() ?? {};
    await shows(width, height);
    await page.setViewportSize({ width: 901, height: 603 });
    await shows(902, 604);
    await page.waitForSelector(`#watch-mode >> text=902×604`);
    const { frames } = await lastReport(page, 0);
    const after = await lastReport(page, frames + 20);
    expect(after.frames).toBeGreaterThan(frames);
    expect(after.decode_errors ?? 0).toBe(0);
    expect(page.url()).toEndWith(`/watch/${id}`);
    // The choice is remembered: the page of another stream begins with it.
    await page.reload();
    expect(await page.inputValue("stream-size select")).toBe("window");
    expect(console.complaints).toEqual([]);
  },
  testMs,
);

test(
  "the counters page shows the tree, and renews itself",
  async () => {
    await using console = await openConsole(browser);
    const page = await console.signIn();
    const { counters } = console.host.watching;
    const track = counters.broadcast({ path: "live/9", tier: "external" }).track("publisher");
    track.bytes(1000);
    await page.goto(`${console.url}/counters`);
    await page.waitForSelector("text=1,000");
    track.bytes(234_000);
    await page.waitForSelector("text=235,000");
    await page.waitForSelector("count-rate svg");
    // The page's own time has no part in it: two readings of the host are a second apart.
    const rate = await page.evaluate<string>(`(() => {
      const rate = document.querySelector("count-rate");
      const total = Number(rate.dataset.total) + 1_000_000;
      rate.dataset.total = total;
      rate.dataset.atUs = Number(rate.dataset.atUs) + 1_000_000;
      return Promise.resolve().then(() => rate.textContent);
    })()`);
    expect(rate).toBe(" 8 Mbit/s");
    expect(await findBarriers(page)).toEqual([]);
    expect(console.complaints).toEqual([]);
  },
  testMs,
);

test(
  "where browsers decode no video the page says why, and how to switch TLS on",
  async () => {
    await using console = await openConsole(browser);
    const page = await console.signIn();
    // What a browser says of a page over plain HTTP from another machine.
    await page.addInitScript(
      `Object.defineProperty(globalThis, "isSecureContext", { get: () => false });`,
    );
    await startWatching(page, console.url);
    await page.waitForSelector("[data-part=insecure]:visible");
    expect(await page.textContent("[data-part=insecure]")).toContain("--tls");
    expect(console.host.watching.streams.streams()[0]?.viewers).toBe(0);
    expect(console.complaints).toEqual([]);
  },
  testMs,
);

test(
  "a page in German says so, and plays AV1 as well",
  async () => {
    await using console = await openConsole(browser);
    const page = await console.signIn({ locale: "de-DE" });
    await page.goto(`${console.url}/watch`);
    expect(await page.textContent("h1")).toBe("Zuschauen");
    await page.selectOption("select[name=codec]", "av1");
    const url = console.url;
    await page.selectOption("select[name=size]", "640x360");
    await page.selectOption("select[name=fps]", "30");
    await page.click("main button.primary");
    await page.waitForURL(`${url}/watch/*`);
    const first = await waitForPicture(page);
    const frames = () => levelOf(console.host.watching.counters, "live").external.publisher.frames;
    await until(() => frames() > 30, { what: "a second is watched" });
    expect((await waitForPicture(page)).frameNumber).toBeGreaterThan(first.frameNumber);
    await page.waitForSelector("#watch-state:has-text('Zuschauer')");
    await page.emulateMedia({ colorScheme: "dark" });
    await picture(page, "watch-viewers-german-dark");
    expect(console.complaints).toEqual([]);
  },
  testMs,
);

test(
  "what no form sends is refused, and a stream that ended is said to have",
  async () => {
    await using console = await openConsole(browser);
    const page = await console.signIn();
    await page.goto(`${console.url}/watch/77`);
    expect(await page.textContent("#watch-state")).toContain("no longer exists");
    await page.goto(`${console.url}/watch`);
    await page.fill("input[name=source]", "https://example.org");
    await page.fill("input[name=bitrate_kbps]", "900");
    await page.selectOption("select[name=codec]", "av1");
    await page.click("main button.primary");
    await page.waitForSelector(".notice.bad");
    expect(await page.textContent(".notice.bad")).toStartWith("Unknown source. Use testsrc, ");
    // What was typed is still there.
    expect(await page.inputValue("input[name=source]")).toBe("https://example.org");
    expect(await page.inputValue("input[name=bitrate_kbps]")).toBe("900");
    expect(await page.inputValue("select[name=codec]")).toBe("av1");
    expect(console.host.watching.streams.streams()).toEqual([]);
  },
  testMs,
);

test(
  "the page says who watches, and why a stream is over and what can be done",
  async () => {
    await using console = await openConsole(browser);
    const { streams } = console.host.watching;
    const page = await console.signIn();
    const id = Number(await startWatching(page, console.url));
    await waitForPicture(page);
    await page.waitForSelector("#watch-state [data-label='Latency, p50']:has-text('ms')");
    expect(await page.locator("#watch-state tbody tr").count()).toBe(1);
    expect(await findBarriers(page)).toEqual([]);
    await picture(page, "watch-viewers");
    await page.setViewportSize({ width: 390, height: 800 });
    expect(await overflowPx(page)).toBe(0);
    await picture(page, "watch-viewers-phone");
    await page.setViewportSize({ width: 1280, height: 900 });

    await streams.close(id);
    await page.waitForSelector("#watch-state:has-text('The stream has ended')");
    expect(await page.isVisible("watch-player")).toBe(false);
    expect(await findBarriers(page)).toEqual([]);
    await picture(page, "watch-ended");
    await page.emulateMedia({ colorScheme: "dark" });
    await picture(page, "watch-ended-dark");
    await page.click("text=Watch again");
    await page.waitForURL(`${console.url}/watch/${id + 1}`);
    expect(streams.streams()[0]).toMatchObject({ width: 640, height: 360, source: "testsrc" });
    await waitForPicture(page);
    expect(console.complaints).toEqual([]);
  },
  testMs,
);

test(
  "a page whose decoder is too slow jumps to live by itself, and says how often",
  async () => {
    await using console = await openConsole(browser);
    const page = await console.signIn();
    // Forty pictures a second of sixty: a second of delay every three.
    await page.addInitScript(`globalThis.VideoDecoder = class extends VideoDecoder {
      constructor({ output, error }) {
        const waiting = [];
        super({ output: (picture) => void waiting.push(picture), error });
        this.waiting = waiting;
        this.pace = setInterval(() => waiting.length > 0 && output(waiting.shift()), 25);
      }
      close() {
        clearInterval(this.pace);
        for (const picture of this.waiting) picture.close();
        super.close();
      }
    }`);
    await startWatching(page, console.url);
    await waitForPicture(page);
    const ages: number[] = [];
    const end = Date.now() + 40_000;
    for (let jumps = 0; jumps < 3 && Date.now() < end; ) {
      const report = await readReport(page);
      ages.push(report?.age_p50_us ?? 0);
      jumps = report?.jumps ?? 0;
      await page.waitForTimeout(200);
    }
    expect(Math.max(...ages)).toBeLessThan(5_000_000);
    expect(Number(await page.textContent("[data-figure=jumps]"))).toBeGreaterThanOrEqual(3);
    expect(console.complaints).toEqual([]);
  },
  testMs,
);

test(
  "Jump to live joins the stream again at once",
  async () => {
    await using console = await openConsole(browser);
    const page = await console.signIn();
    await startWatching(page, console.url);
    const before = await waitForPicture(page);
    await page.click("[data-part=live]");
    await page.waitForSelector("[data-figure=jumps]:text-is('1')");
    let after = before.frameNumber;
    while (after < before.frameNumber + 30) after = (await waitForPicture(page)).frameNumber;
    expect(console.complaints).toEqual([]);
  },
  testMs,
);
