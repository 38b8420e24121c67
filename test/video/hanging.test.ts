/** What happens to the host and to other streams while a source does not answer. */
import { expect, test } from "bun:test";
import { join } from "node:path";
import { command } from "../support/programs.ts";
import { startPlayer, startRunningHost } from "../support/running-host.ts";
import { collect, openSmall } from "../support/stream.ts";
import { tempDirectory } from "../support/temp-directory.ts";
import { startScreen } from "../support/x-server.ts";

const size = { width: 320, height: 180 };

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

test("a stream whose X server hangs ends when it answers again, another goes on meanwhile", async () => {
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
}, 20_000);

test("a pipe is refused as a film at once", async () => {
  await using directory = await tempDirectory();
  const path = join(directory.path, "film.mp4");
  await command("mkfifo", path);
  const refusal = `Cannot play "${path}": it is not a regular file`;
  await expect(openSmall({ source: `file:${path}` })).rejects.toThrow(refusal);
});

test("a host told to end while a stream is being opened ends by itself", async () => {
  await using directory = await tempDirectory();
  await using screen = await startScreen(size);
  const flags = ["--source", `x11:${screen.display}`];
  await using host = await startRunningHost(directory.path, { flags });
  screen.freeze();
  const player = startPlayer(host, ["--seconds", "1"]);
  const watched = host.call("POST", "/api/v1/streams", {}).catch(() => undefined);
  expect((await host.call("GET", "/api/v1/streams")).status).toBe(200);
  expect(await host.stop()).toBe(0);
  await watched;
  await player.exited;
}, 30_000);
