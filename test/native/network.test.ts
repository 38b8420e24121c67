/** Host and player as two machines; the truth about loss is the kernel's own counter. Needs root. */
import { expect, test } from "bun:test";
import type { StageName, StatsSample } from "../../src/model/capture.ts";
import type { Settings } from "../../src/model/settings.ts";
import { faultsOf, type LossResult, lossPercents } from "../prove/loss.ts";
import { isRoot, NetworkRun, sumOf } from "../support/network-run.ts";
import { shrinkSendBuffer } from "../support/send-buffer.ts";

const stageOf = (sample: StatsSample | undefined, name: StageName) =>
  sample?.stages.find((stage) => stage.name === name)?.p50_us ?? Number.NaN;

test.skipIf(!isRoot)(
  "what the kernel lost is what samples and player count, at 0, 1, 5 and 10 per cent",
  async () => {
    await using run = await NetworkRun.start();
    const results: Omit<LossResult, "frames" | "packetsReceived">[] = [];
    for (const percent of lossPercents) {
      const { lostCount, samples } = await run.lose(percent, percent === 0 ? 0.1 : 2);
      results.push({
        percent,
        seconds: 2,
        lostCount,
        packetsDropped: sumOf(samples, "packets_dropped"),
        sendDropped: sumOf(samples, "send_dropped"),
        fecRecovered: sumOf(samples, "fec_recovered"),
        framesLost: sumOf(samples, "frames_lost"),
        framesDropped: sumOf(samples, "frames_dropped"),
      });
    }
    const all = await run.samples(0);
    const summary = await run.summary();
    const total = (field: keyof (typeof results)[number]) =>
      results.reduce((sum, result) => sum + result[field], 0);
    expect(
      results.flatMap((result) => faultsOf({ ...result, frames: 0, packetsReceived: 0 })),
    ).toEqual([]);
    expect(summary.packets_lost).toBeWithin(total("lostCount") - 3, total("lostCount") + 4);
    expect(summary.fec_recovered).toBe(sumOf(all, "fec_recovered"));
    expect(summary.frames_lost).toBe(sumOf(all, "frames_lost"));
  },
  120_000,
);

test.skipIf(!isRoot)(
  "what a full send buffer refuses is counted as refused, not as lost",
  async () => {
    await using run = await NetworkRun.start();
    await run.call("PATCH", "settings", { bitrate_follows_link: false });
    await shrinkSendBuffer(run.hostPid, run.port);
    const before = (await run.samples(0)).length;
    await run.machines.shape(3000, 1_000_000);
    const samples = await run.samples(before + 3);
    expect(sumOf(samples.slice(0, before), "send_dropped")).toBe(0);
    expect(sumOf(samples.slice(before), "send_dropped")).toBeGreaterThan(0);
    expect(sumOf(samples, "packets_dropped")).toBe(0);
  },
  60_000,
);

test.skipIf(!isRoot)(
  "a link slower than the stream shows in what names the link, not the encoder",
  async () => {
    await using run = await NetworkRun.start();
    await run.call("PATCH", "settings", { bitrate_follows_link: false });
    const [clean] = await run.samples(1);
    await run.machines.shape(2000, 1_000_000);
    const samples = await run.samples((await run.samples(0)).length + 3);
    const slow = samples.at(-1);
    expect(sumOf(samples, "packets_dropped")).toBe(0);
    expect(slow?.send_dropped).toBeGreaterThan(0);
    expect(stageOf(slow, "send")).toBeGreaterThan(stageOf(clean, "send") * 3);
    expect(stageOf(slow, "send")).toBeGreaterThan(10_000);
    expect(stageOf(slow, "encode")).toBeLessThan(stageOf(clean, "encode") * 3 + 2000);
    expect(stageOf(slow, "capture")).toBeLessThan(stageOf(clean, "capture") * 3 + 2000);
    expect(slow?.mbps).toBeLessThan(2);
  },
  60_000,
);

test.skipIf(!isRoot)(
  "settings changed over HTTP reach a running player, and are recorded in the timeline",
  async () => {
    await using run = await NetworkRun.start();
    const before: Settings = JSON.parse(await run.call("GET", "settings"));
    const change = { bitrate_kbps: 1000, fps_cap: 30 };
    const answer: Settings = JSON.parse(await run.call("PATCH", "settings", change));
    expect(answer).toEqual({ ...before, ...change, revision: 1 });
    const samples = await run.samples((await run.samples(0)).length + 2);
    expect(samples.at(-1)).toMatchObject({ bitrate_kbps: 1000, frames_lost: 0 });
    expect(samples.at(-1)?.mbps).toBeLessThan(1.3);
    // A busy machine misses some of them.
    expect((samples.at(-1)?.fps ?? 0) + (samples.at(-1)?.missed_slots ?? 0)).toBeWithin(27, 33);
    const timeline = await run.call("GET", "timeline/events");
    expect(timeline).toContain("settings.bitrate_kbps");
    expect((await run.summary()).frames_lost).toBe(0);
  },
  60_000,
);
