import { expect, test } from "bun:test";
import { decodeLuma } from "../support/decode.ts";
import { ownCredentials, startTestHost, startTestPlayer } from "../support/native.ts";

test("a player gets every frame, in order, and ffmpeg decodes them all", async () => {
  await using host = await startTestHost();
  using player = await startTestPlayer(host.host.port, await ownCredentials(host));
  await player.frameCount(90);
  player.player.stop();
  const frames = player.frames;
  expect(frames.map(({ frame }) => frame)).toEqual(frames.map((_, index) => index));
  expect(frames[0]?.isKey).toBe(true);
  const stream = Buffer.concat(frames.map(({ bytes }) => bytes));
  const pictures = await decodeLuma(stream, { width: 320, height: 180, format: "h264" });
  expect(pictures).toHaveLength(frames.length);
  expect(player.player.arrivals.lostCount).toBe(0);
  const ended = await host.event("session_ended");
  expect(ended.ending.code).toBe("player_ended");
  expect(host.host.sessions()).toEqual([]);
});

test("armed while a session runs, samples hold stages and gap that make the total", async () => {
  await using host = await startTestHost();
  using player = await startTestPlayer(host.host.port, await ownCredentials(host));
  await player.frameCount(10);
  host.gate.open(7);
  const { session, ...recording } = await host.event("recording");
  expect(recording).toEqual({ kind: "recording", captureNumber: 7 });
  expect(session).toMatchObject({
    kind: "native",
    width: 320,
    height: 180,
    fps: 60,
    codec: "h264",
  });
  const { sample, captureNumber, session_id } = await host.event("sample");
  expect({ captureNumber, session_id }).toEqual({
    captureNumber: 7,
    session_id: session.session_id,
  });
  expect(sample.stages.map(({ name }) => name)).toEqual(["capture", "submit", "encode", "send"]);
  const stageMean = sample.stages.reduce((sum, { mean_us = 0 }) => sum + mean_us, 0);
  expect(stageMean + (sample.gap_mean_us ?? 0)).toBeCloseTo(sample.total_mean_us ?? 0, 0);
  expect(sample.frame_count).toBeGreaterThanOrEqual(100);
  expect(sample.fps + sample.repeat_fps).toBeCloseTo(
    (sample.frame_count ?? 0) / ((sample.window_us ?? 0) / 1e6),
    1,
  );
  expect(sample.unmeasured ?? []).toEqual([]);
  expect(sample.packets_dropped).toBe(0);
  expect(sample.send_dropped).toBe(0);
});

test("a second capture is announced again, and nothing is said while none is open", async () => {
  await using host = await startTestHost();
  using player = await startTestPlayer(host.host.port, await ownCredentials(host));
  await player.frameCount(1);
  host.gate.open(1);
  await host.event("recording", ({ captureNumber }) => captureNumber === 1);
  host.gate.close();
  await player.frameCount(30);
  host.gate.open(2);
  await host.event("sample", ({ captureNumber }) => captureNumber === 2);
  const said = host.events.flatMap((event) =>
    event.kind === "recording" || event.kind === "sample"
      ? [[event.kind, event.captureNumber]]
      : [],
  );
  expect(said).toEqual([
    ["recording", 1],
    ["recording", 2],
    ["sample", 2],
  ]);
});

test("two players at once in different modes each get their own", async () => {
  await using host = await startTestHost();
  const credentials = await ownCredentials(host);
  const [one, two] = await Promise.all([
    startTestPlayer(host.host.port, credentials),
    startTestPlayer(host.host.port, credentials, { request: { width: 640, height: 360, fps: 30 } }),
  ]);
  using _one = one;
  using _two = two;
  host.gate.open(1);
  await Promise.all([one.frameCount(60), two.frameCount(30)]);
  const ids = [one.player.opened.session_id, two.player.opened.session_id];
  expect(new Set(ids).size).toBe(2);
  expect(two.player.opened).toMatchObject({ width: 640, height: 360, fps: 30 });
  for (const [index, player] of [one, two].entries()) {
    const { width, height, session_id } = player.player.opened;
    const stream = Buffer.concat(player.frames.map(({ bytes }) => bytes));
    const pictures = await decodeLuma(stream, { width, height, format: "h264" });
    expect(pictures.length).toBeGreaterThanOrEqual([60, 30][index] ?? 0);
    const { session } = await host.event("recording", (it) => it.session.session_id === session_id);
    expect(session).toMatchObject({ width, height });
  }
});

test("an IDR asked for by the operator comes as a key frame", async () => {
  await using host = await startTestHost();
  using player = await startTestPlayer(host.host.port, await ownCredentials(host));
  await player.frameCount(20);
  const { session_id } = player.player.opened;
  expect(host.host.requestIdr(session_id)).toBe(true);
  expect(host.host.requestIdr(session_id + 1)).toBe(false);
  const before = player.frames.length;
  await player.frameCount(before + 20);
  expect(player.frames.slice(20).filter(({ isKey }) => isKey)).toHaveLength(1);
});

test("what sessions() says is fresh, with the bitrate the operator set", async () => {
  await using host = await startTestHost();
  using player = await startTestPlayer(host.host.port, await ownCredentials(host));
  const { session_id } = player.player.opened;
  await player.frameCount(30);
  expect(host.host.setBitrate(session_id, 4321)).toBe(true);
  await player.frameCount(70);
  const [session] = host.host.sessions();
  expect(session).toMatchObject({ session_id, bitrate_kbps: 4321, encoder: "libx264" });
  expect(session?.frames_sent).toBeGreaterThan(30);
  expect(session?.packets_sent).toBeGreaterThan(session?.frames_sent ?? 0);
});

test("a session that the operator ends notifies its player", async () => {
  await using host = await startTestHost();
  using player = await startTestPlayer(host.host.port, await ownCredentials(host));
  await player.frameCount(1);
  expect(host.host.disconnect(player.player.opened.session_id)).toBe(true);
  expect(await player.ended).toBe("stopped by the operator");
  const { ending } = await host.event("session_ended");
  expect(ending.code).toBe("operator_stopped");
});

test("a host that stops notifies its players", async () => {
  const host = await startTestHost();
  using player = await startTestPlayer(host.host.port, await ownCredentials(host));
  await player.frameCount(1);
  await host[Symbol.asyncDispose]();
  expect(await player.ended).toBe("the host is stopping");
});

test("a mode that no encoder takes is refused with the reason", async () => {
  await using host = await startTestHost();
  const credentials = await ownCredentials(host);
  const request = { width: 321 };
  await expect(startTestPlayer(host.host.port, credentials, { request })).rejects.toThrow(
    'Cannot encode "321x180"',
  );
});

test("a second host on the same port says that it is taken", async () => {
  await using host = await startTestHost();
  await expect(startTestHost({ port: host.host.port })).rejects.toMatchObject({
    code: "port_taken",
  });
});

test("over IPv6 a player is served just so", async () => {
  await using host = await startTestHost({ listenHost: "::1" });
  const credentials = await ownCredentials(host);
  using player = await startTestPlayer(host.host.port, credentials, { host: "::1" });
  await player.frameCount(5);
});

test("however often an IDR is asked for, one on its way answers all, and ten a second come", async () => {
  await using host = await startTestHost();
  using player = await startTestPlayer(host.host.port, await ownCredentials(host));
  await player.frameCount(20);
  const { session_id } = player.player.opened;
  let isEnded = false;
  const asking = (async () => {
    while (!isEnded) {
      host.host.requestIdr(session_id);
      await Bun.sleep(1);
    }
  })();
  await player.frameCount(80);
  isEnded = true;
  await asking;
  const keys = player.frames.slice(20, 80).filter(({ isKey }) => isKey).length;
  expect(keys).toBeGreaterThanOrEqual(2);
  expect(keys).toBeLessThanOrEqual(11);
});

test.each([500, 1400])(
  "with datagrams of %d bytes frames arrive whole",
  async (packet_bytes) => {
    await using host = await startTestHost();
    const credentials = await ownCredentials(host);
    using player = await startTestPlayer(host.host.port, credentials, {
      request: { packet_bytes },
    });
    await player.frameCount(30);
    expect(player.player.opened.packet_bytes).toBe(packet_bytes);
    expect(player.player.frames.lostCount).toBe(0);
    expect(player.player.frames.invalidCount).toBe(0);
  },
  20_000,
);

test("a source that cannot be opened is refused with the reason, and the host continues", async () => {
  await using host = await startTestHost({ source: "file:/there/is/nothing" });
  const credentials = await ownCredentials(host);
  const playing = startTestPlayer(host.host.port, credentials);
  await expect(playing).rejects.toMatchObject({ code: "stream_failed" });
  await expect(playing).rejects.toThrow("/there/is/nothing");
  expect(await host.host.clients()).toEqual([]);
});

test("datagrams of strangers disturb no session, not even with its tag", async () => {
  await using host = await startTestHost();
  using player = await startTestPlayer(host.host.port, await ownCredentials(host));
  await player.frameCount(5);
  const stranger = await Bun.udpSocket({ hostname: "127.0.0.1", port: 0 });
  for (let count = 0; count < 500; count++) {
    const bytes = crypto.getRandomValues(new Uint8Array(count % 90));
    if (bytes.length >= 12) {
      const view = new DataView(bytes.buffer);
      view.setUint32(0, player.player.opened.tag);
      view.setUint32(4, 0);
    }
    stranger.send(bytes, host.host.port, "127.0.0.1");
  }
  await player.frameCount(60);
  stranger.close();
  expect(player.player.arrivals.lostCount).toBe(0);
  expect(player.frames.map(({ frame }) => frame)).toEqual(player.frames.map((_, index) => index));
});

test("a data directory that cannot be used is said when starting", async () => {
  await using host = await startTestHost();
  const dataDirectory = `${host.dataDirectory}/cert.pem`;
  await expect(startTestHost({ dataDirectory })).rejects.toThrow(dataDirectory);
});

test("a mode that the encoder cannot hold is refused in the negotiation, with the largest it can", async () => {
  await using host = await startTestHost({ encoder: "x264" });
  const request = { codec: "hevc", width: 3840, height: 2160, fps: 60 } as const;
  const refused = startTestPlayer(host.host.port, await ownCredentials(host), { request });
  await expect(refused).rejects.toMatchObject({ code: "mode_too_large" });
  await expect(refused).rejects.toThrow(/"libx265": this host holds at most \d+x\d+ at 60 fps/);
  expect(host.host.sessions()).toEqual([]);
}, 30_000);
