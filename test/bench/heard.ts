/**
 * The Watch page with its sound on, 720p60 on loopback: how old pictures are then, how far what is
 * heard is from them, how often it ran out, and what the page weighs. Ten minutes where dropouts are
 * what is asked for.
 */
import type { Page } from "playwright-core";
import type { ViewerReport } from "../../src/model/watch.ts";
import { openBrowser } from "../browser/support.ts";
import { readReport } from "../browser/watching.ts";
import { percentile, type Row } from "../support/measure.ts";
import { measurePlayer, row } from "./glass.ts";

/** Sound finds its place within so long. */
const settleMs = 15_000;

export async function benchHeard(seconds = 60): Promise<Row[]> {
  await using browser = await openBrowser();
  const reports: ViewerReport[] = [];
  let kilobytes = 0;
  const seen = await measurePlayer(browser, seconds, async (page) => {
    kilobytes = (await weigh(page)) / 1024;
    await page.click("[data-part=sound-button]");
    await page.waitForTimeout(settleMs);
    void follow(page, reports);
  });
  const offsets = reports.flatMap(({ sound_offset_us: us }) => us ?? []).map((us) => us / 1000);
  const [first, last] = [reports[0], reports.at(-1)];
  const emptyCount = (last?.sound_empty ?? 0) - (first?.sound_empty ?? 0);
  const playedSeconds = ((last?.sound_ms ?? 0) - (first?.sound_ms ?? 0)) / 1000;
  const worst = Math.max(...offsets.map(Math.abs));
  return [
    row("Watch page with sound: encoder to canvas", seen, "p50 <= 20 ms, p99 <= 33 ms"),
    {
      what: "sound later than its picture",
      reach: "within 40 ms",
      measured: `p50 ${percentile(offsets, 0.5).toFixed(0)} ms, farthest ${worst.toFixed(0)} ms`,
    },
    {
      what: "sound that ran out",
      reach: "0 in ten minutes",
      measured: `${emptyCount} times in ${playedSeconds.toFixed(0)} s`,
    },
    {
      what: "page of a stream, over the wire, empty cache",
      reach: "<= 300 KB",
      measured: `${kilobytes.toFixed(0)} KB`,
    },
  ];
}

/** A report a second, until the page is closed. */
async function follow(page: Page, reports: ViewerReport[]): Promise<void> {
  while (!page.isClosed()) {
    const report = await readReport(page).catch(() => undefined);
    if (report?.sound_offset_us !== undefined) reports.push(report);
    await page.waitForTimeout(1000).catch(() => undefined);
  }
}

/** What is loaded with the page, its scripts and style included; not the stream. */
async function weigh(page: Page): Promise<number> {
  const session = await page.context().newCDPSession(page);
  await session.send("Network.enable");
  await session.send("Network.clearBrowserCache");
  let byteCount = 0;
  session.on("Network.loadingFinished", ({ encodedDataLength }) => {
    byteCount += encodedDataLength;
  });
  await page.reload({ waitUntil: "load" });
  await page.waitForSelector("[data-part=sound]:visible");
  return byteCount;
}
