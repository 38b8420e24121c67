/** The service manager learns that the host is ready, lives and ends, and a hanging loop is not life. */
import { expect, test } from "bun:test";
import { join } from "node:path";
import { journalMarks } from "../../src/base/journal.ts";
import { onWarning } from "../../src/base/log.ts";
import { ServiceManager } from "../../src/base/service-manager.ts";
import { ServiceReporter } from "../../src/cli/service-reporter.ts";
import { ReadWatch, standingLoops } from "../../src/host/standing.ts";
import { ManualClock } from "../support/manual-clock.ts";
import { ManualScheduler } from "../support/manual-scheduler.ts";
import { openNotifySocket } from "../support/notify-socket.ts";
import { tempDirectory } from "../support/temp-directory.ts";
import { until } from "../support/until.ts";

test.each(["path", "abstract name"])(
  "a notice arrives at a socket with a %s, a line each",
  async (form) => {
    await using directory = await tempDirectory();
    const path =
      form === "path" ? join(directory.path, "s") : `@onglass-test-${crypto.randomUUID()}`;
    await using socket = await openNotifySocket(path);
    const env: Record<string, string | undefined> = {
      ...{ NOTIFY_SOCKET: path, WATCHDOG_USEC: "3000000", WATCHDOG_PID: "77", HOME: "/" },
    };
    const manager = ServiceManager.take(env, 77);
    expect(manager?.watchdogMs).toBe(3000);
    expect(env).toEqual({ HOME: "/" });
    expect(manager?.notify({ READY: 1, STATUS: "two\nlines" })).toBe(true);
    await until(() => socket.taken.length > 0, { what: "the notice came" });
    expect(socket.taken).toEqual(["READY=1\nSTATUS=two lines"]);
  },
);

test.each([
  [{}, undefined],
  [{ NOTIFY_SOCKET: "" }, undefined],
  [{ NOTIFY_SOCKET: "relative" }, undefined],
  [{ NOTIFY_SOCKET: "vsock:2:1234" }, undefined],
])("without a socket that can be used there is nobody to tell: %p", (env, expected) => {
  expect(ServiceManager.take({ ...env }, 1)).toBe(expected);
});

test.each([
  ["1000000", "78", undefined],
  ["nonsense", undefined, undefined],
  ["0", undefined, undefined],
  ["1", undefined, undefined],
  ["9e99", undefined, undefined],
  ["1000000", undefined, 1000],
])("a watchdog of %p for process %p is %p", (usec, pid, ms) => {
  const env = { NOTIFY_SOCKET: "/run/nobody", WATCHDOG_USEC: usec, WATCHDOG_PID: pid };
  expect(ServiceManager.take(env, 77)?.watchdogMs).toBe(ms);
});

test.each(["/nonexistent/socket", `/${"x".repeat(200)}`, "@nobody-listens"])(
  "a manager that does not listen at %p costs nothing",
  (path) => {
    expect(ServiceManager.take({ NOTIFY_SOCKET: path })?.notify({ WATCHDOG: 1 })).toBe(false);
  },
);

function report(options: { standing(): Promise<readonly string[]>; watchdogMs?: number }) {
  const scheduler = new ManualScheduler();
  const told: object[] = [];
  let refusals = 0;
  const manager = {
    watchdogMs: options.watchdogMs,
    notify: (notice: object) => {
      if (refusals > 0) {
        refusals -= 1;
        return false;
      }
      told.push(notice);
      return true;
    },
  };
  const host = { consoleUrl: "http://127.0.0.1:7780", standing: options.standing };
  const reporter = new ServiceReporter({ manager, host, scheduler });
  const pass = async (ms: number) => {
    scheduler.advanceMs(ms);
    await Promise.resolve();
    await Promise.resolve();
  };
  return { reporter, scheduler, told, pass, refuse: (count: number) => (refusals = count) };
}

test("READY is said until it is taken, and STOPPING at the end", async () => {
  const { reporter, told, pass, refuse, scheduler } = report({
    standing: () => Promise.resolve([]),
  });
  refuse(3);
  reporter.begin();
  for (let turn = 0; turn < 5; turn++) await pass(200);
  reporter.end();
  expect(told).toEqual([{ READY: 1, STATUS: "Console at http://127.0.0.1:7780" }, { STOPPING: 1 }]);
  expect(scheduler.waitingCount).toBe(0);
});

test("the watchdog is fed four times within its time while all loops run, and no more once the host ends", async () => {
  const options = { standing: () => Promise.resolve([]), watchdogMs: 4000 };
  const { reporter, told, pass } = report(options);
  reporter.begin();
  for (let turn = 0; turn < 4; turn++) await pass(1000);
  expect(told.slice(1)).toEqual(Array(4).fill({ WATCHDOG: 1 }));
  reporter.end();
  await pass(4000);
  expect(told.at(-1)).toEqual({ STOPPING: 1 });
});

test("a loop that does not answer is not fed, and is one line of the log", async () => {
  const hung = Promise.withResolvers<readonly string[]>();
  const { reporter, told, pass } = report({ standing: () => hung.promise, watchdogMs: 4000 });
  const warned: string[] = [];
  using _listener = onWarning((code) => warned.push(code));
  reporter.begin();
  for (let turn = 0; turn < 8; turn++) await pass(1000);
  expect(told.length).toBe(1);
  expect(warned).toEqual(["loop_stands_still"]);
});

test("a recorder that stands still is not fed, and is again once it reads", async () => {
  const loops = { standing: ["recorder"] };
  const { reporter, told, pass } = report({
    ...{ standing: () => Promise.resolve(loops.standing), watchdogMs: 4000 },
  });
  reporter.begin();
  await pass(1000);
  expect(told.length).toBe(1);
  loops.standing = [];
  await pass(1000);
  expect(told.length).toBe(2);
});

test("rows that nobody reads for five seconds while a session runs are a recorder that stands still", async () => {
  const clock = new ManualClock();
  const rows = new ReadWatch(clock);
  const alive = { alive: () => Promise.resolve(true) };
  const gone = { alive: () => Promise.reject(new Error("gone")) };
  const session = {
    ...{ session_id: 1, kind: "native", width: 1, height: 1, fps: 60, codec: "h264", client: "" },
  };
  clock.advanceMs(60_000);
  expect(await standingLoops(rows, { native: alive, gamestream: undefined })).toEqual([]);
  rows.onStart(session);
  clock.advanceMs(4999);
  expect(await standingLoops(rows, { native: alive })).toEqual([]);
  clock.advanceMs(1);
  expect(await standingLoops(rows, { native: gone })).toEqual(["native", "recorder"]);
  rows.onRows();
  expect(await standingLoops(rows, { native: alive })).toEqual([]);
  clock.advanceMs(60_000);
  rows.onEnd(1);
  expect(await standingLoops(rows, { native: alive })).toEqual([]);
});

test("lines have a priority where stderr is the journal's stream, and else none", async () => {
  await using directory = await tempDirectory();
  const path = join(directory.path, "log");
  await Bun.write(path, "");
  const { openSync, closeSync, fstatSync } = await import("node:fs");
  const descriptor = openSync(path, "r");
  const { dev, ino } = fstatSync(descriptor);
  const marks = journalMarks(`${dev}:${ino}`, descriptor);
  expect([marks("error"), marks("warn"), marks("info")]).toEqual(["<3>", "<4>", "<6>"]);
  expect(journalMarks(`${dev}:${ino + 1}`, descriptor)("warn")).toBe("");
  expect(journalMarks(undefined, descriptor)("warn")).toBe("");
  closeSync(descriptor);
  expect(journalMarks(`${dev}:${ino}`, descriptor)("warn")).toBe("");
});
