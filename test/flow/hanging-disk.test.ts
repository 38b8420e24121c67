/** A host whose data directory lies on a disk that stops answering. */
import { expect, test } from "bun:test";
import type { StatsStatus } from "../../src/model/capture.ts";
import { canHang, hangingDisk } from "../support/hanging-disk.ts";
import { type RunningHost, startPlayer, startRunningHost } from "../support/running-host.ts";
import { until } from "../support/until.ts";
import { startScreen } from "../support/x-server.ts";

const size = ["--width", "320", "--height", "180"];

async function statusOf(host: RunningHost): Promise<StatsStatus> {
  const answer = await host.call("GET", "/api/v1/stats/capture/status");
  return (await answer.json()) as StatsStatus;
}

async function sampleComes(host: RunningHost): Promise<void> {
  const { sample_count: before } = await statusOf(host);
  const isMore = async () => (await statusOf(host)).sample_count !== before;
  await until(isMore, { what: "a sample comes" });
}

async function codeOf(calling: Promise<Response>) {
  const answer = await calling;
  return [answer.status, ((await answer.json()) as { code?: string }).code];
}

test.skipIf(!canHang)(
  "a host whose disk hangs streams, records and answers, and saves the capture later",
  async () => {
    await using disk = await hangingDisk();
    await using host = await startRunningHost(disk.path);
    const player = startPlayer(host, size);
    expect((await host.call("POST", "/api/v1/stats/capture/start")).status).toBe(200);
    await sampleComes(host);
    disk.freeze();
    await sampleComes(host);
    expect(await codeOf(host.call("GET", "/api/v1/stats/recordings"))).toEqual([
      503,
      "storage_unreadable",
    ]);
    expect(await codeOf(host.call("PATCH", "/api/v1/settings", { fps_cap: 30 }))).toEqual([
      507,
      "settings_not_saved",
    ]);
    expect(await codeOf(host.call("POST", "/api/v1/stats/capture/stop"))).toEqual([
      507,
      "capture_not_saved",
    ]);
    expect(await statusOf(host)).toMatchObject({ armed: false, held: true });
    const stream = { width: 320, height: 180, fps: 30 };
    expect((await host.call("POST", "/api/v1/streams", stream)).status).toBe(200);
    expect((await host.call("GET", "/sessions")).status).toBe(200);
    const first = await host.call("GET", "/");
    expect(first.status).toBe(200);
    expect(await first.text()).toContain("The host cannot read its captures");
    disk.thaw();
    const isReadable = async () =>
      (await host.call("GET", "/api/v1/stats/recordings")).status === 200;
    await until(isReadable, { what: "the captures are read" });
    expect((await host.call("POST", "/api/v1/stats/capture/stop")).status).toBe(200);
    expect(await (await host.call("GET", "/api/v1/stats/recordings")).json()).toHaveLength(1);
    player.kill();
    await player.exited;
  },
  120_000,
);

test.skipIf(!canHang)(
  "a host of which the screen and the disk hang ends without waiting for them",
  async () => {
    await using disk = await hangingDisk();
    await using screen = await startScreen({ width: 320, height: 180 });
    await using host = await startRunningHost(disk.path, {
      flags: ["--source", `x11:${screen.display}`],
    });
    const player = startPlayer(host, size);
    await host.call("POST", "/api/v1/stats/capture/start");
    await sampleComes(host);
    screen.freeze();
    disk.freeze();
    const ended = host.stop();
    await until(() => host.said().includes("what its journal has is recovered"), {
      what: "the end",
    });
    // The kernel keeps a process for as long as the file system holds a call of it that has begun.
    disk.thaw();
    // The capture could not be saved.
    expect(await ended).toBe(1);
    expect(await player.stderr.text()).toContain("the host is stopping");
    await using again = await startRunningHost(disk.path);
    const listed = await again.call("GET", "/api/v1/stats/recordings");
    expect(await listed.json()).toHaveLength(1);
  },
  120_000,
);
