/** Outputs of private sessions, on a real PulseAudio: heard by their own stream and by nobody else. */
import { expect, test } from "bun:test";
import { sampleRate } from "../../src/audio/format.ts";
import { type MonitorState, openMonitor } from "../../src/audio/monitor.ts";
import { SoundLoop } from "../../src/audio/sound-loop.ts";
import { systemClock } from "../../src/base/clock.ts";
import { onWarning } from "../../src/base/log.ts";
import { PulseConnection } from "../../src/pulse/connection.ts";
import { OwnOutput } from "../../src/pulse/own-output.ts";
import { readSoundCookie, soundServerPath } from "../../src/pulse/place.ts";
import { writeAuthorize } from "../../src/pulse/wire.ts";
import { frequencyOf, peakOf } from "../support/frequency.ts";
import { openPulseServer, type PulseServer } from "../support/pulse-server.ts";
import { until } from "../support/until.ts";

function open({ environment }: PulseServer, place = 1): OwnOutput {
  const output = OwnOutput.open(place, environment);
  if (output === undefined) throw new Error("The sound server takes no output");
  return output;
}

/** Reads as a session does, and keeps the newest half second of the left side. */
function listen({ environment }: PulseServer, output?: string) {
  const states: MonitorState[] = [];
  const monitor = openMonitor({
    ...{ channelCount: 2, output, environment },
    onState: (state) => states.push(state),
  });
  let heard: number[] = [];
  const tap = {
    read: (target: Int16Array) => {
      monitor.read(target);
      heard = [...heard, ...target.filter((_, at) => at % 2 === 0)].slice(-sampleRate / 2);
    },
    close: () => monitor.close(),
  };
  const loop = new SoundLoop({
    ...{ clock: systemClock(), packetMs: 10, channelCount: 2, source: tap },
    onPacket: () => undefined,
  });
  const isEnded = loop.run();
  const isHeard = (hertz: number) =>
    heard.length === sampleRate / 2 &&
    Math.abs(frequencyOf(heard, sampleRate) - hertz) < 10 &&
    peakOf(heard.slice(-480)) > 1000;
  return {
    states,
    hears: (hertz: number) => until(() => isHeard(hertz), { what: `${hertz} Hz are heard` }),
    isSilent: () => peakOf(heard) === 0,
    [Symbol.asyncDispose]: async () => {
      loop.close();
      await isEnded;
    },
  };
}

test("each session hears its own programs, and the default output none of them", async () => {
  await using server = await openPulseServer();
  const outputs = [open(server, 1), open(server, 2)] as const;
  await using first = listen(server, outputs[0].name);
  await using second = listen(server, outputs[1].name);
  await using everybody = listen(server);
  await server.play(440, outputs[0].name);
  await server.play(880, outputs[1].name);
  await Promise.all([first.hears(440), second.hears(880)]);
  expect(everybody.isSilent()).toBe(true);
  for (const output of outputs) output.close();
  expect((await server.modules()).join("\n")).not.toContain("onglass-session");
});

test("the output of a session is there again after the server was restarted", async () => {
  await using server = await openPulseServer();
  const output = open(server);
  await using session = listen(server, output.name);
  await server.play(440, output.name);
  await session.hears(440);
  await server.restart();
  await until(async () => (await server.modules()).some((line) => line.includes(output.name)), {
    what: "the output is there",
  });
  await server.play(660, output.name);
  await session.hears(660);
  output.close();
  expect((await server.modules()).join("\n")).not.toContain("onglass-session");
});

test("what a killed host has left goes with the next session, and what another host has does not", async () => {
  await using server = await openPulseServer();
  const load = async (name: string) => {
    const words = ["pactl", "load-module", "module-null-sink", `sink_name=${name}`];
    await Bun.spawn(words, { env: server.environment, stdio: ["ignore", null, null] }).exited;
  };
  await load("onglass-session-4000000000-abc");
  await load("onglass-session-1-abc");
  open(server).close();
  const left = (await server.modules()).filter((line) => line.includes("onglass-session"));
  expect(left).toHaveLength(1);
  expect(left[0]).toContain("onglass-session-1-abc");
});

test("a sound server knows who speaks, also when it has only just taken the connection", async () => {
  await using server = await openPulseServer();
  const { PULSE_SERVER } = server.environment;
  // Without the server's cookie, so that it asks the kernel who sends: too early once in 75 connections.
  const environment = { PULSE_SERVER, HOME: "/nowhere" };
  for (let count = 0; count < 100; count++) {
    const output = OwnOutput.open(1, environment);
    expect(output).toBeDefined();
    output?.close();
  }
  expect((await server.modules()).join("\n")).not.toContain("onglass-session");
  for (let count = 0; count < 300; count++) {
    const connection = await PulseConnection.open(soundServerPath(environment));
    const cookie = readSoundCookie(environment);
    await connection.ask((tag) => writeAuthorize(tag, cookie));
    connection.close();
  }
});

test("an output that a server refuses to remove is a warning with its reason", async () => {
  await using server = await openPulseServer();
  const output = open(server);
  const warned: unknown[] = [];
  using _warnings = onWarning((code, { cause }) => void warned.push([code, `${cause}`]));
  server.pause();
  output.close();
  server.resume();
  expect(warned).toEqual([["session_sound_left", "Error: the sound server does not answer"]]);
});

test("what a session left whose thread crashed goes with the next one in its place", async () => {
  await using server = await openPulseServer();
  const [crashed, other] = [open(server, 1), open(server, 2)];
  const next = open(server, 1);
  const left = (await server.modules()).join("\n");
  expect(left).not.toContain(crashed.name);
  expect(left).toContain(other.name);
  expect(left).toContain(next.name);
});

test("a sound server that is not there, or stands still, holds no session up", async () => {
  await using server = await openPulseServer();
  expect(OwnOutput.open(1, { PULSE_SERVER: "unix:/nowhere" })).toBeUndefined();
  server.pause();
  expect(OwnOutput.open(1, server.environment)).toBeUndefined();
  server.resume();
});
