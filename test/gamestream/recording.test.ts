/** A session in a capture, with its input on a real display: what is said of it is true. */
import { expect, test } from "bun:test";
import { appIdOf, appsFor } from "../../src/gamestream/http/apps.ts";
import { startTestHost, type TestHost } from "../support/gamestream-client/host.ts";
import type { HttpClient } from "../support/gamestream-client/http-client.ts";
import { Player } from "../support/gamestream-client/player.ts";
import { until } from "../support/until.ts";
import { openScreen, type XScreen } from "../support/x-screen.ts";

test("a capture armed in the middle of a session gets its mode, codec, client and true samples", async () => {
  await using host = await startTestHost();
  const http = await host.pairedPlayer("player");
  using player = await Player.play({ basePort: host.basePort, http });
  await until(() => player.frames.length > 20, { what: "the picture runs" });
  expect(host.events.some(({ kind }) => kind === "sample")).toBe(false);
  host.gate.open(1);
  const from = player.frames.length;
  const samples = () => host.events.flatMap((each) => (each.kind === "sample" ? [each] : []));
  await until(() => samples().length >= 3, { what: "three samples come" });
  host.gate.close();
  const recordings = host.events.flatMap((each) => (each.kind === "recording" ? [each] : []));
  expect(recordings).toMatchObject([
    {
      captureNumber: 1,
      session: {
        kind: "gamestream",
        width: 640,
        height: 360,
        fps: 60,
        codec: "h264",
        client: "test player",
      },
    },
  ]);
  const sentCount = samples().reduce((sum, { sample }) => sum + (sample.frame_count ?? 0), 0);
  await until(() => player.frames.length >= from + sentCount, {
    what: "all that was sent has arrived",
  });
  const frames = player.frames.slice(from, from + sentCount);
  for (const { sample } of samples()) {
    const { frame_count = 0, missed_slots = 0, frames_dropped, window_us = 0 } = sample;
    // Each slot of the window is accounted for. What a busy machine paused, by the sample's own
    // account, moves that many slots over an end of the window.
    const { encode_pause_us = 0, send_pause_us = 0 } = sample.machine ?? {};
    const slots = (window_us * 60) / 1e6;
    const movedMax = 5 + ((encode_pause_us + send_pause_us) * 60) / 1e6;
    const known = frame_count + missed_slots + frames_dropped;
    expect(Math.abs(known - slots)).toBeLessThan(movedMax);
  }
  const bytes = samples().reduce(
    (sum, { sample }) => sum + (sample.mbps * (sample.window_us ?? 0)) / 8,
    0,
  );
  const received = frames.reduce((sum, { unit }) => sum + unit.length, 0);
  expect(Math.abs(bytes - received) / received).toBeLessThan(0.2);
  for (const { sample } of samples()) {
    const stages = sample.stages.reduce((sum, stage) => sum + (stage.mean_us ?? 0), 0);
    expect(stages + (sample.gap_mean_us ?? 0)).toBeCloseTo(sample.total_mean_us ?? 0, 3);
    expect(sample).toMatchObject({ packets_dropped: 0, send_dropped: 0, frames_lost: 0 });
  }
  // What the player shows is capture to sealed: all stages but the last, and the waiting.
  const shownUs = frames.reduce((sum, { latencyTenthMs }) => sum + latencyTenthMs * 100, 0);
  const totalUs = samples().reduce((sum, { sample }) => sum + (sample.total_mean_us ?? 0), 0);
  expect(shownUs / frames.length).toBeLessThan((totalUs / samples().length) * 1.3);
}, 30_000);

test("a player of a display types and points on it", async () => {
  await using screen = await openScreen();
  await using host = await startTestHost({
    apps: appsFor([`x11:${screen.name}`]),
    isInputOn: true,
  });
  const http = await host.pairedPlayer("player");
  using player = await playScreen(screen, host, http);
  await until(() => player.frames.length > 5, { what: "the picture runs" });
  player.input(0x05, Buffer.from([0, 100, 0, 50, 0, 0, 0, 200, 0, 100]));
  await screen.sees("root:(320,240)");
  player.input(0x03, Buffer.from([0, 0x51, 0x80, 0, 0, 0]));
  await screen.sees(/KeyPress[\s\S]*keysym 0x71, q\)/);
  // The key is still down when the player goes.
  player.kill();
  await http.secure("/cancel");
  await screen.sees(/KeyRelease[\s\S]*keysym 0x71, q\)/);
}, 30_000);

test("keys and buttons that are held when the host stops are up once it has stopped", async () => {
  await using screen = await openScreen();
  await using host = await startTestHost({
    apps: appsFor([`x11:${screen.name}`]),
    isInputOn: true,
  });
  const http = await host.pairedPlayer("player");
  using player = await playScreen(screen, host, http);
  await until(() => player.frames.length > 5, { what: "the picture runs" });
  player.input(0x03, Buffer.from([0, 0x57, 0x80, 0, 0, 0]));
  player.input(0x08, Buffer.from([1]));
  await screen.holds(({ keycodes, hasButton }) => keycodes.length === 1 && hasButton);
  await host.host.stop();
  expect(await screen.held()).toMatchObject({ keycodes: [], hasButton: false });
}, 30_000);

test("input stays off unless the operator allows it", async () => {
  await using screen = await openScreen();
  await using host = await startTestHost({ apps: appsFor([`x11:${screen.name}`]) });
  const http = await host.pairedPlayer("player");
  using player = await playScreen(screen, host, http);
  await until(() => player.frames.length > 5, { what: "the picture runs" });
  player.input(0x05, Buffer.from([0, 100, 0, 50, 0, 0, 0, 200, 0, 100]));
  const before = player.frames.length;
  await until(() => player.frames.length > before + 30, { what: "half a second passes" });
  await expect(
    Promise.race([screen.sees("root:(320,240)"), Promise.reject(new Error("nothing moved"))]),
  ).rejects.toThrow("nothing moved");
}, 30_000);

function playScreen(screen: XScreen, { basePort }: TestHost, http: HttpClient): Promise<Player> {
  const appId = appIdOf(`Desktop ${screen.name}`);
  return Player.play({ basePort, http, appId });
}
