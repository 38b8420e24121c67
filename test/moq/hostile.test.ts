import { describe, expect, test } from "bun:test";
import { Connection } from "@moq/net";
import { connectionCountMax } from "../../src/moq/endpoint.ts";
import { levelOf } from "../support/counting.ts";
import { readTrack } from "../support/moq-client.ts";
import { MoqHost, publishNumbers } from "../support/moq-host.ts";
import { until } from "../support/until.ts";

describe("a connection is refused", () => {
  const upgrade = (url: string, headers: Record<string, string> = {}) =>
    fetch(url, {
      headers: {
        connection: "Upgrade",
        upgrade: "websocket",
        "sec-websocket-version": "13",
        "sec-websocket-key": "dGhlIHNhbXBsZSBub25jZQ==",
        ...headers,
      },
    });

  test("without credentials", async () => {
    await using host = new MoqHost();
    const answer = await upgrade(`http://127.0.0.1:${host.port}/moq`);
    expect(answer.status).toBe(401);
    expect(await answer.json()).toMatchObject({ code: "unauthorized" });
    expect(Connection.connect(new URL(`http://127.0.0.1:${host.port}/moq`))).rejects.toThrow();
  });

  test("without a protocol that is spoken here", async () => {
    await using host = new MoqHost();
    for (const protocol of ["", "chat", "qmux-02", "webtransport"]) {
      const answer = await upgrade(host.url.href, { "sec-websocket-protocol": protocol });
      expect(answer.status).toBe(400);
    }
  });

  test("when it is not a handshake", async () => {
    await using host = new MoqHost();
    const headers = { "sec-websocket-protocol": "qmux-02.moq-lite-05" };
    expect((await fetch(host.url, { headers })).status).toBe(400);
  });
});

describe("the host continues", () => {
  const protocol = "qmux-02.moq-lite-05";
  const openSocket = async (host: MoqHost) => {
    const socket = new WebSocket(host.url.href.replace("http", "ws"), protocol);
    const { promise, resolve } = Promise.withResolvers<void>();
    socket.onopen = () => resolve();
    await promise;
    const closed = new Promise<void>((done) => {
      socket.onclose = () => done();
    });
    return { socket, closed };
  };
  const stillServes = async (host: MoqHost) => {
    const { source, track } = publishNumbers(host, "live/after");
    track.write({ n: 1 });
    const reader = readTrack(await host.connect(), "live/after", "numbers.json");
    await until(() => reader.frames.length === 1, { what: "a new client is served" });
    host.origin.unpublish(source);
  };

  test("after text on the socket", async () => {
    await using host = new MoqHost();
    const { socket, closed } = await openSocket(host);
    socket.send("hello");
    await closed;
    await stillServes(host);
  });

  test("after garbage on the socket", async () => {
    await using host = new MoqHost();
    for (let round = 0; round < 40; round += 1) {
      const { socket } = await openSocket(host);
      for (let part = 0; part < 5; part += 1) {
        const length = 1 + ((round * 37 + part * 911) % 4000);
        socket.send(crypto.getRandomValues(new Uint8Array(length)));
      }
      socket.close();
    }
    await until(() => host.endpoint.connectionCount === 0, { what: "all are gone" });
    await stillServes(host);
  });

  test("after a message that is too large", async () => {
    await using host = new MoqHost();
    const { socket, closed } = await openSocket(host);
    socket.send(new Uint8Array(300 * 1024));
    await closed;
    await stillServes(host);
  });

  test("after 200 sockets opened and dropped", async () => {
    await using host = new MoqHost();
    publishNumbers(host);
    for (let batch = 0; batch < 20; batch += 1) {
      const sockets = await Promise.all(Array.from({ length: 10 }, () => openSocket(host)));
      for (const { socket } of sockets) socket.terminate();
    }
    await until(() => host.endpoint.connectionCount === 0, { what: "all are gone" });
    const set = levelOf(host.counters, "live/1").external.publisher;
    expect(set.broadcasts).toBe(set.broadcasts_closed);
    expect(levelOf(host.counters, "").open).toBe(0);
    await stillServes(host);
  });

  test("with as many connections as it takes, and refuses the next", async () => {
    await using host = new MoqHost();
    const open = await Promise.all(
      Array.from({ length: connectionCountMax }, () => openSocket(host)),
    );
    const refused = await fetch(host.url, { headers: { "sec-websocket-protocol": protocol } });
    expect(refused.status).toBe(429);
    for (const { socket } of open) socket.terminate();
    await until(() => host.endpoint.connectionCount === 0, { what: "all are gone" });
    await stillServes(host);
  });
});
