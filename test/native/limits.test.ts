/** What the native port takes at a time, on both sides of each limit. */
import { expect, test } from "bun:test";
import { connect, type Socket } from "node:net";
import { loadHostIdentity, loadPlayerIdentity } from "../../src/base/identity.ts";
import {
  connectionCountMax,
  connectionCountMaxPerAddress,
  Listener,
} from "../../src/native/host/listener.ts";
import { sessionCountMax, sessionCountMaxPerPlayer } from "../../src/native/host/server.ts";
import { ownCredentials, startTestHost, startTestPlayer } from "../support/native.ts";
import { tempDirectory } from "../support/temp-directory.ts";
import { until } from "../support/until.ts";

/** From an address of this machine's own; all of 127.0.0.0/8 is. */
function knock(port: number, localAddress: string): Promise<Socket> {
  const { promise, resolve, reject } = Promise.withResolvers<Socket>();
  const socket = connect({ host: "127.0.0.1", port, localAddress }, () => resolve(socket));
  socket.on("error", reject);
  return promise;
}

test("a stranger too many pushes out the oldest of the address with the most, not the newcomer", async () => {
  await using directory = await tempDirectory();
  const listener = await Listener.open({
    host: "127.0.0.1",
    port: 0,
    identity: await loadHostIdentity(directory.path),
    onConnection: () => undefined,
  });
  try {
    const sockets: Socket[] = [];
    for (let index = 0; index < connectionCountMax; index += 1) {
      const number = 2 + Math.floor(index / connectionCountMaxPerAddress);
      sockets.push(await knock(listener.port, `127.0.0.${number}`));
    }
    await until(() => listener.connectionCount === connectionCountMax, { what: "all are in" });
    expect(listener.turnedAwayCount).toBe(0);
    const newcomer = await knock(listener.port, "127.0.0.99");
    await until(() => listener.turnedAwayCount === 1, { what: "one has to go" });
    const [oldest] = sockets;
    await until(() => oldest?.readyState !== "open", { what: "the oldest is cut" });
    expect(listener.connectionCount).toBe(connectionCountMax);
    expect(newcomer.readyState).toBe("open");
    for (const socket of [...sockets, newcomer]) socket.destroy();
  } finally {
    listener.close();
  }
});

test("a rate that is a fraction is streamed as it was asked for", async () => {
  await using host = await startTestHost();
  const credentials = await ownCredentials(host);
  using player = await startTestPlayer(host.host.port, credentials, { request: { fps: 59.94 } });
  await player.frameCount(5);
  expect(host.host.sessions()[0]?.fps).toBe(59.94);
  expect(player.player.opened.fps).toBe(59.94);
});

test("a paired player opens four sessions, and leaves room for others", async () => {
  await using host = await startTestHost();
  await using directory = await tempDirectory();
  const identity = await loadPlayerIdentity(directory.path);
  const credentials = { dataDirectory: directory.path, identity };
  const { code } = await host.host.createPairingCode();
  const request = { width: 64, height: 64, fps: 5, bitrate_kbps: 200 };
  const { port } = host.host;
  using players = new DisposableStack();
  players.use(await startTestPlayer(port, { ...credentials, code }, { request }));
  for (let index = 1; index < sessionCountMaxPerPlayer; index += 1) {
    players.use(await startTestPlayer(port, credentials, { request }));
  }
  const another = startTestPlayer(port, credentials, { request });
  await expect(another).rejects.toMatchObject({ code: "too_many_sessions" });
  using other = await startTestPlayer(port, await ownCredentials(host), { request });
  await other.frameCount(1);
}, 60_000);

test("the host plays 16 sessions, not a 17th, and another when one ends", async () => {
  await using host = await startTestHost({ listenHost: "::" });
  const credentials = await ownCredentials(host);
  const request = { width: 64, height: 64, fps: 5, bitrate_kbps: 200 };
  const { port } = host.host;
  using players = new DisposableStack();
  const first = players.use(await startTestPlayer(port, credentials, { request }));
  for (let index = 1; index < sessionCountMax; index += 1) {
    players.use(await startTestPlayer(port, credentials, { request }));
  }
  // An address of its own, which no limit of connections holds.
  const another = () => startTestPlayer(port, credentials, { request, host: "::1" });
  await expect(another()).rejects.toMatchObject({ code: "too_many_sessions" });
  first.player.stop();
  await host.event("session_ended");
  using later = await another();
  await later.frameCount(1);
}, 60_000);
