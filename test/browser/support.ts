/**
 * Chromium before the real console. Whatever a page complains of, a violated policy above all, fails
 * the test that opened it. What is run inside a page is text: this side knows no DOM.
 */
import { expect } from "bun:test";
import { join } from "node:path";
import axe from "axe-core";
import { type Browser, type BrowserContextOptions, chromium, type Page } from "playwright-core";
import type { Clock } from "../../src/base/clock.ts";
import type { Fleet } from "../../src/ports/fleet.ts";
import { type ConsoleHost, consoleHostIn, consoleToken } from "../support/console-host.ts";
import type { TestRelays } from "../support/open-watching.ts";
import { tempDirectory } from "../support/temp-directory.ts";

const deadlineMs = 20_000;
/** Nothing of it may look for the net: there is none. */
const quietArguments = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

export function openBrowser(): Promise<Browser> {
  return chromium.launch({ executablePath: "/usr/bin/chromium", args: quietArguments });
}

/** A host in a directory of its own, and pages to look at it. */
export async function openConsole(
  browser: Browser,
  {
    clock,
    fleet,
    relays,
  }: { readonly clock?: Clock; readonly fleet?: Fleet; readonly relays?: TestRelays } = {},
) {
  const directory = await tempDirectory();
  const time = {
    ...(clock === undefined ? {} : { clock }),
    ...(fleet === undefined ? {} : { fleet }),
    ...(relays === undefined ? {} : { relays }),
  };
  let host = await consoleHostIn(directory.path, time);
  const complaints: string[] = [];
  const pages: Page[] = [];
  const open = async (options: BrowserContextOptions = {}) => {
    const page = await openPage(browser, complaints, options);
    pages.push(page);
    return page;
  };
  return {
    get host(): ConsoleHost {
      return host;
    },
    url: host.url,
    complaints,
    open,
    /** A page whose browser came by the link that a host prints, or to another address of it. */
    signIn: async (options: BrowserContextOptions = {}, url = host.url): Promise<Page> => {
      const page = await open(options);
      await page.goto(`${url}/sign-in#token=${consoleToken}`);
      await page.waitForURL(`${url}/`);
      return page;
    },
    stop: () => host[Symbol.asyncDispose](),
    startAgain: async () => {
      host = await consoleHostIn(directory.path, { port: host.port, ...time });
    },
    [Symbol.asyncDispose]: async () => {
      // Its own only: a test whose time is over comes here while the next one has pages open.
      for (const page of pages) await page.context().close();
      await host[Symbol.asyncDispose]();
      await directory[Symbol.asyncDispose]();
    },
  };
}

/** A page in a window of its own; what it complains of is added to `complaints`. */
export async function openPage(
  browser: Browser,
  complaints: string[],
  options: BrowserContextOptions = {},
): Promise<Page> {
  const context = await browser.newContext({
    viewport: { width: 1280, height: 900 },
    locale: "en-US",
    timezoneId: "Europe/Berlin",
    ...options,
  });
  context.setDefaultTimeout(deadlineMs);
  const page = await context.newPage();
  listen(page, complaints);
  return page;
}

/** A request that failed is the test's own business; errors of scripts and of the policy are not. */
function listen(page: Page, complaints: string[]): void {
  page.on("pageerror", (error) => complaints.push(error.message));
  page.on("console", (message) => {
    const text = message.text();
    const isRequest = /^Failed to load resource|net::ERR_|htmx:error: Failed to fetch/.test(text);
    if (message.type() === "error" && !isRequest) complaints.push(text);
    if (text.includes("Content Security Policy")) complaints.push(text);
  });
}

/** What axe-core finds that is serious or worse, in words. */
export async function findBarriers(page: Page): Promise<string[]> {
  await page.evaluate(axe.source);
  return await page.evaluate<string[]>(`axe.run(document, { resultTypes: ["violations"] }).then(
    ({ violations }) => violations
      .filter(({ impact }) => impact === "serious" || impact === "critical")
      .map(({ id, nodes }) => id + ": " + nodes.map(({ html }) => html).join(" ")))`);
}

/** One main landmark, one first heading, and no level left out below it. */
export async function outlineFaults(page: Page): Promise<string[]> {
  const { mains, levels } = await page.evaluate<{ mains: number; levels: number[] }>(`({
    mains: document.querySelectorAll("main").length,
    levels: [...document.querySelectorAll("h1, h2, h3, h4, h5, h6")]
      .filter((heading) => heading.checkVisibility())
      .map((heading) => Number(heading.localName.slice(1))),
  })`);
  const jumps = levels.filter((level, index) => level > (levels[index - 1] ?? 0) + 1);
  return [
    ...(mains === 1 ? [] : [`${mains} main elements`]),
    ...(levels.filter((level) => level === 1).length === 1 ? [] : [`first headings in ${levels}`]),
    ...(jumps.length === 0 ? [] : [`levels left out in ${levels}`]),
  ];
}

/** Until the expression is true inside the page, whose policy lets nothing be compiled there. */
export async function waitUntil(page: Page, expression: string): Promise<void> {
  const deadline = AbortSignal.timeout(deadlineMs);
  while (!(await page.evaluate<boolean>(expression))) {
    if (deadline.aborted) throw new Error(`This did not come true: ${expression}`);
    await page.waitForTimeout(20);
  }
}

export async function waitForCharts(page: Page, range = "whole"): Promise<void> {
  for (const name of ["stages", "fps", "bitrate", "health", "rtt"]) {
    await page.waitForSelector(`.chart-${name}[data-state=drawn][data-range="${range}"]`);
  }
}

/** Until those are drawn that a person sees without scrolling. */
export async function waitForChartsInView(page: Page, range = "whole"): Promise<void> {
  await waitUntil(
    page,
    `(() => {
      const figures = [...document.querySelectorAll("capture-charts .chart")];
      const seen = figures.filter((figure) => {
        const { top, bottom, height } = figure.getBoundingClientRect();
        return height > 0 && bottom > 0 && top < innerHeight;
      });
      return seen.length > 0 && seen.every(
        ({ dataset }) => dataset.state === "drawn" && dataset.range === "${range}");
    })()`,
  );
}

/** The values of a line as drawn, by the labels beside the ends of the axis; times in microseconds. */
export async function readLine(page: Page, chart: string, name: string): Promise<number[]> {
  return await page.evaluate<number[]>(`(() => {
    const plot = document.querySelector('[data-chart="${chart}"]');
    const line = [...plot.querySelectorAll(".lines path")].find(
      (path) => path.getAttribute("data-line") === ${JSON.stringify(name)});
    const point = (1.5).toLocaleString(document.documentElement.dataset.tag)[1];
    const scale = plot.closest("figure").querySelector(".unit").textContent === "ms" ? 1000 : 1;
    const valueOf = (text) =>
      Number(text.split(point).map((part) => part.replaceAll(/[^0-9]/g, "")).join(".")) * scale;
    const labels = [...plot.querySelectorAll(".value-label")].map((label) => ({
      value: valueOf(label.textContent), y: Number(label.getAttribute("y")) }));
    const top = 0, ground = labels[0].y - labels.at(-1).y;
    const numbers = line.getAttribute("d").match(/-?[0-9.]+(e-?[0-9]+)?/g).map(Number);
    return numbers.filter((_, index) => index % 2 === 1)
      .map((y) => (ground - y) / (ground - top) * labels.at(-1).value);
  })()`);
}

/** How far the widest thing reaches out of the window, in pixels. */
export function overflowPx(page: Page): Promise<number> {
  return page.evaluate<number>("document.documentElement.scrollWidth - innerWidth");
}

/** Where pictures go when somebody wants to look at them. */
export async function picture(page: Page, name: string): Promise<void> {
  const folder = process.env.ONGLASS_PICTURES;
  if (folder !== undefined)
    await page.screenshot({ path: join(folder, `${name}.png`), fullPage: true });
}

/** The numbers of a line are those of the file: half a percent of the chart's height is a pixel or two. */
export function expectClose(drawn: readonly number[], saved: readonly number[]): void {
  expect(drawn).toHaveLength(saved.length);
  const top = Math.max(...saved);
  for (const [index, value] of saved.entries()) {
    expect(Math.abs((drawn[index] ?? Number.NaN) - value) / top).toBeLessThan(0.005);
  }
}

export function expectNoComplaint(complaints: readonly string[]): void {
  expect(complaints).toEqual([]);
}
