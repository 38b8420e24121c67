/**
 * How far sound and picture are apart for who watches, by a film that flashes and beeps each second:
 * when the canvas turns white, and when the beep's first sample is given to the sound card. Beside it
 * stands what the page itself says.
 */
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { openBrowser, openConsole } from "../browser/support.ts";
import { readReport } from "../browser/watching.ts";
import { percentile, type Row } from "../support/measure.ts";
import { command } from "../support/programs.ts";
import { tempDirectory } from "../support/temp-directory.ts";

const settleMs = 15_000;
/** Longer than this apart they belong to different seconds. */
const apartMsMax = 450;

export async function benchFlash(seconds = 30): Promise<Row[]> {
  await using browser = await openBrowser();
  await using directory = await tempDirectory();
  const film = join(directory.path, "film.mkv");
  await makeFilm(film);
  const { offsetsMs, saidMs } = await measure(browser, film, seconds);
  const farthest = Math.max(...offsetsMs.map(Math.abs));
  return [
    {
      what: "beep later than its flash, 360p30",
      reach: "within 40 ms",
      measured: `p50 ${percentile(offsetsMs, 0.5).toFixed(0)} ms, farthest ${farthest.toFixed(0)} ms, of ${offsetsMs.length}; the page says ${percentile(saidMs, 0.5).toFixed(0)} ms`,
    },
  ];
}

async function makeFilm(path: string): Promise<void> {
  const flash = "drawbox=color=white:thickness=fill:enable='lt(mod(t,1),0.1)'";
  const picture = `color=black:size=640x360:rate=30:duration=20,${flash}`;
  const beep = "aevalsrc='0.4*sin(2*PI*1000*t)*lt(mod(t,1),0.1)':s=48000:d=20";
  const inputs = ["-f", "lavfi", "-i", picture, "-f", "lavfi", "-i", beep];
  await command("ffmpeg", "-v", "error", ...inputs, "-c:v", "mjpeg", "-c:a", "pcm_s16le", path);
}

async function measure(browser: Browser, film: string, seconds: number) {
  await using console = await openConsole(browser);
  const page = await console.signIn();
  await page.addInitScript(tap);
  const { streams } = console.host.watching;
  const mode = { width: 640, height: 360, fps: 30, bitrate_kbps: 2000 };
  const { session_id } = await streams.open({ source: `file:${film}`, ...mode });
  await page.goto(`${console.url}/watch/${session_id}`);
  await page.click("[data-part=sound-button]");
  await page.waitForTimeout(settleMs);
  const saidMs: number[] = [];
  const timer = setInterval(() => void say(page, saidMs), 1000);
  const { flashes, beeps } = await page.evaluate<Record<"flashes" | "beeps", number[]>>(
    `globalThis.follow(${seconds * 1000})`,
  );
  clearInterval(timer);
  const nearest = (atMs: number) =>
    beeps.map((beepMs) => beepMs - atMs).sort((a, b) => Math.abs(a) - Math.abs(b))[0];
  const offsetsMs = flashes
    .flatMap((atMs) => nearest(atMs) ?? [])
    .filter((ms) => Math.abs(ms) < apartMsMax);
  return { offsetsMs, saidMs };
}

async function say(page: Page, saidMs: number[]): Promise<void> {
  const report = await readReport(page).catch(() => undefined);
  if (report?.sound_offset_us !== undefined) saidMs.push(report.sound_offset_us / 1000);
}

/** Runs in the page: what goes to the sound card also goes through an analyser. */
const tap = `(() => {
  const connect = AudioNode.prototype.connect;
  let analyser;
  AudioNode.prototype.connect = function (target, ...rest) {
    if (target instanceof AudioDestinationNode) {
      analyser = new AnalyserNode(this.context, { fftSize: 2048 });
      connect.call(this, analyser);
    }
    return connect.call(this, target, ...rest);
  };
  const samples = new Float32Array(2048);
  const beepMs = () => {
    const { context } = analyser;
    analyser.getFloatTimeDomainData(samples);
    const first = samples.findIndex((value) => Math.abs(value) > 0.02);
    if (first <= 0) return undefined;
    const seconds = context.currentTime - (samples.length - first) / context.sampleRate;
    const { contextTime, performanceTime } = context.getOutputTimestamp();
    return performanceTime + (seconds - contextTime) * 1000;
  };
  const pixel = new OffscreenCanvas(1, 1).getContext("2d", { willReadFrequently: true });
  const isWhite = () => {
    pixel.drawImage(document.querySelector("watch-player canvas"), 300, 150, 1, 1, 0, 0, 1, 1);
    return pixel.getImageData(0, 0, 1, 1).data[1] > 128;
  };
  globalThis.follow = (ms) => new Promise((resolve) => {
    const flashes = [], beeps = [];
    let wasWhite = true;
    const player = document.querySelector("watch-player");
    const look = () => {
      const white = isWhite();
      if (white && !wasWhite) flashes.push(performance.now());
      wasWhite = white;
    };
    player.addEventListener("picture-shown", look);
    const timer = setInterval(() => {
      const atMs = beepMs();
      if (atMs !== undefined && !(atMs - beeps.at(-1) < 500)) beeps.push(atMs);
    }, 10);
    setTimeout(() => {
      clearInterval(timer);
      player.removeEventListener("picture-shown", look);
      resolve({ flashes, beeps });
    }, ms);
  });
})()`;
