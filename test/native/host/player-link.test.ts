/** What a player may cost the thread that sends everybody's frames. */
import { expect, test } from "bun:test";
import { EventEmitter } from "node:events";
import type { TLSSocket } from "node:tls";
import { Connection } from "../../../src/native/host/connection.ts";
import { PlayerLink, silenceUsMax } from "../../../src/native/host/player-link.ts";
import { pingBytes, viewOf, writePing } from "../../../src/native/wire/packet.ts";
import { Sealer } from "../../../src/native/wire/seal.ts";
import { UdpPort } from "../../../src/session/udp.ts";
import { ManualClock } from "../../support/manual-clock.ts";

const key = new Uint8Array(16).fill(3);
const peer = { address: "127.0.0.1", port: 9 };

async function openLink() {
  const clock = new ManualClock();
  const udp = await UdpPort.open({ address: "127.0.0.1", port: 0 }, { onDatagram: () => {} });
  const link = new PlayerLink({
    ...{ clock, udp, tag: 7, keyToPlayer: key, keyToHost: key, packetBytes: 1200 },
    onMoved: () => undefined,
    onArrivals: () => undefined,
    onRefused: () => undefined,
  });
  const sealer = new Sealer({ key, tag: 7 });
  const ping = () => {
    const [plain, out] = [new Uint8Array(pingBytes), new Uint8Array(1200)];
    writePing(viewOf(plain), clock.nowUs());
    link.receive(out.subarray(0, sealer.seal(plain, out)), peer);
  };
  return { clock, link, ping, [Symbol.dispose]: () => udp.close() };
}

test("of a player that floods, so much is read in a tick, and more in the next", async () => {
  using opened = await openLink();
  const answeredCount = () => opened.link.sealer.nextSequence;
  for (let count = 0; count < 1000; count++) opened.ping();
  const first = answeredCount();
  expect(first).toBeGreaterThan(20);
  expect(first).toBeLessThan(100);
  opened.link.tick(0);
  opened.ping();
  expect(answeredCount()).toBe(first + 1);
});

test("time in which the host stood still is no silence of the player", async () => {
  using opened = await openLink();
  const { clock, link } = opened;
  opened.ping();
  clock.advanceMs(5000);
  link.tick(4_900_000);
  expect(link.silentUs(clock.nowUs())).toBe(100_000);
  clock.advanceMs(silenceUsMax / 1000);
  link.tick(0);
  expect(link.isSilent(clock.nowUs())).toBe(true);
});

test("a player that sends more than any player says waits in its own socket", () => {
  let isPaused = false;
  const socket = Object.assign(new EventEmitter(), {
    destroyed: false,
    isPaused: () => isPaused,
    pause: () => {
      isPaused = true;
    },
    resume: () => undefined,
    write: () => true,
    destroy: () => undefined,
  });
  const never = () => Promise.reject(new Error("Bug: nobody asked"));
  // The parts of a socket that a connection uses.
  new Connection(socket as unknown as TLSSocket, {
    ...{ hostName: "host", admit: never, openSession: never },
    ...{ onAdmitted: () => undefined, onRefused: () => undefined },
  });
  const unknown = (bytes: number) => {
    const message = Buffer.alloc(4 + bytes);
    message.writeUInt32BE(bytes, 0);
    message.writeUInt16BE(999, 4);
    return message;
  };
  socket.emit("data", unknown(200));
  expect(isPaused).toBe(false);
  socket.emit("data", unknown(20_000));
  expect(isPaused).toBe(true);
  socket.emit("close");
});
