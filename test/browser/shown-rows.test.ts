/** When a browser showed each frame, as its rows say it, held against what is seen on its canvas. */
import { expect, test } from "bun:test";
import { join } from "node:path";
import { systemClock } from "../../src/base/clock.ts";
import type { FramesPage } from "../../src/model/frames-page.ts";
import { startRunningHost } from "../support/running-host.ts";
import { tempDirectory } from "../support/temp-directory.ts";
import { openBrowser, openPage } from "./support.ts";
import { readPicture, startWatching, waitForPicture } from "./watching.ts";

const clock = systemClock();
/** A page knows the host's clock to half of a request's round trip. */
const clockErrorUs = 100_000;
const pictureCount = 12;

type Seen = { readonly captureUs: number; readonly fromUs: number; readonly toUs: number };
type Row = Readonly<
  Record<"due_us" | "wait_us" | "complete_us" | "decode_us" | "shown_us", number>
>;

test("the time that is drawn into the picture on the canvas is that of a row that was shown by then", async () => {
  await using directory = await tempDirectory();
  await using host = await startRunningHost(directory.path);
  await using chromium = await openOwn();
  const page = await openPage(chromium.browser, []);
  const token = (await Bun.file(join(directory.path, "token")).text()).trim();
  await page.goto(`${host.consoleUrl}/sign-in#token=${token}`);
  await page.waitForURL(`${host.consoleUrl}/`);
  const id = await startWatching(page, host.consoleUrl);
  await waitForPicture(page);
  const seen: Seen[] = [];
  while (seen.length < pictureCount) {
    const fromUs = clock.nowUs();
    const picture = await readPicture(page);
    const captureUs = picture?.captureStartUs ?? 0;
    if (captureUs > (seen.at(-1)?.captureUs ?? 0))
      seen.push({ captureUs, fromUs, toUs: clock.nowUs() });
    await page.waitForTimeout(100);
  }
  // What the page reports of the last of them is on its way, then final.
  await page.waitForTimeout(4000);
  const answer = await host.call("GET", `/api/v1/history/${id}/frames`);
  const rows = rowsOf((await answer.json()) as FramesPage);
  const zeroUs = zeroOf(rows, seen);
  const shownUs = (row: Row) => zeroUs + row.due_us + row.shown_us;
  const wasShown = ({ shown_us }: Row) => shown_us > 0;
  let shownCount = 0;
  for (const { captureUs, fromUs, toUs } of seen) {
    const place = rows.findIndex(({ due_us, wait_us }) => zeroUs + due_us + wait_us === captureUs);
    const row = rows.slice(place, place + 1).find(wasShown);
    const next = rows.slice(place + 1).find(wasShown);
    if (row === undefined) continue;
    shownCount += 1;
    expect(shownUs(row)).toBeLessThan(toUs + clockErrorUs);
    if (next !== undefined) expect(shownUs(next)).toBeGreaterThan(fromUs - clockErrorUs);
  }
  // A machine so busy that a report takes two seconds leaves frames without one.
  expect(shownCount).toBeGreaterThan(0);
  const decoded = rows.filter((row) => row.decode_us > 0 && wasShown(row));
  expect(decoded.length).toBeGreaterThan(0);
  for (const { complete_us, decode_us, shown_us } of decoded) {
    expect(complete_us).toBeLessThanOrEqual(decode_us);
    expect(decode_us).toBeLessThanOrEqual(shown_us);
  }
}, 90_000);

async function openOwn() {
  const browser = await openBrowser();
  return { browser, [Symbol.asyncDispose]: () => browser.close() };
}

function rowsOf({ columns, count }: FramesPage): Row[] {
  const of = (name: keyof Row, row: number) => Number(columns[name]?.[row] ?? Number.NaN);
  return Array.from({ length: count }, (_, row) => ({
    due_us: of("due_us", row),
    wait_us: of("wait_us", row),
    complete_us: of("complete_us", row),
    decode_us: of("decode_us", row),
    shown_us: of("shown_us", row),
  }));
}

/** When the rows' time begins: the one moment by which every picture that was seen has a row. */
function zeroOf(rows: readonly Row[], seen: readonly Seen[]): number {
  const starts = new Set(rows.map(({ due_us, wait_us }) => due_us + wait_us));
  const [first] = seen;
  const zeros = [...starts]
    .map((startUs) => (first?.captureUs ?? 0) - startUs)
    .filter((zeroUs) => seen.every(({ captureUs }) => starts.has(captureUs - zeroUs)));
  expect(zeros).toHaveLength(1);
  return zeros[0] ?? 0;
}
