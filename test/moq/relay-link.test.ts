import { expect, spyOn, test } from "bun:test";
import { chmod } from "node:fs/promises";
import { join } from "node:path";
import { ownConsolePair } from "../../src/base/console-certificate.ts";
import { loadHostIdentity } from "../../src/base/identity.ts";
import { systemScheduler } from "../../src/base/scheduler.ts";
import { readRelayToken } from "../../src/host/relay-token.ts";
import { RelayLink } from "../../src/moq/relay-link.ts";
import { levelOf } from "../support/counting.ts";
import { followAnnouncements, parseFrame, readTrack } from "../support/moq-client.ts";
import { MoqHost, publishNumbers } from "../support/moq-host.ts";
import { TestRelay } from "../support/moq-relay.ts";
import { tempDirectory } from "../support/temp-directory.ts";
import { until } from "../support/until.ts";

function link(host: MoqHost, url: URL): RelayLink & Disposable {
  const made = new RelayLink({ url, origin: host.origin, scheduler: systemScheduler() });
  made.start();
  return Object.assign(made, { [Symbol.dispose]: () => made.stop() });
}

async function hostAt(relay: TestRelay, count = 1) {
  await until(() => relay.hosts.length === count, { what: `host ${count} is there` });
  const [host] = relay.hosts.slice(-1);
  if (host === undefined) throw new Error("no host came");
  return host;
}

test("a relay sees the broadcasts and takes them further, and counts as internal", async () => {
  await using host = new MoqHost();
  await using relay = new TestRelay();
  const { track } = publishNumbers(host);
  track.write({ n: 1 });
  using _link = link(host, relay.url);
  const connection = await hostAt(relay);
  const { active } = followAnnouncements(connection);
  await until(() => active.has("live/1"), { what: "the broadcast is announced" });
  const reader = readTrack(connection, "live/1", "numbers.json");
  await until(() => reader.frames.length === 1, { what: "the relay has read" });
  await until(() => active.has(".stats/prefix/live"), { what: "the counts are announced too" });
  const stats = readTrack(connection, ".stats/prefix/live", "internal/publisher.json");
  await until(() => stats.frames.length > 0, { what: "the counts are read" });
  expect(parseFrame(stats.frames[0])).toMatchObject({ tier: "internal", subscriptions: 1 });
  const { internal, external } = levelOf(host.counters, "live/1");
  expect(internal.publisher).toMatchObject({ broadcasts: 1, subscriptions: 1 });
  expect(external.publisher.broadcasts).toBe(0);
});

test("a relay that was lost is connected to again", async () => {
  await using host = new MoqHost();
  publishNumbers(host);
  const first = new TestRelay();
  const { port } = first;
  using errors = spyOn(console, "error").mockImplementation(() => undefined);
  using relayed = link(host, first.url);
  await until(() => relayed.isConnected, { what: "it is connected" });
  await first[Symbol.asyncDispose]();
  await until(() => !relayed.isConnected, { what: "the loss is noticed" });
  expect(errors.mock.calls.flat().join(" ")).toContain('"event":"connection to the relay lost"');
  expect(levelOf(host.counters, "live/1").open).toBe(0);
  await using second = new TestRelay(port);
  const { active } = followAnnouncements(await hostAt(second));
  await until(() => active.has("live/1"), { what: "it is announced again" });
});

test("the token is read for each connection, and stands in no log", async () => {
  await using host = new MoqHost();
  await using directory = await tempDirectory();
  const path = join(directory.path, "relay.token");
  await Bun.write(path, "first.token\n");
  await chmod(path, 0o600);
  const relay = new TestRelay();
  using errors = spyOn(console, "error").mockImplementation(() => undefined);
  const made = new RelayLink({
    ...{ url: relay.url, origin: host.origin, scheduler: systemScheduler() },
    token: () => readRelayToken(path),
  });
  made.start();
  await hostAt(relay);
  expect(relay.tokens).toEqual(["first.token"]);
  await Bun.write(path, "second.token");
  const { port } = relay;
  await relay[Symbol.asyncDispose]();
  await until(() => !made.isConnected, { what: "the loss is noticed" });
  await using second = new TestRelay(port);
  await hostAt(second);
  expect(second.tokens.at(-1)).toBe("second.token");
  made.stop();
  expect(errors.mock.calls.flat().join(" ")).not.toContain(".token");
});

test("a file without a token is refused, and what is in it is not said", async () => {
  await using directory = await tempDirectory();
  const path = join(directory.path, "relay.token");
  expect(readRelayToken(path)).rejects.toThrow(/it is not there$/);
  await Bun.write(path, "secret");
  await chmod(path, 0o644);
  expect(readRelayToken(path)).rejects.toThrow(/others may read it \(mode 0644\)/);
  await chmod(path, 0o600);
  await Bun.write(path, "two words");
  expect(readRelayToken(path)).rejects.toThrow(/it holds no token$/);
  expect(await readRelayToken(undefined)).toBeUndefined();
});

test("a relay that cannot be reached is tried again later each time, and its secret not logged", async () => {
  await using host = new MoqHost();
  await using relay = new TestRelay();
  const { url } = relay;
  await relay[Symbol.asyncDispose]();
  using errors = spyOn(console, "error").mockImplementation(() => undefined);
  const delays: number[] = [];
  const tries: (() => void)[] = [];
  const scheduler = {
    after: (delayMs: number, action: () => void) => {
      delays.push(delayMs);
      tries.push(action);
      return () => undefined;
    },
  };
  const failing = new RelayLink({ url, origin: host.origin, scheduler });
  failing.start();
  for (let count = 1; count <= 8; count += 1) {
    await until(() => tries.length === count, { what: `try ${count} has failed` });
    tries[count - 1]?.();
  }
  await until(() => tries.length === 9, { what: "the last has failed" });
  failing.stop();
  for (const [index, delayMs] of delays.entries()) {
    const fullMs = Math.min(500 * 2 ** index, 30_000);
    expect(delayMs).toBeGreaterThanOrEqual(fullMs / 2);
    expect(delayMs).toBeLessThanOrEqual(fullMs);
  }
  const said = errors.mock.calls.flat().join(" ");
  expect(said).not.toContain("hidden");
  expect(said).toContain('"event":"relay not connected"');
  expect(said).toContain('"reason":"it does not answer"');
});

test("a relay that refuses the token, or that nobody vouches for, is said to", async () => {
  await using host = new MoqHost();
  await using directory = await tempDirectory();
  const { keyPem } = await loadHostIdentity(directory.path);
  const names = ["127.0.0.1"];
  const pair = await ownConsolePair(directory.path, { keyPem, names, nowMs: Date.now() });
  for (const [tls, status, reason] of [
    [undefined, 401, "it refuses the token (401)"],
    [undefined, 502, "it answers 502"],
    [{ ...pair }, 401, "its certificate is not trusted: "],
  ] as const) {
    using server = Bun.serve({
      ...{ port: 0, hostname: "127.0.0.1", ...(tls === undefined ? {} : { tls }) },
      fetch: () => new Response("no", { status }),
    });
    using errors = spyOn(console, "error").mockImplementation(() => undefined);
    const { promise: failed, resolve } = Promise.withResolvers<void>();
    const scheduler = {
      after: () => {
        resolve();
        return () => undefined;
      },
    };
    const url = new URL(`${server.url}relay?secret=hidden`);
    const refused = new RelayLink({
      url,
      origin: host.origin,
      scheduler,
      token: async () => "hidden",
    });
    refused.start();
    await failed;
    refused.stop();
    const said = errors.mock.calls.flat().join(" ");
    expect(said).toContain(`"reason":"${reason}`);
    expect(said).not.toContain("hidden");
  }
});
