/** How old pictures are on the glass of one viewer, by the player's own account: `bun test/bench/watch.ts [seconds]`. */
import type { ViewerReport } from "../../src/model/watch.ts";
import { openBrowser, openConsole } from "../browser/support.ts";

const seconds = Number(process.argv[2] ?? 15);
const browser = await openBrowser();
const host = await openConsole(browser);
const page = await host.signIn();
await page.goto(`${host.url}/watch`);
await page.click("main button.primary");
await page.waitForURL(/\/watch\/\d+$/);
await page.waitForTimeout(5000);
const first = await report();
const p50s: number[] = [];
const p99s: number[] = [];
for (let second = 0; second < seconds; second += 1) {
  await page.waitForTimeout(1000);
  const { age_p50_us = 0, age_p99_us = 0 } = await report();
  p50s.push(age_p50_us / 1000);
  p99s.push(age_p99_us / 1000);
}
const last = await report();
const rate = (last.shown - first.shown) / seconds;
const median = (values: number[]) =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];
process.stdout.write(
  `720p60, one viewer on loopback: median of the seconds' p50 ${median(p50s)?.toFixed(1)} ms, of their p99 ${median(p99s)?.toFixed(1)} ms, worst p99 ${Math.max(...p99s).toFixed(1)} ms; ${rate.toFixed(1)} shown a second, ${last.stalls} stalls\n`,
);
await host[Symbol.asyncDispose]();
await browser.close();

async function report(): Promise<ViewerReport> {
  return JSON.parse((await page.getAttribute("watch-player", "data-report")) ?? "{}");
}
