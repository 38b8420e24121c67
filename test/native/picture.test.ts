/** A real stream whose cable carries far too little for its picture, between two network namespaces. */
import { expect, test } from "bun:test";
import { isRoot, NetworkRun } from "../support/network-run.ts";

const deadlineMs = 40_000;

type Shown = { readonly width: number; readonly height: number; readonly fps: number };

/** As soon as it holds, or what it was in the end. */
async function pictureWhen(run: NetworkRun, holds: (shown: Shown) => boolean): Promise<Shown> {
  const end = Date.now() + deadlineMs;
  for (;;) {
    const [shown]: Shown[] = JSON.parse(await run.call("GET", "sessions"));
    if (shown === undefined) throw new Error(await run.call("GET", "timeline/events"));
    if (holds(shown) || Date.now() > end) return shown;
    await Bun.sleep(200);
  }
}

test.if(isRoot)(
  "a cable that cannot carry the picture lowers its rate, then its size; both come back with the cable",
  async () => {
    const play = ["--width", "1280", "--height", "720", "--bitrate-kbps", "8000"];
    await using run = await NetworkRun.start({ play });
    await run.machines.shape(400, 20_000);
    const lowered = await pictureWhen(run, ({ width, fps }) => width < 1280 && fps === 30);
    expect(lowered.fps).toBe(30);
    expect(lowered.width).toBeLessThan(1280);
    await run.machines.unshape();
    const back = await pictureWhen(run, ({ width, fps }) => width === 1280 && fps === 60);
    expect(back).toMatchObject({ width: 1280, height: 720, fps: 60 });
    const timeline = await run.call("GET", "timeline/events");
    expect(timeline).toContain('"reason_code":"picture_lowered"');
    expect(timeline).toContain('"reason_code":"picture_raised"');
    expect((await run.summary()).frames).toBeGreaterThan(100);
  },
  150_000,
);
