/** A real stream over a cable that carries less for a while, between two network namespaces. */
import { expect, test } from "bun:test";
import { isRoot, NetworkRun } from "../support/network-run.ts";

const deadlineMs = 20_000;

type Shown = { readonly bitrate_kbps: number };

async function bitrateOf(run: NetworkRun): Promise<number> {
  const [session]: Shown[] = JSON.parse(await run.call("GET", "sessions"));
  return session?.bitrate_kbps ?? 0;
}

/** As soon as it holds, or what it was in the end. */
async function bitrateWhen(run: NetworkRun, holds: (kbps: number) => boolean): Promise<number> {
  const end = Date.now() + deadlineMs;
  let kbps = await bitrateOf(run);
  while (!holds(kbps) && Date.now() < end) {
    await Bun.sleep(100);
    kbps = await bitrateOf(run);
  }
  return kbps;
}

test.if(isRoot)(
  "a cable cut to 1.5 Mbit/s lowers the bitrate below that, and gets it back afterwards",
  async () => {
    await using run = await NetworkRun.start();
    expect(await bitrateOf(run)).toBe(4000);
    await run.machines.shape(1500, 20_000);
    expect(await bitrateWhen(run, (kbps) => kbps < 1500)).toBeLessThan(1500);
    await run.machines.unshape();
    expect(await bitrateWhen(run, (kbps) => kbps === 4000)).toBe(4000);
    const timeline = await run.call("GET", "timeline/events");
    expect(timeline).toContain('"by":"link"');
  },
  90_000,
);

test.if(isRoot)(
  "an operator who wants it to stay keeps the bitrate, whatever the cable carries",
  async () => {
    await using run = await NetworkRun.start();
    await run.call("PATCH", "settings", { bitrate_follows_link: false });
    await run.machines.shape(1500, 20_000);
    await run.samples((await run.samples(0)).length + 2);
    expect(await bitrateOf(run)).toBe(4000);
  },
  90_000,
);
