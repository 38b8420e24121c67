/** What happens to the host and to other streams while a source does not answer. */
import { expect, test } from "bun:test";
import { join } from "node:path";
import { nativeThreads } from "../../src/base/native-threads.ts";
import { openX11Injector } from "../../src/input/x11-injector.ts";
import type { Capture } from "../../src/model/capture.ts";
import type { StreamEvent, Timeline } from "../../src/model/timeline.ts";
import { command } from "../support/programs.ts";
import { startPlayer, startRunningHost } from "../support/running-host.ts";
import { collect, openSmall } from "../support/stream.ts";
import { startDesktop } from "../support/sway.ts";
import { tempDirectory } from "../support/temp-directory.ts";
import { until } from "../support/until.ts";
import { startScreen } from "../support/x-server.ts";

const size = { width: 320, height: 180 };

/** Slots that the log lays at the host's door. */
function missedByHost(log: string): number {
  const lines = log.split("\n").filter((line) => line.includes("host too slow"));
  const counts = lines.map((line) => (JSON.parse(line) as { missed_slots: number }).missed_slots);
  return counts.reduce((sum, count) => sum + count, 0);
}

test("a host whose X server hangs records, answers and ends like any other", async () => {
  await using directory = await tempDirectory();
  await using screen = await startScreen(size);
  const flags = ["--source", `x11:${screen.display}`];
  await using host = await startRunningHost(directory.path, { flags });
  screen.freeze();
  // Three: one more than there are threads for file work on two cores.
  const players = [1, 2, 3].map(() => startPlayer(host, ["--seconds", "1"]));
  // One after the other they are refused; until then their streams wait for the X server.
  await Promise.race(players.map(({ exited }) => exited));
  const started = await host.call("POST", "/api/v1/stats/capture/start");
  expect(started.status).toBe(200);
  const stopped = await host.call("POST", "/api/v1/stats/capture/stop");
  const capture = (await stopped.json()) as { id: string };
  const saved = await host.call("GET", `/api/v1/stats/recordings/${capture.id}`);
  expect(saved.status).toBe(200);
  expect((await host.call("GET", "/healthz")).status).toBe(200);
  const reasons = await Promise.all(players.map(({ stderr }) => stderr.text()));
  for (const reason of reasons) expect(reason).toContain("the source did not answer within 8 s");
  const late = startPlayer(host, ["--seconds", "1"]);
  expect(await late.stderr.text()).toContain("earlier attempts are still waiting for it");
  expect(await host.stop()).toBe(0);
}, 60_000);

test("a host whose compositor hangs records, answers and ends, and names the source", async () => {
  await using directory = await tempDirectory();
  await using desktop = await startDesktop(size);
  const flags = ["--source", `wayland:${desktop.path}`];
  await using host = await startRunningHost(directory.path, { flags });
  startPlayer(host, ["--width", "320", "--height", "180"]);
  await host.call("POST", "/api/v1/stats/capture/start");
  const count = async () => {
    const status = await host.call("GET", "/api/v1/stats/capture/status");
    return ((await status.json()) as { sample_count: number }).sample_count;
  };
  while ((await count()) === 0) await Bun.sleep(100);
  desktop.pause();
  const before = await count();
  while ((await count()) < before + 2) await Bun.sleep(100);
  expect((await host.call("GET", "/")).status).toBe(200);
  expect((await host.call("POST", "/api/v1/stats/capture/stop")).status).toBe(200);
  // Slots of two windows had no frame; a slow start of a busy machine is another matter.
  expect(missedByHost(host.said())).toBeLessThan(60);
  expect(await host.stop()).toBe(0);
}, 60_000);

test("a stream whose X server hangs ends when it answers again, another continues meanwhile", async () => {
  await using screen = await startScreen(size);
  const stream = await openSmall({ source: `x11:${screen.display}` });
  await collect(stream, ({ length }) => length === 5);
  await using other = await openSmall();
  screen.freeze();
  expect(await collect(other, ({ length }) => length === 90)).toHaveLength(90);
  const closed = stream.close();
  screen.thaw();
  await closed;
  await using again = await openSmall({ source: `x11:${screen.display}` });
  expect(await collect(again, ({ length }) => length === 5)).toHaveLength(5);
});

test("a pipe is refused as a film at once", async () => {
  await using directory = await tempDirectory();
  const path = join(directory.path, "film.mp4");
  await command("mkfifo", path);
  const refusal = `Cannot play "${path}": it is not a regular file`;
  await expect(openSmall({ source: `file:${path}` })).rejects.toThrow(refusal);
});

test("a host that has to stop while a stream is being opened ends by itself", async () => {
  await using directory = await tempDirectory();
  await using screen = await startScreen(size);
  const flags = ["--source", `x11:${screen.display}`];
  await using host = await startRunningHost(directory.path, { flags });
  screen.freeze();
  const player = startPlayer(host, ["--seconds", "1"]);
  const watched = host.call("POST", "/api/v1/streams", {}).catch(() => undefined);
  expect((await host.call("GET", "/api/v1/streams")).status).toBe(200);
  const startMs = performance.now();
  expect(await host.stop()).toBe(0);
  // What opening a source may take.
  expect(performance.now() - startMs).toBeLessThan(8000);
  await watched;
  await player.exited;
}, 30_000);

test("while the host stops nobody waits long for a source that hangs", async () => {
  await using screen = await startScreen(size);
  const source = `x11:${screen.display}`;
  const stream = await openSmall({ source });
  await collect(stream, ({ length }) => length === 5);
  screen.freeze();
  const startMs = performance.now();
  const opening = openSmall({ source });
  // A frame of its grid later the running stream waits inside the source too.
  await until(() => stream.isWaitingForSource, { what: "the stream waits for the source" });
  nativeThreads.hurry();
  const closed = stream.close();
  await expect(opening).rejects.toThrow("the source did not answer within 1 s");
  await closed;
  expect(performance.now() - startMs).toBeLessThan(8000);
});

test("a frozen X server and a stopped host are both reported with their length", async () => {
  await using directory = await tempDirectory();
  await using screen = await startScreen(size);
  const flags = ["--source", `x11:${screen.display}`];
  await using host = await startRunningHost(directory.path, { flags });
  await host.call("POST", "/api/v1/stats/capture/start");
  const player = startPlayer(host, ["--width", "320", "--height", "180"]);
  const events = async () => {
    const answer = await host.call("GET", "/api/v1/timeline/events?kinds=stream");
    const { events: all } = (await answer.json()) as Timeline;
    return all.map(({ event }) => event).filter((event) => event.type === "stream");
  };
  const msOf = async (action: StreamEvent["action"]) =>
    (await events()).findLast((event) => event.action === action)?.ms;
  const seen = (action: StreamEvent["action"]) =>
    until(async () => (await msOf(action)) !== undefined, { what: action });
  const hasSample = async () => {
    const status = await host.call("GET", "/api/v1/stats/capture/status");
    return ((await status.json()) as { sample_count: number }).sample_count > 0;
  };
  await until(hasSample, { what: "the first sample" });
  screen.freeze();
  await seen("source_starved");
  screen.thaw();
  // Nothing has changed on the screen: only that is new to the host.
  screen.paint(0x123456);
  await seen("source_resumed");
  expect(await msOf("source_resumed")).toBeGreaterThanOrEqual((await msOf("source_starved")) ?? 0);
  const stopMs = performance.now();
  await command("sh", "-c", `kill -STOP ${host.pid}; sleep 1.5; kill -CONT ${host.pid}`);
  // A busy machine lets the shell sleep for longer.
  const stoppedMsMax = performance.now() - stopMs + 700;
  await seen("host_stopped");
  expect(await msOf("host_stopped")).toBeWithin(1200, stoppedMsMax);
  player.kill();
  await player.exited;
  const stopped = await host.call("POST", "/api/v1/stats/capture/stop");
  const { id } = (await stopped.json()) as { id: string };
  const saved = await host.call("GET", `/api/v1/stats/recordings/${id}`);
  const { samples } = (await saved.json()) as Capture;
  const marked = samples.flatMap(({ stopped_us }) =>
    stopped_us === undefined ? [] : [stopped_us],
  );
  expect(marked).toHaveLength(1);
  expect(marked[0]).toBeWithin(1_200_000, 2_200_000);
}, 60_000);

test("input for an X server that hangs is refused when its time is over", async () => {
  await using screen = await startScreen(size);
  screen.freeze();
  await expect(openX11Injector(screen.display)).rejects.toThrow("no answer within 3000 ms");
});
