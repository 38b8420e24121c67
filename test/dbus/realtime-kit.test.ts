/** Real-time priority from RealtimeKit, which a stand-in plays on a bus of the test's own. */
import { expect, test } from "bun:test";
import { resolve } from "node:path";
import { RealtimeKit } from "../../src/dbus/realtime-kit.ts";
import { openSessionBus } from "../../src/dbus/session-bus.ts";
import { startBus, type TestSession } from "../support/session-bus.ts";

async function startKit(session: TestSession, threadCount: number) {
  const program = resolve("test/support/realtime-kit-process.ts");
  const kit = Bun.spawn([process.execPath, program, `${threadCount}`], {
    ...{ env: session.env, stdin: "ignore", stdout: "pipe", stderr: "ignore" },
  });
  session.own(kit);
  const lines = kit.stdout.pipeThrough(new TextDecoderStream()).getReader();
  const next = async () => (await lines.read()).value ?? "";
  expect(await next()).toBe("ready\n");
  return next;
}

test("threads get their level, or the highest there is, after the process has been limited", async () => {
  await using session = await startBus();
  const next = await startKit(session, 2);
  const limits: number[] = [];
  const limit = (us: number) => limits.push(us) > 0;
  const kit = new RealtimeKit({ openBus: openSessionBus, limit });
  expect(kit.raise(4321, 5)).toBe(true);
  expect(await next()).toBe("4321 5\n");
  expect(kit.raise(4322, 90)).toBe(true);
  expect(await next()).toBe("4322 20\n");
  expect(limits).toEqual([200_000]);
});

test("a process that cannot be limited asks for nothing", async () => {
  await using session = await startBus();
  await startKit(session, 1);
  const kit = new RealtimeKit({ openBus: openSessionBus, limit: () => false });
  expect(kit.raise(4321, 5)).toBe(false);
});

test("one that hangs is waited for half a second, whatever it is asked", () => {
  const waits: (number | undefined)[] = [];
  const asked = (ms: number | undefined, answer: bigint) => {
    waits.push(ms);
    return answer;
  };
  const kit = new RealtimeKit({
    limit: () => true,
    openBus: () => ({
      property: (_of, _name, patience) => asked(patience?.ms, 20n),
      call: (_call, patience) => ({ body: [asked(patience?.ms, 0n)], descriptors: [] }),
      [Symbol.dispose]: () => undefined,
    }),
  });
  expect(kit.raise(4321, 5)).toBe(true);
  expect(waits).toEqual([500, 500, 500]);
});

test("a service that is not there, or does not answer, is asked once", async () => {
  await using session = await startBus();
  let asked = 0;
  const openBus = () => {
    asked += 1;
    return openSessionBus();
  };
  const absent = new RealtimeKit({ openBus, limit: () => true });
  expect([absent.raise(1, 5), absent.raise(2, 5)]).toEqual([false, false]);
  expect(asked).toBe(1);
  await startKit(session, 0);
  const silent = new RealtimeKit({ openBus, limit: () => true });
  expect([silent.raise(1, 5), silent.raise(2, 5)]).toEqual([false, false]);
  expect(asked).toBe(2);
});
