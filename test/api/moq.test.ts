/** Who may open the MoQ endpoint, on a real listener with the real app around it. */

import { expect, test } from "bun:test";
import { Connection } from "@moq/net";
import QmuxSession from "@moq/qmux";
import { AccessTokens } from "../../src/api/edge/access-tokens.ts";
import { Credentials, sessionCookieName } from "../../src/api/edge/credentials.ts";
import { systemClock } from "../../src/base/clock.ts";
import { socketLimits } from "../../src/moq/endpoint.ts";
import { fakeHost, token } from "../support/fake-host.ts";
import { ManualScheduler } from "../support/manual-scheduler.ts";
import { followAnnouncements } from "../support/moq-client.ts";
import { openTestWatching } from "../support/open-watching.ts";
import { until } from "../support/until.ts";

function listening() {
  const scheduler = new ManualScheduler();
  const tokens = new AccessTokens({ clock: scheduler.clock, scheduler });
  const credentials = new Credentials({ token, clock: systemClock(), tokens });
  const { watching, stop } = openTestWatching(credentials);
  watching.origin.publish({ path: "live/here", tracks: [] });
  const { streams, counters } = watching;
  const { app } = fakeHost({ credentials, moq: watching, streams, counters, socketLimits });
  app.listen({ hostname: "127.0.0.1", port: 0 });
  const origin = `http://127.0.0.1:${app.server?.port}`;
  const protocol = "qmux-02.moq-lite-05";
  const handshake = (path: string, headers: Record<string, string>) =>
    fetch(`${origin}${path}`, {
      headers: {
        connection: "Upgrade",
        upgrade: "websocket",
        "sec-websocket-version": "13",
        "sec-websocket-key": "dGhlIHNhbXBsZSBub25jZQ==",
        "sec-websocket-protocol": protocol,
        ...headers,
      },
    });
  return {
    app,
    origin,
    ...{ credentials, tokens, scheduler },
    protocol,
    handshake,
    watching,
    [Symbol.asyncDispose]: async () => {
      await stop();
      await app.stop(true);
    },
  };
}

type Listening = ReturnType<typeof listening>;

async function seesBroadcasts(connection: Connection.Established): Promise<void> {
  connection.closed.catch(() => undefined);
  const { active } = followAnnouncements(connection);
  await until(() => active.has("live/here"), { what: "the broadcast is announced" });
  connection.close();
}

/** A WebSocket with headers of its own, handed to the library. */
async function connectWith(host: Listening, headers: Record<string, string>) {
  return await connectTo(host, "/moq", headers);
}

async function connectTo(
  { origin, protocol }: Listening,
  path: string,
  headers: Record<string, string> = {},
) {
  const socket = new WebSocket(origin.replace("http", "ws") + path, {
    protocols: [protocol],
    headers,
  });
  const opened = Promise.withResolvers<void>();
  socket.onopen = () => opened.resolve();
  socket.onerror = () => opened.reject(new Error("refused"));
  await opened.promise;
  return socket;
}

test("a ticket opens one connection of the unmodified library", async () => {
  await using host = listening();
  const answer = await fetch(`${host.origin}/api/v1/moq/tickets`, {
    method: "POST",
    headers: { authorization: `Bearer ${token}` },
  });
  const { url } = (await answer.json()) as { url: string };
  await seesBroadcasts(await Connection.connect(new URL(url)));
  expect(Connection.connect(new URL(url))).rejects.toThrow();
});

test("the token in a header opens a WebSocket", async () => {
  await using host = listening();
  const socket = await connectWith(host, { authorization: `Bearer ${token}` });
  const session = new QmuxSession(socket as never);
  session.closed.catch(() => undefined);
  await session.ready;
  session.close();
});

test("a signed-in browser opens it from a page of this origin only", async () => {
  await using host = listening();
  const cookie = `${sessionCookieName(host.origin)}=${host.credentials.openSession()}`;
  const socket = await connectWith(host, { cookie, origin: host.origin });
  socket.close();
  for (const origin of ["http://evil.example", "null", host.origin.replace("http", "https")]) {
    const answer = await host.handshake("/moq", { cookie, origin });
    expect([origin, answer.status]).toEqual([origin, 403]);
  }
  // A program that sends a cookie and no origin is not a browser.
  expect((await host.handshake("/moq", { cookie })).status).toBe(401);
});

test("a page that signs out loses its connection, another one and a program keep theirs", async () => {
  await using host = listening();
  const [mine, others] = [host.credentials.openSession(), host.credentials.openSession()];
  const headersOf = (session: string) => ({
    cookie: `${sessionCookieName(host.origin)}=${session}`,
    origin: host.origin,
  });
  const socket = await connectWith(host, headersOf(mine));
  const other = await connectWith(host, headersOf(others));
  const program = await connectWith(host, { authorization: `Bearer ${token}` });
  const closed = new Promise<number>((resolve) => {
    socket.addEventListener("close", ({ code }) => resolve(code));
  });
  host.credentials.closeSession(mine);
  expect(await closed).toBe(1001);
  expect([other.readyState, program.readyState]).toEqual([WebSocket.OPEN, WebSocket.OPEN]);
  other.close();
  program.close();
});

test("a connection ends with the token it was opened with, and another takes its place only with a right", async () => {
  await using host = listening();
  const { tokens, scheduler } = host;
  const closing = (socket: WebSocket) =>
    new Promise<number>((resolve) => {
      socket.addEventListener("close", ({ code }) => resolve(code));
    });
  const headersOf = (text: string) => ({ authorization: `Bearer ${text}` });
  const revoked = await tokens.create({ name: "revoked", rights: "operator" });
  const day = await tokens.create({ name: "day", rights: "operator", expires_in_days: 1 });
  const program = await connectWith(host, headersOf(token));
  const first = closing(await connectWith(host, headersOf(revoked.token)));
  const second = closing(await connectWith(host, headersOf(day.token)));
  const ticket = await fetch(`${host.origin}/api/v1/moq/tickets`, {
    ...{ method: "POST", headers: headersOf(day.token) },
  });
  const { url } = (await ticket.json()) as { url: string };
  await tokens.revoke(revoked.id);
  expect(await first).toBe(1001);
  scheduler.advanceMs(24 * 3_600_000 + 1);
  expect(await second).toBe(1001);
  for (const text of [revoked.token, day.token]) {
    expect((await host.handshake("/moq", headersOf(text))).status).toBe(401);
  }
  // Its ticket was issued while it was good.
  const { pathname, search } = new URL(url);
  const late = await connectTo(host, pathname + search).catch(() => undefined);
  if (late !== undefined) expect(await closing(late)).toBe(1001);
  expect(program.readyState).toBe(WebSocket.OPEN);
  program.close();
});

test("nothing else opens it", async () => {
  await using host = listening();
  const { origin } = host;
  const wrong: [string, Record<string, string>][] = [
    ["/moq", {}],
    ["/moq", { origin }],
    ["/moq?ticket=", {}],
    ["/moq?ticket=made-up", {}],
    [`/moq?ticket=${token}`, {}],
    [`/moq?token=${token}`, {}],
    ["/moq", { authorization: "Bearer wrong" }],
    ["/moq", { authorization: token }],
    ["/moq", { cookie: `${sessionCookieName(host.origin)}=made-up`, origin }],
  ];
  for (const [path, headers] of wrong) {
    const answer = await host.handshake(path, headers);
    expect([path, answer.status]).toEqual([path, 401]);
    expect(await answer.json()).toMatchObject({ code: "unauthorized" });
  }
  const foreign = await host.handshake("/moq", {
    authorization: `Bearer ${token}`,
    host: "evil.example",
  });
  expect(foreign.status).toBe(421);
});

test("a ticket does not help a page of another origin, and is still good after", async () => {
  await using host = listening();
  const { ticket } = host.watching.issueTicket();
  const answer = await host.handshake(`/moq?ticket=${ticket}`, { origin: "http://evil.example" });
  expect(answer.status).toBe(403);
  await seesBroadcasts(await Connection.connect(new URL(`${host.origin}/moq?ticket=${ticket}`)));
});

test("what is not a handshake is refused", async () => {
  await using host = listening();
  const headers = { authorization: `Bearer ${token}`, "sec-websocket-protocol": host.protocol };
  const answer = await fetch(`${host.origin}/moq`, { headers });
  expect(answer.status).toBe(400);
});
