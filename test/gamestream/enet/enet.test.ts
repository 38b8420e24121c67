/** The control connection against loss, repetition, disorder and silence. */
import { expect, test } from "bun:test";
import fc from "fast-check";
import { systemClock } from "../../../src/base/clock.ts";
import { EnetChannel, GroupWindow } from "../../../src/gamestream/enet/channel.ts";
import { EnetHost } from "../../../src/gamestream/enet/host.ts";
import { EnetPeer, silenceMaxUs } from "../../../src/gamestream/enet/peer.ts";
import {
  readDatagram,
  writeDatagram,
  writeDisconnect,
  writePing,
  writeReliable,
} from "../../../src/gamestream/enet/wire.ts";
import { EnetClient } from "../../support/gamestream-client/enet-client.ts";
import { randomFrom } from "../../support/gamestream-client/random.ts";
import { ManualClock } from "../../support/manual-clock.ts";
import { until } from "../../support/until.ts";

const connectData = 77;

async function open(options: { loss?: number; seed?: number; data?: number } = {}) {
  const heard: number[] = [];
  const said: number[] = [];
  const ends: string[] = [];
  const host = new EnetHost(systemClock(), {
    accept: (data) => data === connectData,
    onConnect: () => undefined,
    open: (data) => (data.length === 4 ? data.readUInt32LE(0) : undefined),
    onMessage: (value) => void heard.push(value),
    onDisconnect: ({ code }) => void ends.push(code),
  });
  const port = 30_000 + Math.floor(Math.random() * 10_000);
  await host.listen({ address: "127.0.0.1", port });
  const random = randomFrom(options.seed ?? 1);
  const client = new EnetClient({
    host: "127.0.0.1",
    port,
    connectData: options.data ?? connectData,
    isLost: () => random() < (options.loss ?? 0),
    onMessage: (data) => void said.push(data.readUInt32LE(0)),
    onDisconnect: () => void ends.push("by the host"),
  });
  await client.open();
  return {
    host,
    client,
    heard,
    said,
    ends,
    [Symbol.dispose]: () => {
      client.close();
      host.close();
    },
  };
}

const numbered = (value: number) => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value, 0);
  return bytes;
};

test("with 30 % loss both ways every message arrives once and in order", async () => {
  using link = await open({ loss: 0.3, seed: 9 });
  await until(() => link.host.isConnected, { what: "the player is connected" });
  for (let count = 0; count < 60; count++) {
    link.client.sendReliable(1, numbered(count));
    link.host.sendReliable(0, numbered(1000 + count));
  }
  await until(() => link.heard.length >= 60 && link.said.length >= 60, {
    what: "all are heard",
    deadlineMs: 20_000,
  });
  expect(link.heard).toEqual(Array.from({ length: 60 }, (_, index) => index));
  expect(link.said).toEqual(Array.from({ length: 60 }, (_, index) => 1000 + index));
}, 30_000);

test("the round trip is measured", async () => {
  using link = await open();
  await until(() => link.host.isConnected, { what: "the player is connected" });
  await until(() => link.host.rttUs !== undefined, { what: "it is measured" });
  expect(link.host.rttUs).toBeGreaterThan(0);
  expect(link.host.rttUs).toBeLessThan(1e6);
});

test("wrong connect data gets no answer", async () => {
  using wrong = await open({ data: connectData + 1 });
  using right = await open();
  await until(() => right.host.isConnected, { what: "the other is connected" });
  expect(wrong.client.isConnected).toBe(false);
  expect(wrong.host.isConnected).toBe(false);
});

test("a player that leaves is gone at once, one that the host ends is notified", async () => {
  using left = await open();
  await until(() => left.host.isConnected, { what: "the player is connected" });
  left.client.disconnect();
  await until(() => left.ends.length > 0, { what: "it is noticed" });
  expect(left.ends).toEqual(["player_left"]);
  using ended = await open();
  await until(() => ended.host.isConnected, { what: "the player is connected" });
  ended.host.disconnectSoon();
  await until(() => ended.ends.length > 0, { what: "it is reported" });
  expect(new Set(ended.ends)).toEqual(new Set(["by the host"]));
});

test("unsequenced messages arrive, each once", async () => {
  using link = await open();
  await until(() => link.host.isConnected, { what: "the player is connected" });
  for (let count = 0; count < 20; count++) link.client.sendUnsequenced(0, numbered(count));
  await until(() => link.heard.length >= 20, { what: "all are heard" });
  expect(new Set(link.heard).size).toBe(20);
  const groups = new GroupWindow();
  expect(groups.isFresh(5)).toBe(true);
  groups.add(5);
  expect([groups.isFresh(5), groups.isFresh(6)]).toEqual([false, true]);
});

test("messages in any order, with repeats, come out in order and once", () => {
  const count = 40;
  const order = fc.shuffledSubarray(
    Array.from({ length: 2 * count }, (_, index) => (index % count) + 1),
    { minLength: 2 * count },
  );
  fc.assert(
    fc.property(order, fc.integer({ min: 0, max: 0xffff }), (sequences, start) => {
      const channel = new EnetChannel<number>();
      // Any start, so that the end of sixteen bits is crossed too.
      for (let before = 1; before <= start; before++) channel.receiveReliable(before, () => 0);
      const out = sequences.flatMap(
        (each) => channel.receiveReliable((start + each) & 0xffff, () => each) ?? [],
      );
      expect(out).toEqual(Array.from({ length: count }, (_, index) => index + 1));
    }),
    { numRuns: 40 },
  );
});

test("unreliable messages that are older than the last are dropped", () => {
  const channel = new EnetChannel<boolean>();
  const receive = (sequence: number, unreliable: number) =>
    channel.receiveUnreliable(sequence, unreliable, () => true) ?? false;
  expect(receive(0, 2)).toBe(true);
  expect(receive(0, 2)).toBe(false);
  expect(receive(0, 1)).toBe(false);
  expect(receive(0, 3)).toBe(true);
  channel.receiveReliable(1, () => true);
  expect(receive(0, 4)).toBe(false);
  expect(receive(1, 1)).toBe(true);
});

test("a command that is not acknowledged is sent again, later each time", () => {
  const clock = new ManualClock();
  const peer = new EnetPeer({
    id: 1,
    address: { address: "127.0.0.1", port: 1 },
    nowUs: clock.nowUs(),
    open: () => undefined,
    request: {
      peer: 0,
      mtu: 900,
      window: 65_536,
      channelCount: 48,
      throttle: Buffer.alloc(12),
      connectId: Buffer.alloc(4),
      data: 0,
    },
  });
  expect(peer.takeDatagrams(clock.nowUs())).toHaveLength(1);
  clock.advanceMs(499);
  expect(peer.takeDatagrams(clock.nowUs())).toHaveLength(0);
  clock.advanceMs(1);
  expect(peer.takeDatagrams(clock.nowUs())).toHaveLength(1);
  clock.advanceMs(999);
  expect(peer.takeDatagrams(clock.nowUs())).toHaveLength(0);
  clock.advanceMs(1);
  expect(peer.takeDatagrams(clock.nowUs())).toHaveLength(1);
  expect(peer.resentCount).toBe(2);
});

test("silence counts after ten seconds", () => {
  const clock = new ManualClock();
  const request = {
    peer: 0,
    mtu: 900,
    window: 0,
    channelCount: 1,
    throttle: Buffer.alloc(12),
    connectId: Buffer.alloc(4),
    data: 0,
  };
  const address = { address: "127.0.0.1", port: 1 };
  const peer = new EnetPeer({ id: 1, address, nowUs: clock.nowUs(), request, open: () => true });
  clock.advanceMs(silenceMaxUs / 1000 - 1);
  expect(peer.isSilent(clock.nowUs())).toBe(false);
  clock.advanceMs(1);
  expect(peer.isSilent(clock.nowUs())).toBe(true);
});

test("a message that does not open takes no number and gets no acknowledgement", () => {
  const channel = new EnetChannel<string>();
  expect(channel.receiveReliable(1, () => undefined)).toBeUndefined();
  expect(channel.receiveReliable(3, () => undefined)).toBeUndefined();
  expect(channel.receiveReliable(3, () => "third")).toEqual([]);
  expect(channel.receiveUnreliable(0, 9, () => undefined)).toBeUndefined();
  expect(channel.receiveUnreliable(0, 1, () => "small")).toBe("small");
  expect(channel.receiveReliable(1, () => "first")).toEqual(["first"]);
  expect(channel.receiveReliable(2, () => "second")).toEqual(["second", "third"]);
  // A repeat is acknowledged, for its first acknowledgement may be lost; it is not opened again.
  expect(channel.receiveReliable(2, () => "again")).toEqual([]);
});

/** A connected peer, and commands as a player or anybody else at its address would send them. */
function connectedPeer(clock: ManualClock) {
  const [throttle, connectId] = [Buffer.alloc(12), Buffer.alloc(4)];
  const request = { peer: 0, mtu: 900, window: 0, channelCount: 2, throttle, connectId, data: 0 };
  const address = { address: "127.0.0.1", port: 1 };
  const peer = new EnetPeer({
    ...{ id: 1, address, nowUs: clock.nowUs(), request },
    open: (data) => (data.length === 4 ? data : undefined),
  });
  const send = (command: Buffer) => {
    const datagram = readDatagram(writeDatagram(1, 0, [command]));
    for (const each of datagram?.commands ?? []) peer.receive(each, 0, clock.nowUs());
  };
  peer.takeDatagrams(clock.nowUs());
  send(Buffer.from([1, 0xff, 0, 1, 0, 1, 0, 0]));
  return { peer, send };
}

test("a disconnect counts when the player falls silent, not when its sealed pings continue", () => {
  const clock = new ManualClock();
  const { peer, send } = connectedPeer(clock);
  expect(peer.state).toBe("connected");
  send(writeDisconnect());
  for (let count = 1; count <= 6; count++) {
    clock.advanceMs(100);
    send(writeReliable(0, count, numbered(count)));
    expect(peer.hasLeft(clock.nowUs())).toBe(false);
  }
  send(writeDisconnect());
  clock.advanceMs(50);
  // One that was under way together with it.
  send(writeReliable(0, 7, numbered(7)));
  clock.advanceMs(349);
  expect(peer.hasLeft(clock.nowUs())).toBe(false);
  clock.advanceMs(1);
  expect(peer.hasLeft(clock.nowUs())).toBe(true);
});

test("only what opens shows that the player is there", () => {
  const clock = new ManualClock();
  const { peer, send } = connectedPeer(clock);
  clock.advanceMs(9000);
  send(writeReliable(0, 1, new Uint8Array(9)));
  send(writePing(2));
  clock.advanceMs(1000);
  expect(peer.isSilent(clock.nowUs())).toBe(true);
});

test("the farewell carries its sent time, by which a player knows it", () => {
  const clock = new ManualClock();
  const { peer } = connectedPeer(clock);
  const farewell = peer.farewell(clock.nowUs());
  expect(farewell).toHaveLength(12);
  expect(readDatagram(farewell)?.sentMs).toBe(Math.floor(clock.nowUs() / 1000) & 0xffff);
});

test("whatever arrives is read within its bounds", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      const datagram = readDatagram(Buffer.from(bytes));
      const total = (datagram?.commands ?? []).reduce(
        (sum, command) => sum + command.bytes.length + (command.data?.length ?? 0),
        0,
      );
      expect(total).toBeLessThanOrEqual(bytes.length);
    }),
    { numRuns: 2000 },
  );
});
