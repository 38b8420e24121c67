/** What tests do to hear a page: its sound goes through an analyser on its way to the sound card. */
import type { Page } from "playwright-core";
import { peakOf } from "../support/frequency.ts";

/** For a page, before it opens: everything that it gives to the sound card also goes through an analyser. */
export const tap = `(() => {
  const connect = AudioNode.prototype.connect;
  globalThis.taps = [];
  AudioNode.prototype.connect = function (target, ...rest) {
    if (target instanceof AudioDestinationNode) {
      const analyser = new AnalyserNode(this.context, { fftSize: 2048 });
      connect.call(this, analyser);
      globalThis.taps.push(analyser);
    }
    return connect.call(this, target, ...rest);
  };
})()`;

/** The last 43 ms, as the page's first audio context gives it to the sound card, after so long a task of the page. */
async function hear(page: Page, { busyMs = 0 } = {}): Promise<number[]> {
  return await page.evaluate<number[]>(`(() => {
    for (const end = performance.now() + ${busyMs}; performance.now() < end; );
    const samples = new Float32Array(2048);
    globalThis.taps.at(-1)?.getFloatTimeDomainData(samples);
    return [...samples];
  })()`);
}

/** As soon as the whole of it is one tone: a busy machine may have let the sound run out in it. */
export async function hearTone(page: Page, { busyMs = 0 } = {}): Promise<number[]> {
  const end = Date.now() + 30_000;
  for (;;) {
    const heard = await hear(page, { busyMs });
    if (isOneTone(heard)) return heard;
    if (Date.now() > end) throw new Error("no tone was heard in time");
    await page.waitForTimeout(50);
  }
}

/** Loud enough, and each period is as long as the others. */
function isOneTone(samples: readonly number[]): boolean {
  const isRising = (at: number) => (samples[at - 1] ?? 0) < 0 && (samples[at] ?? 0) >= 0;
  const crossings = samples.map((_, at) => at).filter(isRising);
  const periods = crossings.slice(1).map((at, index) => at - (crossings[index] ?? 0));
  const isEven = Math.max(...periods) - Math.min(...periods) <= 3;
  return peakOf(samples) > 0.01 && periods.length >= 10 && isEven;
}
