import { describe, expect, test } from "bun:test";
import { openOne, takeAll, turn, watching } from "../support/watching.ts";

describe("samples", () => {
  const open = async () => {
    const all = watching();
    const { encoder } = await openOne(all);
    void takeAll(all.watch("live/1.hang"));
    const push = async (isKey: boolean) => {
      encoder.push(isKey);
      await turn();
    };
    return { ...all, encoder, push };
  };

  test("come every second while a capture records, with the four stages", async () => {
    const all = await open();
    all.gate.open(3);
    await all.push(true);
    for (let index = 0; index < 4; index += 1) {
      all.scheduler.advanceMs(100);
      await all.push(false);
    }
    all.scheduler.advanceMs(1000);
    expect(all.registered).toEqual([
      {
        session_id: 1,
        kind: "moq",
        width: 1280,
        height: 720,
        fps: 60,
        codec: "h264",
        client: "1 viewer",
        viewers: 1,
      } as never,
    ]);
    const [first] = all.samples;
    expect(all.samples.length).toBe(1);
    expect(first).toMatchObject({ id: 1, captureNumber: 3 });
    expect(first?.sample.stages.map(({ name, p50_us }) => [name, p50_us])).toEqual([
      ["capture", 1000],
      ["submit", 2000],
      ["encode", 3000],
      ["send", 0],
    ]);
    expect(first?.sample).toMatchObject({
      frame_count: 5,
      fps: 5,
      window_us: 1_000_000,
      viewers: 1,
      viewer_skipped: 0,
      frames_dropped: 0,
      gap_mean_us: 1000,
      unmeasured: ["packets_dropped", "send_dropped", "fec_recovered", "rtt_us"],
    });
  });

  test("do not come while nothing records", async () => {
    const all = await open();
    await all.push(true);
    all.scheduler.advanceMs(3000);
    expect(all.samples).toEqual([]);
    expect(all.registered).toEqual([]);
  });

  test("are announced again in each capture, under the same id", async () => {
    const all = await open();
    for (const captureNumber of [1, 2]) {
      all.gate.open(captureNumber);
      await all.push(true);
      await all.push(false);
      all.scheduler.advanceMs(1000);
      all.gate.close();
      all.scheduler.advanceMs(1000);
    }
    expect(all.registered.map(({ session_id }) => session_id)).toEqual([1, 1]);
    expect(new Set(all.samples.map(({ captureNumber }) => captureNumber))).toEqual(new Set([1, 2]));
  });

  test("have what the viewers said", async () => {
    const all = await open();
    all.gate.open(1);
    await all.push(true);
    const report = (shown: number, dropped: number) =>
      new TextEncoder().encode(
        JSON.stringify({
          v: 1,
          frames: shown + dropped,
          bytes: 0,
          shown,
          dropped,
          stalls: 1,
          decode_queue: 0,
          age_p50_us: 30_000,
          age_p99_us: 40_000,
        }),
      );
    all.streams.report(7, report(100, 0));
    all.scheduler.advanceMs(500);
    all.streams.report(7, report(130, 2));
    all.streams.report(8, report(1000, 900));
    all.scheduler.advanceMs(500);
    expect(all.samples.at(-1)?.sample).toMatchObject({
      client_fps: 60,
      client_dropped: 2,
      client_stalls: 0,
      client_age_p50_us: 30_000,
      client_age_p99_us: 40_000,
    });
  });
});
