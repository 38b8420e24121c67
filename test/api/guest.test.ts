/** What a browser that came by a link reaches: one page, its stream, and nothing else of the host. */
import { expect, test } from "bun:test";
import { Credentials } from "../../src/api/edge/credentials.ts";
import { guestCookieName } from "../../src/api/edge/guest-session.ts";
import { systemClock } from "../../src/base/clock.ts";
import { moqAdmission } from "../../src/host/moq-admission.ts";
import type { StreamLinkRequest } from "../../src/model/link.ts";
import { type ConsoleHost, consoleHostIn, consoleToken } from "../support/console-host.ts";
import { tempDirectory } from "../support/temp-directory.ts";

async function setUp() {
  const directory = await tempDirectory();
  const host = await consoleHostIn(directory.path, {});
  return {
    host,
    get: (path: string, cookie: string) =>
      fetch(host.url + path, { headers: { cookie }, redirect: "manual" }),
    [Symbol.asyncDispose]: async () => {
      await host[Symbol.asyncDispose]();
      await directory[Symbol.asyncDispose]();
    },
  };
}

const small = { width: 320, height: 180, fps: 30, bitrate_kbps: 500 };

function join({ url }: ConsoleHost, secret: string, headers: Record<string, string> = {}) {
  const body = new URLSearchParams({ secret });
  return fetch(`${url}/join`, {
    ...{ method: "POST", body, redirect: "manual" },
    headers: { origin: url, ...headers },
  });
}

async function comeBy(host: ConsoleHost, request: StreamLinkRequest = {}) {
  const { link, secret } = await host.links.create({ stream: small, ...request });
  const cookie = (await join(host, secret)).headers.get("set-cookie")?.split(";", 1)[0] ?? "";
  return { link, secret, cookie };
}

test("the API makes a link whose secret is in the fragment and nowhere else", async () => {
  await using made = await setUp();
  const { host } = made;
  const headers = { authorization: `Bearer ${consoleToken}`, "content-type": "application/json" };
  const body = JSON.stringify({ rights: "play", uses: 2, name: "Ada", stream: small });
  const answer = await fetch(`${host.url}/api/v1/links`, { method: "POST", headers, body });
  const { url, id } = (await answer.json()) as { url: string; id: string };
  const { pathname, search, hash, origin } = new URL(url);
  expect({ pathname, search, origin }).toEqual({ pathname: "/join", search: "", origin: host.url });
  expect(hash).toMatch(/^#[\w-]{43}$/);
  const listed = await (await fetch(`${host.url}/api/v1/links`, { headers })).text();
  expect(JSON.parse(listed)).toMatchObject([{ id, name: "Ada", rights: "play", connections: 0 }]);
  expect(listed).not.toContain(hash.slice(1));
  const gone = await fetch(`${host.url}/api/v1/links/${id}`, { method: "DELETE", headers });
  expect(gone.status).toBe(204);
});

test("coming by a link gives a cookie for its page alone, which no script reads", async () => {
  await using made = await setUp();
  const { link, secret } = await made.host.links.create({ stream: small });
  const answer = await join(made.host, secret);
  expect([answer.status, answer.headers.get("location")]).toEqual([303, "/guest"]);
  const cookie = answer.headers.get("set-cookie") ?? "";
  expect(cookie).toContain(`${guestCookieName(made.host.url)}=`);
  for (const part of ["HttpOnly", "SameSite=Strict", "Path=/", "Max-Age=86"]) {
    expect(cookie).toContain(part);
  }
  expect(cookie).not.toContain(secret);
  expect(cookie).not.toContain(link.id);
});

/** Open to everybody: sign-in, the language, assets, and that the host is alive. */
const openToAll = ["/sign-in", "/sign-out", "/language", "/assets/:file", "/healthz"];
const ofGuests = ["/guest", "/guest/now", "/guest/clock", "/join", "/moq"];

/** What a route answers to the cookie; `undefined` when it refuses. */
async function opened({ url }: ConsoleHost, cookie: string, [method, route]: [string, string]) {
  const path = route.replaceAll(/:\w+/g, "1").replaceAll("*", "x");
  const isReading = method === "GET" || method === "HEAD";
  const answer = await fetch(url + path, {
    ...{ method, redirect: "manual" },
    headers: { cookie, origin: url, "sec-fetch-site": "same-origin" },
    ...(isReading ? {} : { body: "{}" }),
  });
  const place = answer.headers.get("location") ?? "";
  // Pages send to sign-in.
  const isSent = answer.status === 303 && place.startsWith("/sign-in");
  const isRefused = isSent || [401, 403, 404].includes(answer.status);
  return isRefused ? undefined : `${method} ${route}: ${answer.status} ${place}`;
}

test("a link's cookie opens no other route of the host", async () => {
  await using made = await setUp();
  const { host } = made;
  const { cookie } = await comeBy(host, { rights: "play" });
  const routes = host.app.routes.filter(
    ({ path }) => !(openToAll.includes(path) || ofGuests.includes(path)),
  );
  const found: (string | undefined)[] = [];
  for (const { method, path } of routes) found.push(await opened(host, cookie, [method, path]));
  // Without a stream it is not looked who asks.
  const noStream = "GET /input: 400 ";
  expect(found.filter((one) => one !== undefined)).toEqual([noStream]);
  expect(routes.length).toBeGreaterThan(100);
});

test("a wrong, used up or expired secret opens nothing, and guessing is slowed down", async () => {
  await using made = await setUp();
  const { host } = made;
  const { secret } = await comeBy(host);
  expect((await join(host, secret)).status).toBe(403);
  const statuses: number[] = [];
  for (let count = 0; count < 6; count += 1) statuses.push((await join(host, "wrong")).status);
  expect(statuses.at(0)).toBe(403);
  expect(statuses.at(-1)).toBe(429);
  // Who has a link is let in meanwhile: it may share the attacker's address.
  const { secret: good } = await host.links.create({ stream: small });
  expect((await join(host, good)).status).toBe(303);
});

test("the browser that a link has let in may open the link again", async () => {
  await using made = await setUp();
  const { secret, cookie } = await comeBy(made.host);
  const again = await join(made.host, secret, { cookie });
  expect([again.status, again.headers.get("location")]).toEqual([303, "/guest"]);
});

test("a page of another origin uses up no link", async () => {
  await using made = await setUp();
  const { link, secret } = await made.host.links.create({ stream: small });
  const answer = await join(made.host, secret, { origin: "http://evil.example" });
  expect(answer.status).toBe(403);
  expect(answer.headers.get("set-cookie")).toBeNull();
  expect(made.host.links.list().find(({ id }) => id === link.id)?.uses).toBe(0);
});

test("the page says nothing of source, host and other streams, and its clock is for guests", async () => {
  await using made = await setUp();
  const { host, get } = made;
  const { link, cookie } = await comeBy(host, { stream: { ...small, source: "color:ff0000" } });
  const answer = await get("/guest", cookie);
  const text = await answer.text();
  expect(answer.status).toBe(200);
  expect(text).toContain("<watch-player");
  expect(text).not.toContain("<picture-input");
  for (const word of [
    "color:ff0000",
    '"/sessions',
    '"/timeline',
    '"/watch',
    consoleToken,
    link.id,
  ]) {
    expect(text).not.toContain(word);
  }
  expect((await get("/guest/clock", cookie)).status).toBe(200);
  expect((await get("/guest/clock", "")).status).toBe(403);
  await host.links.revoke(link.id);
  expect((await get("/guest", cookie)).status).toBe(403);
  expect((await get("/guest/clock", cookie)).status).toBe(403);
  expect(await (await get("/guest/now?of=1", cookie)).text()).toContain("over");
});

test("a guest's connection sees the broadcast of its stream and no other, not even by name", async () => {
  await using made = await setUp();
  const { host } = made;
  const { watching, links } = host;
  const own = await watching.streams.open(small);
  const other = await watching.streams.open({ ...small, fps: 20 });
  const { cookie } = await comeBy(host);
  const credentials = new Credentials({ token: consoleToken, clock: systemClock() });
  const admit = moqAdmission({ credentials, links }, () => watching);
  const request = new Request(`${host.url}/moq`, { headers: { cookie, origin: host.url } });
  const { sees } = admit(request, () => undefined);
  const paths = [own.broadcast, other.broadcast, ".stats/prefix", "live"];
  expect(paths.filter((path) => sees?.(path) ?? true)).toEqual([own.broadcast]);
  const published: string[] = [];
  const publish = (path: string) => void published.push(path);
  watching.origin.attach({ id: 1, tier: "external", sees, publish });
  expect(published).toEqual([own.broadcast]);
  await watching.streams.open({ ...small, fps: 15 });
  expect(published).toEqual([own.broadcast]);
});
