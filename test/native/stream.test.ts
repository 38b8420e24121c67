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
  expect(ended.reason).toBe("the player ended it");
}, 20_000);

test("armed while a session runs, the host sends whole samples whose stages and gap make the total", async () => {
  await using host = await startTestHost();
  using player = await startTestPlayer(host.host.port, await ownCredentials(host));
  await player.frameCount(10);
  host.gate.open(7);
  const recording = await host.event("recording");
  const { sample, captureNumber, session_id } = await host.event("sample");
  console.log(
    JSON.stringify(sample),
    JSON.stringify(recording),
    player.latencies.slice(-3),
    player.rtts,
  );
  expect(captureNumber).toBe(7);
}, 20_000);
