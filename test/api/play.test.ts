/** Who may send input, and what a peer that sends nonsense gets: a real listener and a real display. */
import { expect, test } from "bun:test";
import {
  clipboardMessage,
  copiedMessage,
  keyMessage,
  pointerMessage,
  readHostAnswer,
  textMessages,
} from "../../public/input-wire.ts";
import { AccessTokens } from "../../src/api/edge/access-tokens.ts";
import { Credentials, sessionCookieName } from "../../src/api/edge/credentials.ts";
import { guestCookieName } from "../../src/api/edge/guest-session.ts";
import { LinkRegistry } from "../../src/api/edge/stream-links.ts";
import { admitPlay } from "../../src/api/routes/play.ts";
import { systemClock } from "../../src/base/clock.ts";
import { socketLimits } from "../../src/moq/endpoint.ts";
import {
  PlayEndpoint,
  playConnectionCountMax,
  playGuestCountMax,
  playPerGuestMax,
} from "../../src/play/endpoint.ts";
import { StreamInputs } from "../../src/play/stream-inputs.ts";
import {
  clipboardStates,
  copiedStates,
  inputStates,
  playMessageBytesMax,
} from "../../src/play/wire/layout.ts";
import { copiedBytesMax } from "../../src/wayland/copied.ts";
import { fakeHost, token } from "../support/fake-host.ts";
import { ManualScheduler } from "../support/manual-scheduler.ts";
import { until } from "../support/until.ts";
import { openScreen, type XScreen } from "../support/x-screen.ts";

const size = { width: 640, height: 480 };
const [keyA, keycodeA] = [30, 38];

function listening(screen?: XScreen) {
  let actionCount = 0;
  const links = new LinkRegistry({ clock: systemClock() });
  const scheduler = new ManualScheduler();
  const tokens = new AccessTokens({ clock: scheduler.clock, scheduler });
  const credentials = new Credentials({ token, clock: systemClock(), tokens });
  const stream = {
    ...{ source: "x11", size },
    mark: () => undefined,
    encodedUs: () => undefined,
    onAction: () => {
      actionCount += 1;
    },
    takeInputTarget: () =>
      screen === undefined ? undefined : ({ kind: "x11", display: screen.name } as const),
  };
  const play = new PlayEndpoint({
    inputs: new StreamInputs((id) => (id === 5 ? stream : undefined)),
    clock: systemClock(),
    scheduler,
    admit: (request, sessionId) =>
      admitPlay(request, { credentials, guests: links, isOfLink: () => sessionId === 5 }),
  });
  const { app } = fakeHost({ credentials, play, socketLimits });
  app.listen({ hostname: "127.0.0.1", port: 0 });
  const origin = `http://127.0.0.1:${app.server?.port}`;
  return {
    ...{ credentials, links, tokens, scheduler, play, origin },
    actionCount: () => actionCount,
    cookie: () => `${sessionCookieName(`${origin}/`)}=${credentials.openSession()}`,
    [Symbol.asyncDispose]: async () => {
      await play.stop();
      await app.stop(true);
    },
  };
}

type Listening = ReturnType<typeof listening>;

const handshake = {
  connection: "Upgrade",
  upgrade: "websocket",
  "sec-websocket-version": "13",
  "sec-websocket-key": "dGhlIHNhbXBsZSBub25jZQ==",
};

/** The status of a handshake that is refused. */
async function refusal(host: Listening, path: string, headers: Record<string, string>) {
  return (await fetch(`${host.origin}${path}`, { headers: { ...handshake, ...headers } })).status;
}

async function connect(host: Listening, headers: Record<string, string>) {
  const url = `${host.origin.replace("http", "ws")}/input?stream=5`;
  const socket = new WebSocket(url, { headers });
  socket.binaryType = "arraybuffer";
  const first = Promise.withResolvers<number>();
  const closed = Promise.withResolvers<number>();
  socket.onmessage = ({ data }) => {
    const state = new Uint8Array(data)[12] ?? 0;
    if (state !== inputStates.opening) first.resolve(state);
  };
  socket.onclose = ({ code }) => {
    first.reject(new Error(`closed with ${code}`));
    closed.resolve(code);
  };
  return { socket, state: await first.promise, closed: closed.promise };
}

const signedIn = (host: Listening) => ({ origin: host.origin, cookie: host.cookie() });

test("a signed-in page types, and what it holds goes up when it closes", async () => {
  await using screen = await openScreen();
  await using host = listening(screen);
  const { socket, state } = await connect(host, signedIn(host));
  expect(state).toBe(inputStates.ready);
  socket.send(keyMessage(0, keyA, true));
  await screen.holds(({ keycodes }) => keycodes.includes(keycodeA));
  socket.close();
  await screen.holds(({ keycodes }) => !keycodes.includes(keycodeA));
});

test("what a page types is counted as input of the stream, its pings are not", async () => {
  await using screen = await openScreen();
  await using host = listening(screen);
  const { socket } = await connect(host, signedIn(host));
  expect(host.actionCount()).toBe(0);
  socket.send(keyMessage(0, keyA, true));
  await screen.holds(({ keycodes }) => keycodes.includes(keycodeA));
  expect(host.actionCount()).toBe(1);
});

test("what is held goes up when the page has been silent for a second", async () => {
  await using screen = await openScreen();
  await using host = listening(screen);
  const { socket } = await connect(host, signedIn(host));
  socket.send(keyMessage(0, keyA, true));
  await screen.holds(({ keycodes }) => keycodes.includes(keycodeA));
  host.scheduler.advanceMs(1000);
  await screen.holds(({ keycodes }) => !keycodes.includes(keycodeA));
});

test("a sign-out in the middle ends the input at once, and releases what is held", async () => {
  await using screen = await openScreen();
  await using host = listening(screen);
  const cookie = host.cookie();
  const { socket, closed } = await connect(host, { origin: host.origin, cookie });
  socket.send(keyMessage(0, keyA, true));
  await screen.holds(({ keycodes }) => keycodes.includes(keycodeA));
  host.credentials.closeSession(cookie.split("=")[1]);
  expect(await closed).toBe(4401);
  await screen.holds(({ keycodes }) => !keycodes.includes(keycodeA));
});

/** The state and the text of the next answer about the clipboard. */
function clipboardOf(socket: WebSocket): Promise<unknown> {
  const { promise, resolve } = Promise.withResolvers<unknown>();
  socket.addEventListener("message", ({ data }) => {
    const answer = readHostAnswer(data);
    if (answer?.kind === "clipboard") resolve([answer.state, answer.text]);
  });
  socket.send(clipboardMessage(0));
  return promise;
}

test("the operator’s page is given what was copied on the desktop, and a guest’s is not", async () => {
  await using screen = await openScreen();
  await using host = listening(screen);
  const stdin = new TextEncoder().encode("Grüße");
  const line = ["xclip", "-selection", "clipboard", "-display", screen.name];
  await Bun.spawn(line, { stdin, stdout: "ignore", stderr: "ignore" }).exited;
  const { socket } = await connect(host, signedIn(host));
  expect(await clipboardOf(socket)).toEqual([clipboardStates.text, "Grüße"]);
  const guest = await connect(host, await comeByLink(host));
  expect(await clipboardOf(guest.socket)).toEqual([clipboardStates.unavailable, ""]);
});

/** What becomes of a text that is copied to the desktop: one of `copiedStates`. */
function copiedTo(socket: WebSocket, text: string): Promise<number> {
  const { promise, resolve } = Promise.withResolvers<number>();
  socket.addEventListener("message", ({ data }) => {
    const answer = readHostAnswer(data);
    if (answer?.kind === "copied") resolve(answer.state);
  });
  socket.send(copiedMessage(0, new TextEncoder().encode(text)));
  return promise;
}

async function pastedOn({ name }: XScreen): Promise<string> {
  const line = ["xclip", "-o", "-selection", "clipboard", "-display", name, "-t", "UTF8_STRING"];
  return await new Response(Bun.spawn(line, { stderr: "ignore" }).stdout).text();
}

test("who may play copies a text to the desktop, where it stays until the stream is over", async () => {
  await using screen = await openScreen();
  await using host = listening(screen);
  const longest = "x".repeat(copiedBytesMax);
  for (const [headers, text] of [
    [signedIn(host), longest],
    [await comeByLink(host), "Grüße"],
  ] as const) {
    const { socket } = await connect(host, headers);
    expect(await copiedTo(socket, text)).toBe(copiedStates.held);
    expect(await pastedOn(screen)).toBe(text);
    socket.close();
  }
  expect(await pastedOn(screen)).toBe("Grüße");
  await host.play.streamOver(5);
  await until(async () => (await pastedOn(screen)) === "", { what: "the text is released" });
});

test("a text that is too long, empty, or one of hundreds ends the connection", async () => {
  await using host = listening();
  const wrong = [
    copiedMessage(0, new Uint8Array(copiedBytesMax + 1)),
    copiedMessage(0, new Uint8Array()),
  ];
  for (const message of wrong) {
    const { socket, closed } = await connect(host, signedIn(host));
    socket.send(message);
    expect(await closed).toBe(1008);
  }
  const { socket, closed } = await connect(host, signedIn(host));
  expect(await copiedTo(socket, "a")).toBe(copiedStates.unavailable);
  for (let count = 0; count < 500; count += 1) socket.send(copiedMessage(0, new Uint8Array([97])));
  expect(await closed).toBe(1008);
});

test("a source that takes no input says so", async () => {
  await using host = listening();
  expect((await connect(host, signedIn(host))).state).toBe(inputStates.noTarget);
});

test("nobody comes in without a right, from another origin, or for a stream that does not run", async () => {
  await using host = listening();
  const { origin } = host;
  const cookie = host.cookie();
  const path = "/input?stream=5";
  expect(await refusal(host, path, {})).toBe(401);
  expect(await refusal(host, path, { origin })).toBe(401);
  // Not a page: browsers always name their origin.
  expect(await refusal(host, path, { cookie })).toBe(401);
  expect(await refusal(host, path, { origin: "http://evil.example", cookie })).toBe(403);
  expect(await refusal(host, path, { origin: "null", cookie })).toBe(403);
  expect(await refusal(host, path, { authorization: `Bearer ${token}x` })).toBe(401);
  expect(await refusal(host, `${path}&access_token=${token}`, {})).toBe(401);
  expect(await refusal(host, "/input?stream=6", { origin, cookie })).toBe(404);
  for (const id of ["", "0", "-5", "5.0", "%35%00", "5".repeat(16)]) {
    expect(await refusal(host, `/input?stream=${id}`, { origin, cookie })).toBe(400);
  }
  expect(host.play.connectionCount).toBe(0);
});

test("the operator's token in a header opens it for programs", async () => {
  await using host = listening();
  const { state } = await connect(host, { authorization: `Bearer ${token}` });
  expect(state).toBe(inputStates.noTarget);
});

test("input ends with the token that it came with: revoked, or over at its date", async () => {
  await using host = listening();
  const revoked = await host.tokens.create({ name: "revoked", rights: "operator" });
  const day = await host.tokens.create({ name: "day", rights: "operator", expires_in_days: 1 });
  const reader = await host.tokens.create({ name: "reader", rights: "read" });
  const headersOf = (text: string) => ({ authorization: `Bearer ${text}` });
  expect(await refusal(host, "/input?stream=5", headersOf(reader.token))).toBe(401);
  const [first, second] = [
    await connect(host, headersOf(revoked.token)),
    await connect(host, headersOf(day.token)),
  ];
  await host.tokens.revoke(revoked.id);
  expect(await first.closed).toBeGreaterThan(1000);
  expect(second.socket.readyState).toBe(WebSocket.OPEN);
  host.scheduler.advanceMs(24 * 3_600_000 + 1);
  expect(await second.closed).toBeGreaterThan(1000);
  expect(await refusal(host, "/input?stream=5", headersOf(day.token))).toBe(401);
});

test("a message that is too large, or not one of ours, ends the connection", async () => {
  await using host = listening();
  const bad = [
    new Uint8Array(playMessageBytesMax + 1),
    new Uint8Array(200_000),
    new Uint8Array(0),
    new Uint8Array([2, 1, 0, 0]),
    "text",
  ];
  for (const message of bad) {
    const { socket, closed } = await connect(host, signedIn(host));
    socket.send(message);
    expect(await closed).toBe(1008);
  }
});

test("a thousand messages a second are taken, a flood ends the connection", async () => {
  await using host = listening();
  const { socket, closed } = await connect(host, signedIn(host));
  for (let count = 0; count < 1000; count += 1) socket.send(pointerMessage(0, 0.5, 0.5));
  expect(socket.readyState).toBe(WebSocket.OPEN);
  for (let count = 0; count < 20_000; count += 1) socket.send(pointerMessage(0, 0.5, 0.5));
  expect(await closed).toBe(1008);
});

test("texts cost what typing them costs: a flood of them ends the connection", async () => {
  await using host = listening();
  const { socket, closed } = await connect(host, signedIn(host));
  for (const message of textMessages(0, "a".repeat(20_000))) socket.send(message);
  expect(await closed).toBe(1008);
});

test("no more pages play at a time than are allowed", async () => {
  await using host = listening();
  const headers = signedIn(host);
  for (let count = 0; count < playConnectionCountMax; count += 1) await connect(host, headers);
  expect(await refusal(host, "/input?stream=5", headers)).toBe(429);
});

/** The cookie of a browser that a link to play has let in. */
async function comeByLink(host: Listening) {
  const { secret } = await host.links.create({
    rights: "play",
    stream: { source: "x11" },
    uses: 20,
  });
  const admitted = await host.links.admit(secret);
  if (admitted === undefined) throw new Error("the link lets nobody in");
  const name = guestCookieName(`${host.origin}/`);
  return { cookie: `${name}=${admitted.cookie}`, origin: host.origin };
}

test("a guest who opens fifty sockets keeps neither the operator nor another guest out", async () => {
  await using host = listening();
  const [greedy, other] = [await comeByLink(host), await comeByLink(host)];
  for (let count = 0; count < playPerGuestMax; count += 1) await connect(host, greedy);
  for (let count = 0; count < 50 - playPerGuestMax; count += 1) {
    expect(await refusal(host, "/input?stream=5", greedy)).toBe(429);
  }
  await connect(host, other);
  await connect(host, signedIn(host));
});

test("guests with many links leave the operator places", async () => {
  await using host = listening();
  for (let count = 0; count < playGuestCountMax; count += 1) {
    await connect(host, await comeByLink(host));
  }
  expect(await refusal(host, "/input?stream=5", await comeByLink(host))).toBe(429);
  for (let count = playGuestCountMax; count < playConnectionCountMax; count += 1) {
    await connect(host, signedIn(host));
  }
  expect(await refusal(host, "/input?stream=5", signedIn(host))).toBe(429);
});

test("a place that was left is free again", async () => {
  await using host = listening();
  const guest = await comeByLink(host);
  for (let count = 0; count < 2 * playPerGuestMax; count += 1) {
    const { socket, closed } = await connect(host, guest);
    socket.close();
    await closed;
    await until(() => host.play.connectionCount === 0, { what: "the host has seen it" });
  }
});

test("the end of the stream ends its input", async () => {
  await using host = listening();
  const { closed } = await connect(host, signedIn(host));
  await host.play.streamOver(5);
  expect(await closed).toBe(4404);
});
