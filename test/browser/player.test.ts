/**
 * The whole way of an operator with nothing made up: a host in a process of its own (the executable
 * where `ONGLASS_EXECUTABLE` names one), `onglass play` as its player, and what Chromium shows held
 * against the files that the host wrote. Once in English on a laptop, once in German on a dark phone.
 */
import { afterAll, beforeAll, expect, test } from "bun:test";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import type { Messages } from "../../src/i18n/english.ts";
import { catalogues } from "../../src/i18n/language.ts";
import type { Capture } from "../../src/model/capture.ts";
import { type RunningHost, startPlayer, startRunningHost } from "../support/running-host.ts";
import { tempDirectory } from "../support/temp-directory.ts";
import {
  expectClose,
  expectNoComplaint,
  findBarriers,
  openBrowser,
  openPage,
  overflowPx,
  picture,
  readLine,
  waitForCharts,
  waitUntil,
} from "./support.ts";

const testMs = 120_000;
/** Small, so that the machine has time for the browser too; it plays until it is stopped. */
const playFlags = ["--width", "320", "--height", "180", "--fps", "30"];
let browser: Browser;

beforeAll(async () => {
  browser = await openBrowser();
}, testMs);

afterAll(() => browser.close());

type Visit = { readonly page: Page; readonly host: RunningHost; readonly words: Messages };

const looks = [
  { name: "English on a laptop", words: catalogues.en, options: { locale: "en-US" } },
  {
    name: "German on a dark phone",
    words: catalogues.de,
    options: {
      locale: "de-DE",
      colorScheme: "dark" as const,
      viewport: { width: 390, height: 844 },
    },
  },
];

for (const { name, words, options } of looks) {
  test(
    `an operator records a real player and looks back at what its file says (${name})`,
    async () => {
      await using directory = await tempDirectory();
      await using host = await startRunningHost(directory.path);
      const complaints: string[] = [];
      const page = await openPage(browser, complaints, options);
      const visit = { page, host, words };
      await signIn(visit);
      const player = startPlayer(host, playFlags);
      const playing = player.stdout.text();
      const first = await record(visit, { sampleCount: 5, isWatched: true });
      await lookBack(visit, first);
      await zoomAndOverlay(visit, first);
      await download(visit, first);
      await page.click(`text=${words.detail.back}`);
      const second = await record(visit, { sampleCount: 2, isWatched: false });
      player.kill("SIGINT");
      expect(await player.exited).toBe(0);
      expect(JSON.parse(await playing)).toMatchObject({ kind: "native", width: 320, height: 180 });
      await compare(visit, [first, second]);
      await removeAndSignOut(visit, first);
      expectNoComplaint(complaints);
      await page.context().close();
    },
    testMs,
  );
}

async function signIn({ page, host, words }: Visit): Promise<void> {
  await page.goto(host.consoleUrl);
  expect(await page.textContent("h1")).toBe(words.signIn.title);
  await page.fill("input[name=token]", await tokenOf(host));
  await page.click(`main button >> text=${words.signIn.submit}`);
  await page.waitForURL(`${host.consoleUrl}/`);
  expect(await page.textContent("#capture")).toContain(words.capture.nobody);
  expect(await page.textContent(".copy code")).toEndWith(
    ` play ${host.nativeAddress} --data-dir ${host.dataDirectory}`,
  );
}

async function tokenOf({ dataDirectory }: RunningHost): Promise<string> {
  return (await Bun.file(join(dataDirectory, "token")).text()).trim();
}

type Recording = { readonly sampleCount: number; readonly isWatched: boolean };

/** Start, so many samples or more, Stop; the charts move meanwhile. */
async function record({ page, host, words }: Visit, wanted: Recording): Promise<Capture> {
  await page.waitForSelector(".capture .facts >> text=Native");
  await page.click(`text="${words.capture.start}"`);
  await page.waitForSelector(`.badge.on >> text=${words.capture.recording}`);
  await waitForCharts(page);
  const top = '[data-chart="stages"] .lines path:last-child';
  const before = await page.getAttribute(top, "d");
  const hasMoved = `document.querySelector('${top}')?.getAttribute("d") !== ${JSON.stringify(before)}`;
  await waitUntil(page, hasMoved);
  const count = 'Number(document.querySelector("sample-count")?.textContent)';
  await waitUntil(page, `${count} >= ${wanted.sampleCount}`);
  if (wanted.isWatched) {
    await picture(page, `player-${words.language.name}-live`);
    expect(await findBarriers(page)).toEqual([]);
  }
  await page.click(`text="${words.capture.stop}"`);
  const id = (await page.textContent(".notice.good .muted")) ?? "";
  expect(await page.textContent(".notice.good")).toContain(words.capture.saved);
  return await captureFile(host, id).json();
}

function captureFile({ dataDirectory }: RunningHost, id: string): Bun.BunFile {
  return Bun.file(join(dataDirectory, "captures", `${id}.json`));
}

/** Lines that are single values of the file, whatever the language calls them. */
async function lookBack({ page, words }: Visit, { meta, samples }: Capture): Promise<void> {
  await page.locator(`[id="row-${meta.id}"]`).getByText(words.recordings.view).click();
  await waitForCharts(page);
  const line = (chart: string, name: string) => readLine(page, chart, name);
  const saved = (read: (sample: Capture["samples"][number]) => number | undefined) =>
    samples.map((sample) => read(sample) ?? 0);
  const { metrics } = words;
  expectClose(
    await line("stages", metrics.total_p50_us),
    saved(({ total_p50_us }) => total_p50_us),
  );
  expectClose(
    await line("stages", metrics.total_p99_us),
    saved(({ total_p99_us }) => total_p99_us),
  );
  expectClose(
    await line("fps", metrics.fps),
    saved(({ fps }) => fps),
  );
  expectClose(
    await line("rtt", metrics.rtt_us),
    saved(({ rtt_us }) => rtt_us),
  );
  expect(await page.textContent("#figures")).toContain(words.figures.windows(`${samples.length}`));
  await picture(page, `player-${words.language.name}-detail`);
  expect(await overflowPx(page)).toBe(0);
}

async function zoomAndOverlay({ page, words }: Visit, { samples }: Capture): Promise<void> {
  await page.click(`[aria-label="${words.detail.zoomIn}"]`);
  await page.waitForURL(/from=\d+&to=\d+/);
  const parameters = new URL(page.url()).searchParams;
  const [from, to] = [Number(parameters.get("from")), Number(parameters.get("to"))];
  await waitForCharts(page, `${from}-${to}`);
  const inside = samples.filter(({ t_ms }) => t_ms >= from && t_ms <= to);
  expect(inside.length).toBeLessThan(samples.length);
  await page
    .locator("#figures", { hasText: words.figures.windows(String(inside.length)) })
    .waitFor();
  expectClose(
    await readLine(page, "stages", words.metrics.total_p50_us),
    inside.map(({ total_p50_us }) => total_p50_us ?? 0),
  );
  const legend = page.locator('[data-legend="stages"]');
  await page.uncheck("input[name=p99]");
  await legend.filter({ hasNotText: words.metrics.total_p99_us }).waitFor();
  await page.check("input[name=p99]");
  await legend.filter({ hasText: words.metrics.total_p99_us }).waitFor();
}

async function download({ page, host, words }: Visit, { meta }: Capture): Promise<void> {
  const downloading = page.waitForEvent("download");
  await page.click(`main >> text=${words.recordings.download}`);
  const got = await downloading;
  expect(got.suggestedFilename()).toBe(`${meta.id}.json`);
  const bytes = Buffer.from(await Bun.file(await got.path()).bytes());
  expect(bytes.equals(await captureFile(host, meta.id).bytes())).toBe(true);
}

async function compare({ page, words }: Visit, [one, two]: readonly [Capture, Capture]) {
  for (const { meta } of [one, two]) await page.check(`[id="row-${meta.id}"] input`);
  await page.click(`button >> text=${words.recordings.compare}`);
  await waitForCharts(page);
  const addresses = new URL(page.url()).searchParams.getAll("id");
  expect(addresses.toSorted()).toEqual([one.meta.id, two.meta.id].toSorted());
  for (const [letter, id] of [words.compare.first, words.compare.second].entries()) {
    const { samples } = addresses[letter] === one.meta.id ? one : two;
    expectClose(
      await readLine(page, "stages", `${id} ${words.metrics.total_p50_us}`),
      samples.map(({ total_p50_us }) => total_p50_us ?? 0),
    );
  }
  expect(await overflowPx(page)).toBe(0);
}

async function removeAndSignOut({ page, host, words }: Visit, { meta }: Capture): Promise<void> {
  await page.click(`nav >> text=${words.nav.performance}`);
  await page.locator(`[id="row-${meta.id}"]`).getByText(words.recordings.remove).click();
  expect(await page.textContent("dialog[open]")).toContain(words.remove.text(meta.id));
  expect(await findBarriers(page)).toEqual([]);
  await picture(page, `player-${words.language.name}-delete`);
  await page.click("dialog button.danger");
  await page.locator(`[id="row-${meta.id}"]`).waitFor({ state: "detached" });
  expect(await captureFile(host, meta.id).exists()).toBe(false);
  await page.click(`text=${words.nav.signOut}`);
  await page.waitForURL(/sign-in/);
  await page.goto(host.consoleUrl);
  expect(page.url()).toContain("/sign-in");
}

test(
  "a host that is killed under a live capture is missed, found again, and has kept the capture",
  async () => {
    await using directory = await tempDirectory();
    await using host = await startRunningHost(directory.path);
    const complaints: string[] = [];
    const page = await openPage(browser, complaints);
    const words = catalogues.en;
    await signIn({ page, host, words });
    const player = startPlayer(host, playFlags);
    await page.click("button.start");
    await page.locator("sample-count", { hasText: /^[2-9]$/ }).waitFor();
    await host.kill();
    await page.locator("host-link.lost", { hasText: words.link.lost }).waitFor();
    // It may still wait for packets.
    player.kill("SIGINT");
    await player.exited;
    const flags = ["--listen", new URL(host.consoleUrl).host];
    await using again = await startRunningHost(directory.path, { flags });
    // The sign-in outlives the restart: the page continues by itself.
    await page.locator("host-link:not(.lost)", { hasText: words.link.back }).waitFor();
    expect(page.url()).toBe(`${again.consoleUrl}/`);
    await page.locator("tbody tr .badge", { hasText: words.recordings.recovered }).waitFor();
    await page.getByText(words.recordings.view, { exact: true }).click();
    await waitForCharts(page);
    expectNoComplaint(complaints);
    await page.context().close();
  },
  testMs,
);
