/** What the machine plays, recorded from a real PulseAudio. */
import { expect, test } from "bun:test";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { type ChannelCount, sampleRate, samplesIn } from "../../src/audio/format.ts";
import { type MonitorState, openMonitor } from "../../src/audio/monitor.ts";
import { SoundLoop } from "../../src/audio/sound-loop.ts";
import { systemClock } from "../../src/base/clock.ts";
import { hasTone, peakOf } from "../support/frequency.ts";
import { openPulseServer } from "../support/pulse-server.ts";
import { tempDirectory } from "../support/temp-directory.ts";
import { until } from "../support/until.ts";

/** Reads 5 ms every 5 ms, as a session does, and keeps one channel of the newest second. */
function listen(
  environment: Readonly<Record<string, string>>,
  { channelCount = 2, channel = 0 }: { channelCount?: ChannelCount; channel?: number } = {},
) {
  const states: MonitorState[] = [];
  const onState = (state: MonitorState) => void states.push(state);
  const monitor = openMonitor({ channelCount, onState, environment });
  let heard: number[] = [];
  const tap = {
    read: (target: Int16Array) => {
      monitor.read(target);
      heard.push(...target.filter((_, at) => at % channelCount === channel));
      heard = heard.slice(-sampleRate);
    },
    close: () => monitor.close(),
  };
  const options = {
    clock: systemClock(),
    packetMs: 5,
    channelCount,
    source: tap,
    onPacket: () => undefined,
  };
  const loop = new SoundLoop(options);
  const isEnded = loop.run();
  const lately = () => heard.slice(-sampleRate / 2);
  return {
    states,
    monitor,
    hears: (hertz: number) =>
      until(() => lately().length === sampleRate / 2 && hasTone(lately(), sampleRate, hertz), {
        what: `${hertz} Hz are heard for half a second`,
      }),
    isSilent: () => peakOf(heard.slice(-samplesIn(50))) === 0,
    [Symbol.asyncDispose]: async () => {
      loop.close();
      await isEnded;
    },
  };
}

test("what the default output plays is heard, also after another one has become the default", async () => {
  await using server = await openPulseServer();
  await server.play(440, "one");
  await server.play(700, "two");
  await using listener = listen(server.environment);
  expect(listener.monitor.isSilent).toBe(true);
  await listener.hears(440);
  expect(listener.monitor.isSilent).toBe(false);
  await server.useOutput("two");
  await listener.hears(700);
  expect(listener.states).toEqual([]);
}, 30_000);

test.each([
  ["front-right", 1],
  ["front-center", 2],
  ["rear-left", 4],
] as const)(
  "of an output in 5.1 the speaker %s is heard by a player with 5.1 on channel %d only",
  async (speaker, channel) => {
    await using server = await openPulseServer();
    await server.useOutput("surround");
    await server.playOn(speaker, 440, "surround");
    const channelCount = 6;
    await using there = listen(server.environment, { channelCount, channel });
    await using beside = listen(server.environment, {
      channelCount,
      channel: channel === 4 ? 5 : 4,
    });
    await there.hears(440);
    expect(beside.isSilent()).toBe(true);
  },
  30_000,
);

test("of a stereo output all speakers of a player with 7.1 play", async () => {
  await using server = await openPulseServer();
  await server.play(440);
  await using front = listen(server.environment, { channelCount: 8, channel: 0 });
  await using side = listen(server.environment, { channelCount: 8, channel: 7 });
  await Promise.all([front.hears(440), side.hears(440)]);
}, 30_000);

test("of an output in 5.1 a stereo player hears all speakers", async () => {
  await using server = await openPulseServer();
  await server.useOutput("surround");
  await server.playOn("front-center", 440, "surround");
  await using listener = listen(server.environment);
  await listener.hears(440);
}, 30_000);

test("sound comes back by itself after the sound server was restarted", async () => {
  await using server = await openPulseServer();
  await server.play(440);
  await using listener = listen(server.environment);
  await listener.hears(440);
  await server.restart();
  await until(() => listener.states.length >= 1, { what: "the loss is reported" });
  await server.play(700);
  await listener.hears(700);
  const reason = "the sound server closed the connection";
  expect(listener.states[0]).toEqual({ isSilent: true, reason });
  expect(listener.states.at(-1)).toEqual({ isSilent: false });
}, 30_000);

test("a sound server that stands still holds nothing up, and is heard again when it continues", async () => {
  await using server = await openPulseServer();
  await server.play(440);
  await using listener = listen(server.environment);
  await listener.hears(440);
  server.pause();
  await until(() => listener.isSilent(), { what: "it is silent" });
  await using late = listen(server.environment);
  await until(() => late.states.length === 1, { what: "it is reported" });
  expect(late.states).toEqual([{ isSilent: true, reason: "the sound server does not answer" }]);
  server.resume();
  await listener.hears(440);
  await late.hears(440);
}, 30_000);

test("without a sound server it is silent, and says why once", async () => {
  await using directory = await tempDirectory();
  const { path } = directory;
  await using listener = listen({ XDG_RUNTIME_DIR: path, HOME: path });
  await until(() => listener.states.length > 0, { what: "it is reported" });
  expect(listener.states).toMatchObject([{ isSilent: true }]);
  expect(listener.isSilent()).toBe(true);
});

test("a peer that does not speak the protocol is left, whatever it sends", async () => {
  await using directory = await tempDirectory();
  const path = join(directory.path, "native");
  const peer = Bun.listen({
    unix: path,
    socket: { data: (socket) => void socket.write(Buffer.alloc(64, 0xff)) },
  });
  await using listener = listen({ PULSE_SERVER: `unix:${path}`, HOME: directory.path });
  await until(() => listener.states.length > 0, { what: "it is reported" });
  expect(listener.states).toEqual([
    { isSilent: true, reason: "it does not speak PulseAudio's protocol" },
  ]);
  peer.stop(true);
  await rm(path, { force: true });
});
