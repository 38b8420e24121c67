import { describe, expect, test } from "bun:test";
import { ending } from "../../src/model/ending.ts";
import { reason } from "../../src/model/reason.ts";
import { settingsDefault } from "../../src/model/settings.ts";
import { lingerMs } from "../../src/moq/linger.ts";
import { streamCountMax } from "../../src/moq/streams.ts";
import { farewellMs } from "../../src/moq/video-broadcast.ts";
import { keyUnit } from "../support/fake-stream.ts";
import { openOne, turn, watching } from "../support/watching.ts";

describe("asking for a stream", () => {
  test("gives sensible values to what is left open", async () => {
    const all = watching();
    const { stream } = await openOne(all);
    expect(stream).toEqual({
      session_id: 1,
      broadcast: "live/1.hang",
      source: "testsrc",
      width: 1280,
      height: 720,
      fps: 60,
      codec: "h264",
      encoder: "fake",
      bitrate_kbps: 5000,
      started_unix_ms: all.clock.wallMs(),
      viewers: 0,
      listeners: 0,
      frames: 0,
      bytes: 0,
      skipped: 0,
    });
    expect(all.announced.has("live/1.hang")).toBe(true);
  });

  test("that runs already gives the same one", async () => {
    const all = watching();
    const [first, second] = await Promise.all([all.streams.open({}), all.streams.open({})]);
    const third = await all.streams.open({ width: 1280 });
    expect([second.session_id, third.session_id]).toEqual([first.session_id, first.session_id]);
    expect((await all.streams.open({ fps: 30 })).session_id).not.toBe(first.session_id);
    expect(all.encoders.length).toBe(2);
  });

  test("is refused beyond four", async () => {
    const all = watching();
    for (let index = 1; index <= streamCountMax; index += 1) await all.streams.open({ fps: index });
    expect(all.streams.open({ fps: 100 })).rejects.toThrow("Cannot start a stream: 4 are running");
  });
});

describe("a stream", () => {
  test("that nobody watches ends after a minute", async () => {
    const all = watching();
    const { encoder } = await openOne(all);
    all.scheduler.advanceMs(lingerMs - 1);
    expect(encoder.isClosed).toBe(false);
    all.scheduler.advanceMs(1);
    expect(encoder.isClosed).toBe(true);
  });

  test("continues when somebody comes back in time", async () => {
    const all = watching();
    const { encoder } = await openOne(all);
    all.watch("live/1.hang")?.close();
    await turn();
    all.scheduler.advanceMs(lingerMs - 1);
    const viewer = all.watch("live/1.hang");
    all.scheduler.advanceMs(3 * lingerMs);
    expect(encoder.isClosed).toBe(false);
    expect(all.streams.streams()[0]?.viewers).toBe(1);
    viewer?.close();
    await turn();
    all.scheduler.advanceMs(lingerMs);
    expect(encoder.isClosed).toBe(true);
  });

  test("that is recorded stays without viewers, and for a minute after the capture", async () => {
    const all = watching();
    const { encoder } = await openOne(all);
    all.gate.open(1);
    all.scheduler.advanceMs(10 * lingerMs);
    expect(encoder.isClosed).toBe(false);
    all.gate.close();
    all.scheduler.advanceMs(lingerMs - 1);
    expect(encoder.isClosed).toBe(false);
    all.scheduler.advanceMs(1);
    expect(encoder.isClosed).toBe(true);
  });

  test("that is over says why, and with what it can be asked for again", async () => {
    const all = watching();
    const request = { width: 640, height: 360, fps: 30, codec: "av1", bitrate_kbps: 900 } as const;
    const end = async (how: (id: number, index: number) => void) => {
      const { session_id } = await all.streams.open(request);
      expect(all.streams.ended(session_id)).toBeUndefined();
      how(session_id, all.encoders.length - 1);
      await turn();
      all.scheduler.advanceMs(300);
      await turn();
      return all.streams.ended(session_id);
    };
    const asked = { ...request, source: "testsrc" };
    expect(await end((id) => void all.streams.close(id))).toEqual({
      ending: ending("operator_stopped"),
      request: asked,
    });
    expect(await end(() => all.scheduler.advanceMs(lingerMs))).toEqual({
      ending: ending("unwatched", { seconds: 60 }),
      request: asked,
    });
    expect(await end((_id, index) => all.encoders[index]?.fail("it burnt"))).toEqual({
      ending: ending("stream_failed", {
        source: "fake",
        failure: "internal",
        detail: "it burnt",
      }),
      request: asked,
    });
    expect(await end(() => void all.streams.stop())).toEqual({
      ending: ending("host_stopping"),
      request: asked,
    });
  });

  test("is forgotten when 32 others have ended after it", async () => {
    const all = watching();
    for (let index = 0; index < 33; index += 1) {
      const { session_id } = await all.streams.open({});
      void all.streams.close(session_id);
      all.scheduler.advanceMs(300);
      await turn();
      expect(all.streams.ended(session_id)).toBeDefined();
    }
    expect(all.streams.ended(1)).toBeUndefined();
    expect(all.streams.ended(2)).toBeDefined();
  });

  test("names who watches, with what they report", async () => {
    const all = watching();
    await openOne(all);
    expect(all.streams.viewers(1)).toEqual([]);
    all.watch("live/1.hang");
    expect(all.streams.viewers(1)).toEqual([{ id: 7, isRelay: false, report: undefined }]);
    const report = { v: 1, frames: 9, bytes: 90, shown: 8, dropped: 1, stalls: 0, decode_queue: 0 };
    all.streams.report(7, new TextEncoder().encode(JSON.stringify(report)));
    expect(all.streams.viewers(1) as unknown[]).toEqual([{ id: 7, isRelay: false, report }]);
    expect(all.streams.viewers(2)).toEqual([]);
  });

  test("names who watches through a relay, for as long as their connections last", async () => {
    const all = watching();
    await openOne(all);
    const report = { v: 1, frames: 9, bytes: 90, shown: 8, dropped: 1, stalls: 0, decode_queue: 0 };
    const payload = new TextEncoder().encode(JSON.stringify(report));
    all.streams.report(7, payload, "live/2.hang");
    expect(all.streams.viewers(1)).toEqual([]);
    all.streams.report(7, payload, "live/1.hang");
    const viewer = { id: 7, isRelay: false, isRelayed: true, report };
    expect(all.streams.viewers(1) as unknown[]).toEqual([viewer]);
    all.streams.forgetViewer(7);
    expect(all.streams.viewers(1)).toEqual([]);
  });

  test("that nobody watches is unannounced as soon as it is closed", async () => {
    const all = watching();
    await openOne(all);
    expect(await all.streams.close(1)).toBe(true);
    await turn();
    expect(all.announced.has("live/1.hang")).toBe(false);
  });

  test("that is closed is unannounced once its viewers had time to read its last frames", async () => {
    const all = watching();
    await openOne(all);
    all.watch("live/1.hang");
    const closed = all.streams.close(1);
    // A page joins again only when it is more than half a second behind.
    all.scheduler.advanceMs(500);
    await turn();
    expect(all.announced.has("live/1.hang")).toBe(true);
    all.scheduler.advanceMs(farewellMs - 500 - 1);
    await turn();
    expect(all.announced.has("live/1.hang")).toBe(true);
    all.scheduler.advanceMs(1);
    expect(await closed).toBe(true);
    await turn();
    expect(all.announced.has("live/1.hang")).toBe(false);
    expect(all.streams.streams()).toEqual([]);
    expect(await all.streams.close(1)).toBe(false);
  });

  test("whose encoder fails is over", async () => {
    const all = watching();
    const { encoder } = await openOne(all);
    encoder.fail("its worker exited unexpectedly");
    await turn();
    all.scheduler.advanceMs(250);
    await all.streams.stop();
    expect(all.streams.streams()).toEqual([]);
  });

  test("gives every buffer back at once", async () => {
    const all = watching();
    const { encoder } = await openOne(all);
    all.watch("live/1.hang");
    for (let index = 0; index < 5; index += 1) encoder.push(index === 0);
    expect(encoder.releasedCount).toBe(5);
  });

  test("describes itself to players once its first key frame is there", async () => {
    const all = watching();
    const { encoder } = await openOne(all);
    const catalog = all.watch("live/1.hang", "catalog.json");
    encoder.push(true);
    const group = await catalog?.recvGroup();
    expect(await group?.readJson()).toEqual({
      audio: {
        renditions: {
          audio: {
            codec: "opus",
            container: { kind: "legacy" },
            ...{ sampleRate: 48_000, numberOfChannels: 2, bitrate: 96_000, jitter: 20 },
          },
        },
      },
      video: {
        renditions: {
          video: {
            codec: "avc1.42c01f",
            container: { kind: "legacy" },
            codedWidth: 1280,
            codedHeight: 720,
            framerate: 60,
            jitter: 0,
            optimizeForLatency: true,
          },
        },
      },
    });
  });

  test("is a session whose bitrate and key frames can be asked for", async () => {
    const all = watching();
    const { encoder } = await openOne(all);
    expect(all.streams.sessions()[0]).toMatchObject({
      session_id: 1,
      kind: "moq",
      client: "0 viewers",
      viewers: 0,
    });
    expect([all.streams.setBitrate(1, 900), all.streams.setBitrate(2, 900)]).toEqual([true, false]);
    expect([all.streams.requestIdr(1), all.streams.requestIdr(2)]).toEqual([true, false]);
    expect(encoder.bitrates).toEqual([900]);
    expect(encoder.idrCount).toBe(1);
    expect(all.streams.streams()[0]?.bitrate_kbps).toBe(900);
  });
});

test("running streams and those to come follow the operator's settings", async () => {
  const all = watching();
  await all.streams.open({});
  all.streams.setBitrate(1, 900);
  const capped = { ...settingsDefault, revision: 1, fps_cap: 30 };
  all.streams.applySettings(capped);
  expect(all.streams.sessions()[0]).toMatchObject({ fps: 30, bitrate_kbps: 900 });
  all.streams.applySettings({ ...capped, revision: 2, bitrate_kbps: 700 });
  expect(all.streams.sessions()[0]).toMatchObject({ fps: 30, bitrate_kbps: 700 });
  await all.streams.open({ width: 640, height: 360, fps: 25 });
  expect(all.streams.sessions()[1]).toMatchObject({ fps: 25, bitrate_kbps: 700 });
});

describe("another size", () => {
  const size = { width: 800, height: 600 };
  /** The same unit of level 4.0, as a larger picture has it. */
  const otherKey = Uint8Array.from(keyUnit, (byte, at) => (at === 7 ? 0x28 : byte));
  const changed = reason("encoder_changed", {
    ...{ from_mode: "1280x720", to_mode: "800x600", from_preset: "", to_preset: "" },
    ...{ from_fps: 60, to_fps: 60, from_kbps: 5000, to_kbps: 5000 },
  });

  test("is the stream's from then on, and the encoder is asked for it once", async () => {
    const all = watching();
    const { encoder } = await openOne(all);
    expect(all.streams.resize(1, size)).toMatchObject(size);
    expect(all.streams.resize(1, size)).toMatchObject(size);
    expect(encoder.modes).toEqual([{ ...size, fps: 60 }]);
    expect(all.streams.streams()).toMatchObject([size]);
    expect(all.streams.sessions()).toMatchObject([size]);
    expect(all.streams.resize(2, size)).toBeUndefined();
  });

  test("is refused for a source that would have to be opened again", async () => {
    const all = watching();
    await all.streams.open({ source: "portal:" });
    expect(() => all.streams.resize(1, size)).toThrow("start another stream of it");
    expect(all.streams.streams()).toMatchObject([{ width: 1280, height: 720 }]);
  });

  test("leaves the stream to be found by what it was asked for, and by what it is", async () => {
    const all = watching();
    await openOne(all);
    all.streams.resize(1, size);
    expect((await all.streams.open({})).session_id).toBe(1);
    expect((await all.streams.open(size)).session_id).toBe(1);
    expect(all.streams.requestFor(1)).toMatchObject({ width: 1280, height: 720 });
    expect(all.encoders).toHaveLength(1);
  });

  test("is in the catalogue with the first key frame of the new encoder, and not before", async () => {
    const all = watching();
    const { encoder } = await openOne(all);
    encoder.push(true);
    const catalog = all.watch("live/1.hang", "catalog.json");
    const next = async () => {
      const payload = (await (await catalog?.recvGroup())?.readFrame())?.payload;
      const { video } = JSON.parse(new TextDecoder().decode(payload));
      const { codedWidth, codedHeight, codec } = video.renditions.video;
      return [codedWidth, codedHeight, codec];
    };
    expect(await next()).toEqual([1280, 720, "avc1.42c01f"]);
    all.streams.resize(1, size);
    encoder.push(true);
    encoder.reset(changed);
    encoder.push(true, otherKey);
    encoder.push(true, otherKey);
    expect(await next()).toEqual([800, 600, "avc1.42c028"]);
  });
});
