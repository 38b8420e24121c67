/** A Moonlight player from pairing to removal, in Chromium before a whole host that streams to it. */
import { afterAll, beforeAll, expect, test } from "bun:test";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { loadPlayerIdentity } from "../../src/base/identity.ts";
import type { Capture, CaptureMeta } from "../../src/model/capture.ts";
import { freeBasePort } from "../support/gamestream-client/host.ts";
import { HttpClient } from "../support/gamestream-client/http-client.ts";
import { Player } from "../support/gamestream-client/player.ts";
import { type RunningHost, startRunningHost } from "../support/running-host.ts";
import { tempDirectory } from "../support/temp-directory.ts";
import { until } from "../support/until.ts";
import { expectNoComplaint, openBrowser, openPage, picture, waitForCharts } from "./support.ts";

const testMs = 90_000;
const videoLoss = 0.02;
let browser: Browser;

beforeAll(async () => {
  browser = await openBrowser();
}, testMs);

afterAll(() => browser.close());

async function setUp() {
  await using parts = new AsyncDisposableStack();
  const directory = parts.use(await tempDirectory());
  const basePort = await freeBasePort();
  const flags = ["--gamestream-port", `${basePort}`];
  const host = parts.use(await startRunningHost(join(directory.path, "host"), { flags }));
  const identity = await loadPlayerIdentity(join(directory.path, "player"));
  const complaints: string[] = [];
  const page = await openPage(browser, complaints);
  parts.defer(() => page.context().close());
  const token = (await Bun.file(join(host.dataDirectory, "token")).text()).trim();
  await page.goto(`${host.consoleUrl}/sign-in#token=${token}`);
  await page.waitForURL(`${host.consoleUrl}/`);
  const http = new HttpClient(basePort, identity);
  const open = parts.move();
  return {
    host,
    page,
    http,
    basePort,
    complaints,
    [Symbol.asyncDispose]: () => open.disposeAsync(),
  };
}

/** The player shows a PIN; somebody types it. */
async function pairOn(page: Page, http: HttpClient): Promise<void> {
  await page.click("nav >> text=Sessions");
  const pairing = http.pair("4711");
  await page.locator("#waiting tbody tr", { hasText: "test player" }).waitFor();
  await picture(page, "moonlight-waiting");
  await page.fill("#waiting input[name=pin]", "4711");
  await page.click("#waiting button.primary");
  expect(await pairing).toBe("paired");
  await page.locator("#players tbody tr", { hasText: "test player" }).waitFor();
}

async function savedCapture(host: RunningHost): Promise<Capture> {
  const list = await host.call("GET", "/api/v1/stats/recordings");
  // Shapes of the host's own API.
  const [meta] = (await list.json()) as CaptureMeta[];
  const answer = await host.call("GET", `/api/v1/stats/recordings/${meta?.id}`);
  return (await answer.json()) as Capture;
}

/** What was reported of losses against what was thrown away, and every frame in its place. */
function expectTruth({ meta, samples }: Capture, player: Player): void {
  expect(meta).toMatchObject({
    kind: "gamestream",
    width: 640,
    height: 360,
    fps: 60,
    codec: "h264",
    client: "test player",
    sample_count: samples.length,
  });
  expect(meta.sessions).toHaveLength(1);
  const sum = (of: (sample: Capture["samples"][number]) => number) =>
    samples.reduce((total, sample) => total + of(sample), 0);
  const dropped = sum(({ packets_dropped }) => packets_dropped);
  expect(dropped).toBeGreaterThan(0);
  expect(dropped).toBeLessThanOrEqual(player.video.thrownCount);
  expect(sum(({ fec_recovered }) => fec_recovered)).toBeLessThanOrEqual(player.video.rebuiltCount);
  expect(sum(({ frame_count }) => frame_count ?? 0)).toBeWithin(50, player.frames.length + 30);
  for (const { stages, lower_bounds, gap_mean_us, total_mean_us } of samples) {
    expect(stages.map(({ name }) => name)).toEqual(["capture", "encode", "packetize", "send"]);
    expect(lower_bounds).toEqual(["packets_dropped", "fec_recovered", "frames_lost"]);
    const stagesUs = stages.reduce((total, { mean_us }) => total + (mean_us ?? 0), 0);
    expect(stagesUs + (gap_mean_us ?? 0)).toBeCloseTo(total_mean_us ?? 0, 3);
  }
}

/** Charts, table and head of the recording that is open. */
async function expectShown(page: Page): Promise<void> {
  await waitForCharts(page);
  const facts = (await page.textContent(".facts")) ?? "";
  for (const fact of ["GameStream", "640×360", "60", "H.264", "test player"]) {
    expect(facts).toContain(fact);
  }
  for (const name of ["packets lost on the network", "packets repaired"]) {
    const row = page.locator("#figures tr", { hasText: name });
    expect(await row.textContent()).toContain("≥");
  }
  expect(
    await page.locator("#figures tr", { hasText: "packets not sent" }).textContent(),
  ).not.toContain("≥");
  const plot = page.locator('[data-chart="health"] .lines');
  await plot.scrollIntoViewIfNeeded();
  const box = (await plot.boundingBox()) ?? { x: 0, y: 0, width: 0, height: 0 };
  await page.mouse.move(box.x + box.width / 3, box.y + box.height / 2);
  await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2, { steps: 4 });
  const tip = page.locator('[data-chart="health"] .tip');
  await tip.waitFor();
  expect(
    await tip.locator("span", { hasText: "packets lost on the network" }).first().textContent(),
  ).toContain("≥");
  await picture(page, "moonlight-recording");
}

test(
  "a player is paired by its PIN, plays, is recorded and reviewed, and removed while it plays",
  async () => {
    await using run = await setUp();
    const { host, page, http, basePort } = run;
    await pairOn(page, http);
    await page.click("nav >> text=Performance");
    await page.click("button.start");
    await page.waitForSelector("button.stop");
    using player = await Player.play({ basePort, http, videoLoss });
    await waitForCharts(page);
    await page.locator("sample-count", { hasText: /^[4-9]$/ }).waitFor({ timeout: 20_000 });
    await page.click("button.stop");
    await page.click(".notice.good a");
    expectTruth(await savedCapture(host), player);
    await expectShown(page);

    await page.click("nav >> text=Sessions");
    const row = page.locator("#sessions tbody tr", { hasText: "test player" });
    await row.locator("abbr", { hasText: "≥" }).waitFor();
    await picture(page, "moonlight-playing");
    await page.click("#players a.danger");
    await page.click("dialog button.danger");
    await page.locator("#sessions", { hasText: "No one is playing" }).waitFor();
    await until(() => player.terminated !== undefined, { what: "the player is notified" });
    expect(await page.locator("#players tbody tr").count()).toBe(0);
    expect((await http.secure("/applist")).status).toBe(401);
    expectNoComplaint(run.complaints);
  },
  testMs,
);

test(
  "a player that nobody knows is rejected",
  async () => {
    await using run = await setUp();
    const { page, http } = run;
    await page.click("nav >> text=Sessions");
    const pairing = http.pair("4711");
    await page.click("#waiting >> text=Reject");
    expect(await pairing).toBe("refused");
    await page.locator("#waiting .empty").waitFor();
    expect(await page.textContent("#pin-notice")).toContain("Rejected.");
    expectNoComplaint(run.complaints);
  },
  testMs,
);
