/**
 * Finds a moment in the console as a person would: from the first page, with three clicks at most. The
 * browser runs in the player's namespace; where a spike is, the charts' own columns say.
 */
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { chromium, type Page } from "playwright-core";
import type { CaptureMeta } from "../../../src/model/capture.ts";
import type { HistorySession } from "../../../src/model/frames-page.ts";
import type { Series } from "../../../src/model/series.ts";
import type { HistoryStream } from "./stream.ts";
import type { Made } from "./troubles.ts";

/** Where it was found: which way, with how many clicks. */
export type Found = { readonly clicks: number; readonly way: string };

const clicksMax = 3;
const shownMs = 60_000;

/** A signed-in page, and what closes it. */
export async function openConsole(
  stream: HistoryStream,
  directory: string,
): Promise<{ readonly page: Page } & AsyncDisposable> {
  const command = join(directory, "browser");
  const words = stream.machines.playerCommand(["/usr/bin/chromium"]).join(" ");
  await writeFile(command, `#!/bin/sh\nexec ${words} "$@"\n`, { mode: 0o755 });
  const browser = await chromium.launch({
    executablePath: command,
    args: ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"],
  });
  const context = await browser.newContext({
    ignoreHTTPSErrors: true,
    viewport: { width: 1280, height: 900 },
  });
  const page = await context.newPage();
  page.setDefaultTimeout(shownMs);
  const token = (await Bun.file(join(stream.directory, "token")).text()).trim();
  await page.goto(`${stream.url}/sign-in#token=${token}`);
  await page.waitForURL(`${stream.url}/`);
  return { page, [Symbol.asyncDispose]: () => browser.close() };
}

type Search = {
  readonly stream: HistoryStream;
  readonly page: Page;
  readonly session: HistorySession;
  readonly made: Made;
  /** The others: a person does not look at the same place twice. */
  readonly others: readonly Made[];
};

/** The page is on the moment afterwards. @throws Error when no way leads there */
export async function findMoment(search: Search): Promise<Found> {
  for (const way of [byAutomatic, byCause, bySpike]) {
    await search.page.goto(search.stream.url);
    await search.page.waitForSelector("#history .held-who a");
    const found = await way(search);
    if (found !== undefined && found.clicks <= clicksMax) return found;
  }
  throw new Error(`"${search.made.name}" is not found in the console with ${clicksMax} clicks`);
}

/** A capture that was saved by itself, with its reason, in the list of captures. */
async function byAutomatic({ stream, page, made }: Search): Promise<Found | undefined> {
  const captures = await stream.get<CaptureMeta[]>("stats/recordings");
  const saved = captures.find((meta) => meta.origin === "automatic" && covers(meta, made));
  if (saved === undefined) return undefined;
  const row = page.locator(`[id="row-${saved.id}"]`);
  const reason = await row.locator(".reason").textContent();
  await row.locator("text=View").first().click();
  await page.waitForURL(`**/recordings/${saved.id}`);
  await judged(page);
  return { clicks: 1, way: `list: "${reason?.trim()}"` };
}

/** The session's verdict names it, and its link leads to the worst place. */
async function byCause(search: Search): Promise<Found | undefined> {
  const { page, session, made } = search;
  await openSession(search);
  await judged(page);
  for (const link of await page.locator("#verdict .causes a").all()) {
    const range = rangeOf((await link.getAttribute("href")) ?? "");
    if (range === undefined || !isAround(session, range, made)) continue;
    const name = await page.locator("#verdict .causes li", { has: link }).first().textContent();
    await link.click();
    await page.waitForSelector(".chart-stages[data-state=drawn]");
    return { clicks: 2, way: `session, worst place of "${name?.trim().slice(0, 40)}"` };
  }
  return undefined;
}

/** The session's charts show a spike; somebody drags across it. */
async function bySpike(search: Search): Promise<Found | undefined> {
  const { page, session, made } = search;
  await openSession(search);
  await page.waitForSelector(".chart-fps[data-state=drawn]");
  const chart = made.name === "loss" ? "health" : "fps";
  const spike = await spikeOf(search, made.name === "loss" ? "packets_dropped" : "new_fps");
  const plot = await page.locator(`[data-chart="${chart}"] .lines`).boundingBox();
  if (spike === undefined || plot === null) return undefined;
  const across = (ms: number) =>
    plot.x + plot.width * Math.min(0.999, Math.max(0.001, (ms - spike.from) / spike.length));
  const y = plot.y + plot.height / 2;
  const width = Math.max(10_000, spike.length / 60);
  await page.locator(`[data-chart="${chart}"]`).scrollIntoViewIfNeeded();
  const box = (await page.locator(`[data-chart="${chart}"] .lines`).boundingBox()) ?? plot;
  await page.waitForSelector(`.chart-${chart} .drag-layer svg`);
  await page.mouse.move(across(spike.atMs - width), y + box.y - plot.y);
  await page.mouse.down();
  await page.mouse.move(across(spike.atMs + width), y + box.y - plot.y, { steps: 5 });
  await page.mouse.up();
  await page.waitForURL(/from=\d+&to=\d+/);
  const range = rangeOf(page.url());
  if (range === undefined || !isAround(session, range, made)) return undefined;
  return { clicks: 2, way: `session, dragged across the spike in "${chart}"` };
}

/** Keeps what the page of a session shows, by its button: one click more. */
export async function keepShown({ stream, page }: Search): Promise<CaptureMeta> {
  const before = await stream.get<CaptureMeta[]>("stats/recordings");
  await page.click("form[data-keeps-shown] button");
  await page.waitForSelector("#notice a");
  const after = await stream.get<CaptureMeta[]>("stats/recordings");
  const kept = after.find(({ id }) => !before.some((meta) => meta.id === id));
  if (kept === undefined) throw new Error("The button kept nothing");
  return kept;
}

/** In the time of the session. */
export function since(session: HistorySession, unixMs: number): number {
  return Math.round(unixMs - session.started_unix_ms);
}

export function covers({ started_unix_ms, duration_ms }: CaptureMeta, made: Made): boolean {
  return started_unix_ms <= made.fromMs && made.fromMs <= started_unix_ms + duration_ms;
}

async function openSession({ page, session }: Search): Promise<void> {
  await page.click(`#held-${session.id} .held-who a`);
  await page.waitForURL(`**/history/${session.id}`);
}

/** Until the verdict of the page is there. */
async function judged(page: Page): Promise<void> {
  await page.waitForSelector("#verdict:not([aria-busy])", { state: "attached" });
}

type Range = { readonly from: number; readonly to: number };

function rangeOf(address: string): Range | undefined {
  const query = new URL(address, "http://localhost").searchParams;
  const [from, to] = [query.get("from"), query.get("to")];
  return from === null || to === null ? undefined : { from: Number(from), to: Number(to) };
}

/** The range holds some of the trouble. */
function isAround(session: HistorySession, { from, to }: Range, made: Made): boolean {
  return from <= since(session, made.toMs) && to >= since(session, made.fromMs);
}

/** The highest point of losses, the lowest of new frames, away from the other troubles. */
async function spikeOf(
  { stream, session, others }: Search,
  column: "packets_dropped" | "new_fps",
): Promise<{ readonly atMs: number; readonly from: number; readonly length: number } | undefined> {
  const series = await stream.get<Series>(`history/${session.id}/series?points=600`);
  const [found] = series.sessions;
  if (found === undefined) return undefined;
  const sign = column === "new_fps" ? -1 : 1;
  let [best, atMs] = [Number.NEGATIVE_INFINITY, 0];
  for (const [index, t] of found.t_ms.entries()) {
    const value = found[column][index];
    if (value === null || value === undefined || sign * value <= best) continue;
    const isOther = others.some((made) => {
      return t > since(session, made.fromMs) - 15_000 && t < since(session, made.toMs) + 15_000;
    });
    // An encoder that has just been opened takes its time.
    if (isOther || t < 5000) continue;
    [best, atMs] = [sign * value, t];
  }
  return { atMs, from: series.from_ms, length: series.to_ms - series.from_ms };
}
