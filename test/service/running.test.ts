/** A real host under a service manager that watches it, with metrics and telemetry of a real stream. */
import { expect, test } from "bun:test";
import { readdirSync, readFileSync } from "node:fs";
import { openNotifySocket } from "../support/notify-socket.ts";
import { startCollector } from "../support/otlp-collector.ts";
import { startPlayer, startRunningHost } from "../support/running-host.ts";
import { tempDirectory } from "../support/temp-directory.ts";
import { until } from "../support/until.ts";

test("it says when it is ready, that it lives while it streams, and when it ends", async () => {
  await using directory = await tempDirectory();
  const path = `@onglass-test-${crypto.randomUUID()}`;
  await using socket = await openNotifySocket(path);
  await using host = await startRunningHost(directory.path, {
    env: { NOTIFY_SOCKET: path, WATCHDOG_USEC: "1200000" },
  });
  await until(() => socket.taken.length > 0, { what: "the host is ready" });
  expect(socket.taken[0]).toStartWith("READY=1\nSTATUS=Console at http://127.0.0.1:");
  const lives = () => socket.taken.filter((notice) => notice === "WATCHDOG=1").length;
  await until(() => lives() >= 3, { what: "it lives" });
  expect(await host.stop()).toBe(0);
  await until(() => socket.taken.at(-1) === "STOPPING=1", { what: "it ends" });
});

/** The thread of the native path: the one worker of a host without GameStream at rest. */
function workerOf(pid: number): string {
  const task = `/proc/${pid}/task`;
  const commOf = (id: string) => readFileSync(`${task}/${id}/comm`, "utf8").trim();
  const [worker, ...others] = readdirSync(task).filter((id) => commOf(id) === "Worker");
  if (worker === undefined || others.length > 0) throw new Error("not one worker");
  return worker;
}

test.skipIf(process.getuid?.() !== 0)(
  "a path whose thread stands still is not life, although the main thread runs; it is again once it runs",
  async () => {
    await using directory = await tempDirectory();
    const path = `@onglass-test-${crypto.randomUUID()}`;
    await using socket = await openNotifySocket(path);
    await using host = await startRunningHost(directory.path, {
      env: { NOTIFY_SOCKET: path, WATCHDOG_USEC: "1200000" },
    });
    const lives = () => socket.taken.filter((notice) => notice === "WATCHDOG=1").length;
    await until(() => lives() > 0, { what: "it lives" });
    const stopper = new URL("../support/thread-stopper-process.ts", import.meta.url).pathname;
    const stopMs = "4000";
    const stopping = Bun.spawn([process.execPath, stopper, workerOf(host.pid), stopMs, "1", "1"]);
    await until(() => host.said().includes("part of the host has stopped running"), {
      what: "it is noticed",
    });
    const before = lives();
    expect((await host.call("GET", "/healthz")).status).toBe(200);
    expect(lives()).toBe(before);
    await stopping.exited;
    await until(() => lives() > before, { what: "it lives again" });
  },
);

test("what a player got is counted without a capture, with the history off too, and goes to the collector", async () => {
  await using directory = await tempDirectory();
  using collector = startCollector();
  await using host = await startRunningHost(directory.path, {
    flags: ["--history-days", "0", "--otlp", collector.url],
  });
  const player = startPlayer(host, ["--seconds", "4", "--width", "320", "--height", "240"]);
  await player.exited;
  const numberIn = (scraped: string, series: string) =>
    Number(scraped.match(new RegExp(`^${RegExp.escape(series)} (\\S+)$`, "m"))?.[1] ?? Number.NaN);
  const sent = 'onglass_stream_frames_total{kind="native",codec="h264",fate="sent"}';
  const text = await (await host.call("GET", "/metrics")).text();
  expect(numberIn(text, sent)).toBeGreaterThan(60);
  expect(numberIn(text, 'onglass_stream_frame_seconds_count{kind="native"}')).toBeGreaterThan(60);
  expect(numberIn(text, 'onglass_stream_packets_lost_total{kind="native",codec="h264"}')).toBe(0);
  expect(numberIn(text, "onglass_history_on")).toBe(0);
  expect(numberIn(text, 'onglass_sessions_started_total{kind="native"}')).toBe(1);
  expect(await host.stop()).toBe(0);
  expect(collector.of("metrics").at(-1)?.text).toContain("onglass_stream_frames_total");
  expect(collector.of("logs").at(-1)?.text).toContain("onglass.session.connected");
});
