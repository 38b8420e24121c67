/**
 * How old pictures are on the glass of one viewer, 720p60 on loopback, and beside it what this machine
 * and browser can do at all: a page of thirty lines that decodes the same encoder's frames and draws
 * them, with no player, no MoQ and no console. What both share is the machine's.
 */
import type { Browser, Page } from "playwright-core";
import { systemClock } from "../../src/base/clock.ts";
import { Gate } from "../../src/base/gate.ts";
import { openStream, type SharedFrame } from "../../src/video/stream.ts";
import { openBrowser, openConsole } from "../browser/support.ts";
import { percentile, type Row } from "../support/measure.ts";

const warmUpMs = 5000;
const mode = { source: "testsrc", width: 1280, height: 720, fps: 60, codec: "h264" } as const;
const clock = systemClock();

/** What a page kept: ages on the host's clock, and when each picture was drawn. */
type Seen = { readonly agesMs: number[]; readonly drawnMs: number[] };

export async function benchGlass(seconds = 20): Promise<Row[]> {
  await using browser = await openBrowser();
  const player = await measurePlayer(browser, seconds);
  const floor = await measureFloor(browser, seconds);
  return [
    row("Watch page: encoder to canvas", player, "p50 <= 50 ms, p99 <= 90 ms"),
    row("bare decoder page, same encoder and browser", floor, "the machine's floor"),
  ];
}

export function row(what: string, { agesMs, drawnMs }: Seen, reach: string): Row {
  const gaps = drawnMs.slice(1).map((atMs, index) => atMs - (drawnMs[index] ?? atMs));
  const seconds = ((drawnMs.at(-1) ?? 0) - (drawnMs[0] ?? 0)) / 1000;
  const age = (share: number) => `p${share * 100} ${percentile(agesMs, share).toFixed(1)}`;
  return {
    what: `${what}, 720p60`,
    reach,
    measured: `${age(0.5)}, ${age(0.99)} ms; ${((drawnMs.length - 1) / seconds).toFixed(1)} fps, longest gap ${Math.max(0, ...gaps).toFixed(0)} ms`,
  };
}

/**
 * The real page; the player reports each picture right after it has drawn it.
 * @param prepare what is done on the page before it is measured
 */
export async function measurePlayer(
  browser: Browser,
  seconds: number,
  prepare: (page: Page) => Promise<void> = () => Promise.resolve(),
): Promise<Seen> {
  await using console = await openConsole(browser);
  const page = await console.signIn();
  await page.goto(`${console.url}/watch`);
  await page.click("main button.primary");
  await page.waitForURL(/\/watch\/\d+$/);
  await page.waitForSelector("watch-player moq-watch", { state: "attached" });
  await prepare(page);
  await page.waitForSelector("watch-player moq-watch", { state: "attached" });
  const seen = await collect(
    page,
    seconds,
    `(keep) => {
    document.querySelector("watch-player")
      .addEventListener("picture-shown", ({ detail }) => keep(detail.timeUs / 1000));
  }`,
  );
  return seen;
}

async function measureFloor(browser: Browser, seconds: number): Promise<Seen> {
  const gate = new Gate().memory;
  await using stream = await openStream({ ...mode, bitrateKbps: 5000 }, { gate });
  using server = serveBarePage();
  using _frames = stream.subscribe({
    onFrame: (frame) => {
      server.send(frame);
      frame.release();
    },
    onEnd: () => undefined,
  });
  const page = await (await browser.newContext()).newPage();
  await page.goto(server.url);
  await page.evaluate("opened");
  stream.requestIdr();
  const seen = await collect(page, seconds, "(keep) => { onDrawn = keep; }");
  await page.context().close();
  return seen;
}

/** `follow` is run in the page and calls its argument with the capture time, in ms, of each picture. */
async function collect(page: Page, seconds: number, follow: string): Promise<Seen> {
  await page.waitForTimeout(warmUpMs);
  const offsetMs = await offsetOf(page);
  const [agesMs, drawnMs] = await page.evaluate<[number[], number[]]>(`new Promise((resolve) => {
    const ages = [], drawn = [];
    (${follow})((capturedMs) => {
      ages.push(performance.now() + ${offsetMs} - capturedMs);
      drawn.push(performance.now());
    });
    setTimeout(() => resolve([ages, drawn]), ${seconds * 1000});
  })`);
  return { agesMs, drawnMs };
}

/** To be added to the page's clock: by the shortest of some round trips into the page. */
async function offsetOf(page: Page): Promise<number> {
  let best = { tripMs: Number.POSITIVE_INFINITY, offsetMs: 0 };
  for (let trip = 0; trip < 50; trip += 1) {
    const startMs = clock.nowUs() / 1000;
    const pageMs = await page.evaluate<number>("performance.now()");
    const endMs = clock.nowUs() / 1000;
    const tripMs = endMs - startMs;
    if (tripMs < best.tripMs) best = { tripMs, offsetMs: (startMs + endMs) / 2 - pageMs };
  }
  return best.offsetMs;
}

/** Each message: capture time in ms, 1 for a key frame, the access unit. */
function serveBarePage() {
  const server = Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    fetch: (request, self): Response | undefined =>
      self.upgrade(request)
        ? undefined
        : new Response(barePage, { headers: { "content-type": "text/html" } }),
    websocket: { open: (socket) => void socket.subscribe("frames"), message: () => undefined },
  });
  return {
    url: `http://127.0.0.1:${server.port}/`,
    send: (frame: SharedFrame) => {
      const message = new Uint8Array(9 + frame.byteCount);
      const head = new DataView(message.buffer);
      head.setFloat64(0, frame.captureStartUs / 1000);
      head.setUint8(8, frame.isKey ? 1 : 0);
      message.set(new Uint8Array(frame.buffer, 0, frame.byteCount), 9);
      server.publish("frames", message);
    },
    [Symbol.dispose]: () => void server.stop(true),
  };
}

const barePage = `<!doctype html><canvas width="1280" height="720"></canvas><script>
let onDrawn = () => {}, hasKey = false, newest;
const context = document.querySelector("canvas").getContext("2d");
const draw = () => {
  context.drawImage(newest, 0, 0);
  onDrawn(newest.timestamp / 1000);
  newest.close();
  newest = undefined;
};
const decoder = new VideoDecoder({
  output: (frame) => {
    if (newest === undefined) requestAnimationFrame(draw);
    newest?.close();
    newest = frame;
  },
  error: (error) => { throw error; },
});
decoder.configure({ codec: "avc1.640034", optimizeForLatency: true });
const socket = new WebSocket(location.href.replace("http", "ws"));
socket.binaryType = "arraybuffer";
const opened = new Promise((resolve) => { socket.onopen = () => resolve(0); });
socket.onmessage = ({ data }) => {
  const head = new DataView(data);
  const isKey = head.getUint8(8) === 1;
  hasKey ||= isKey;
  if (!hasKey) return;
  const timestamp = Math.round(head.getFloat64(0) * 1000);
  const type = isKey ? "key" : "delta";
  decoder.decode(new EncodedVideoChunk({ type, timestamp, data: new Uint8Array(data, 9) }));
};
</script>`;
