/**
 * From a click to its picture, part by part, as the Watch page measures it, 720p60 on loopback: the test
 * picture, and a window on an X display. The first part is the input’s way from the page to the host.
 */
import { openBrowser, openConsole } from "../browser/support.ts";
import { percentile, type Row } from "../support/measure.ts";
import { openScreen } from "../support/x-screen.ts";

const warmUpMs = 5000;
const measureMsMax = 120_000;

type Clicks = readonly (readonly number[])[];

export async function benchClick(): Promise<Row[]> {
  await using screen = await openScreen();
  const [picture, window] = [await clicksOn("testsrc"), await clicksOn(`x11:${screen.name}`)];
  const [marks, presses] = [rowsOf(picture), rowsOf(window)];
  return [
    ...marks,
    ...presses.map(({ what, ...row }) => ({ what: `window on X: ${what}`, ...row })),
  ];
}

async function clicksOn(source: string): Promise<Clicks> {
  await using browser = await openBrowser();
  await using console = await openConsole(browser);
  const page = await console.signIn();
  await page.goto(`${console.url}/watch`);
  await page.fill("input[name=source]", source);
  await page.click("main button.primary");
  await page.waitForURL(/\/watch\/\d+$/);
  await page.waitForTimeout(warmUpMs);
  await page.click("click-meter button");
  await page.waitForSelector("click-meter[data-state=done]", { timeout: measureMsMax });
  const text = (await page.getAttribute("click-meter", "data-clicks")) ?? "[]";
  return JSON.parse(text) as Clicks;
}

function rowsOf(clicks: Clicks): Row[] {
  const part = (from: number, to: number) =>
    clicks.map((steps) => ((steps[to] ?? 0) - (steps[from] ?? 0)) / 1000);
  const whole = part(0, 4);
  const sums = clicks.map((_, at) =>
    [0, 1, 2, 3].reduce((sum, step) => sum + (part(step, step + 1)[at] ?? 0), 0),
  );
  const gap = Math.max(0, ...sums.map((sum, at) => Math.abs(sum - (whole[at] ?? 0))));
  const row = (what: string, values: number[], reach: string): Row => ({
    ...{ what, reach },
    measured: `p50 ${percentile(values, 0.5).toFixed(1)}, p99 ${percentile(values, 0.99).toFixed(1)} ms`,
  });
  return [
    row("input in the page to the host", part(0, 1), "p50 <= 4 ms"),
    row("until capture", part(1, 2), "half a frame and the source's own"),
    row("capture and encoding", part(2, 3), ""),
    row("until it is seen in the canvas", part(3, 4), ""),
    row(`click to its picture, ${clicks.length} clicks`, whole, "p50 <= 50 ms"),
    { what: "parts against the whole", reach: "within 1 ms", measured: `${gap.toFixed(3)} ms` },
  ];
}
