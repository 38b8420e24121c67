/** What the pages answer, without a browser: parts, escaping, policy, who is let in. */
import { expect, test } from "bun:test";
import fc from "fast-check";
import type { Capture } from "../../src/model/capture.ts";
import { describeInputProblem } from "../../src/model/input-problem.ts";
import { localAddress } from "../../src/pages/html-response.ts";
import { consoleToken } from "../support/console-host.ts";
import { madeCapture, playingSession, sessionOf } from "../support/made-capture.ts";
import { openPages, post, tagsOf } from "./support.ts";

const television = {
  id: 1,
  uniqueid: "0123456789ABCDEF",
  name: "a television",
  address: "192.0.2.7",
};

test("each part alone is, sign by sign, what it is inside its page", async () => {
  await using pages = await openPages();
  const { id } = await pages.host.store.save(madeCapture({ id: "a", windowCount: 30 }));
  pages.host.people.playing = [playingSession({ started_unix_ms: pages.clock.wallMs() - 65_000 })];
  await pages.host.people.createPairingCode();
  pages.host.people.waiting = [television];
  await pages.host.recorder.start();
  const partsOf: Readonly<Record<string, readonly string[]>> = {
    "/": ["/parts/capture", "/parts/recordings"],
    "/?q=living&sort=client": ["/parts/recordings?q=living&sort=client"],
    "/sessions": ["/sessions/now", "/parts/players", "/parts/pairing", "/parts/waiting"],
    [`/recordings/${id}?from=10000&to=30000`]: [`/recordings/${id}/figures?from=10000&to=30000`],
    [`/compare?id=${id}&id=${id}`]: [`/compare/figures?id=${id}&id=${id}`],
    "/capture": ["/capture/figures", "/capture/state"],
  };
  for (const [path, parts] of Object.entries(partsOf)) {
    const page = await (await pages.get(path)).text();
    for (const part of parts) {
      const text = await (await pages.get(part, { "hx-request": "true" })).text();
      expect(text).toStartWith("<section id=");
      expect([part, page.includes(text)]).toEqual([part, true]);
    }
  }
});

test("whatever a player, a file or an address is called is text", async () => {
  await using pages = await openPages();
  const { host } = pages;
  const show = async (name: string) => {
    host.people.playing = [playingSession({ client: name, kind: name, encoder: name })];
    host.people.paired = [{ id: "ab".repeat(32), name, kind: name, paired_unix_ms: 0 }];
    host.people.waiting = [{ id: 1, uniqueid: name, name, address: name }];
    const { id } = await host.store.save(named(name));
    const asked = encodeURIComponent(name);
    const paths = [
      `/?q=${asked}&saved=${asked}`,
      `/recordings/${id}`,
      `/compare?id=${id}&id=${id}`,
      `/recordings/${asked}/delete?to=${asked}`,
      "/sessions",
      `/sign-in?to=${asked}`,
    ];
    const tags: string[][] = [];
    for (const path of paths) tags.push(await tagsOf(await (await pages.get(path)).text()));
    await host.store.remove(id);
    return tags;
  };
  const harmless = await show("name");
  const pieces = [
    "<",
    ">",
    '"',
    "'",
    "&",
    "`",
    "/",
    "<script>",
    "</section>",
    "<!--",
    "]]>",
    "a",
    "ß",
  ];
  const text = fc
    .array(fc.constantFrom(...pieces), { minLength: 1, maxLength: 8 })
    .map((parts) => `x${parts.join("")}`);
  await fc.assert(
    fc.asyncProperty(text, async (name) => expect(await show(name)).toEqual(harmless)),
    { numRuns: 25 },
  );
}, 30_000);

function named(name: string): Capture {
  const capture = madeCapture({ id: "a", windowCount: 3, client: name, kind: name });
  for (const sample of capture.samples) for (const stage of sample.stages) stage.name = name;
  return { ...capture, meta: { ...capture.meta, codec: name, host: name } };
}

test("every page comes with the policy, and with a nonce of its own", async () => {
  await using pages = await openPages();
  const nonces = new Set<string>();
  for (const path of ["/", "/sign-in", "/sessions", "/recordings/none"]) {
    const answer = await pages.get(path);
    const policy = answer.headers.get("content-security-policy") ?? "";
    const nonce = policy.match(/'nonce-([^']+)'/)?.[1] ?? "";
    nonces.add(nonce);
    expect(policy.split("; ")).toEqual([
      "default-src 'none'",
      `script-src 'self' 'nonce-${nonce}'`,
      `style-src 'self' 'nonce-${nonce}'`,
      "connect-src 'self'",
      "font-src 'self'",
      "form-action 'self'",
      "img-src 'self' data:",
      "base-uri 'none'",
      "frame-ancestors 'none'",
    ]);
    const text = await answer.text();
    expect(text).not.toMatch(/ on[a-z]+=| style=|<style|<script(?![^>]* src=)/);
  }
  expect(nonces.size).toBe(4);
});

test("nothing but sign-in, the door of links, language and assets is open", async () => {
  await using pages = await openPages();
  const { host } = pages;
  // The sockets and the metrics are for programs: they refuse instead of leading to sign-in.
  const isForPeople = (path: string) => !/^\/(api\/|moq$|input$|metrics$)/.test(path);
  const routes = host.app.routes.filter(({ path }) => isForPeople(path));
  const open: string[] = [];
  for (const { method, path } of routes) {
    const address = host.url + path.replace(/:\w+/, "1");
    const answer = await fetch(address, { method, redirect: "manual" });
    const isSent = answer.status === 303 && answer.headers.get("location")?.startsWith("/sign-in");
    // What programs ask is not sent to a page, and guests have no sign-in.
    const isOfGuests = /^\/(guest|join)/.test(path);
    const isRefused = answer.status === 401 || (isOfGuests && answer.status === 403);
    if (!(isSent || isRefused)) open.push(`${method} ${path}`);
  }
  expect(open.sort()).toEqual([
    "GET /assets/:file",
    "GET /healthz",
    "GET /join",
    "GET /sign-in",
    "POST /language",
    "POST /sign-in",
    "POST /sign-out",
  ]);
});

test("the sixth wrong token has to wait, the right one is let in at once", async () => {
  await using pages = await openPages();
  const { host, clock } = pages;
  const tryWith = async (token: string) => {
    const answer = await post(host, "/sign-in", { fields: { token } });
    return answer.status;
  };
  for (let count = 1; count <= 5; count += 1) expect(await tryWith("wrong")).toBe(401);
  expect(await tryWith("wrong")).toBe(429);
  clock.advanceMs(999);
  expect(await tryWith("wrong")).toBe(429);
  clock.advanceMs(1);
  expect(await tryWith("wrong")).toBe(401);
  clock.advanceMs(1999);
  expect(await tryWith("wrong")).toBe(429);
  expect(await tryWith(consoleToken)).toBe(303);
  expect(await tryWith("wrong")).toBe(401);
});

test("a form of another origin changes nothing", async () => {
  await using pages = await openPages();
  const { host } = pages;
  const headers = { origin: "http://evil.example", "sec-fetch-site": "cross-site" };
  expect((await pages.post("/capture/start", {}, headers)).status).toBe(403);
  expect(host.recorder.status().armed).toBe(false);
  const fields = { token: consoleToken };
  expect((await post(host, "/sign-in", { fields, headers })).status).toBe(403);
  await pages.post("/sign-out", {}, headers);
  expect((await pages.get("/")).status).toBe(200);
  await pages.post("/sign-out", {});
  expect((await pages.get("/")).status).toBe(303);
});

test("an address to go back to never leads away", () => {
  const base = "http://host.test:7780";
  const pieces = [
    "/",
    "\\",
    "//",
    "evil.example",
    ":",
    "@",
    "?",
    "#",
    "\t",
    "\n",
    "http:",
    "a",
    "%2f",
    " ",
  ];
  const text = fc
    .array(fc.constantFrom(...pieces), { maxLength: 8 })
    .map((parts) => parts.join(""));
  fc.assert(
    fc.property(fc.oneof(text, fc.string()), (asked) => {
      expect(new URL(localAddress(asked), base).origin).toBe(base);
    }),
    { numRuns: 2000 },
  );
  expect(localAddress("/recordings/a?from=1&to=2")).toBe("/recordings/a?from=1&to=2");
});

test("a bitrate outside its limits is refused where it was typed", async () => {
  await using pages = await openPages();
  pages.host.people.playing = [playingSession({ session_id: 3 })];
  const set = async (bitrate_kbps: string) =>
    (await pages.post("/sessions/3/bitrate", { bitrate_kbps }, { "hx-request": "true" })).text();
  for (const wrong of ["199", "500001", "", "1e3.5", "many"]) {
    expect(await set(wrong)).toContain("from 200 to 500,000");
  }
  for (const right of ["200", "500000"]) expect(await set(right)).toContain("Bitrate set to ");
  expect(pages.host.people.asked).toEqual([
    ["bitrate", 200, 3],
    ["bitrate", 500_000, 3],
  ]);
});

test("a capture that cannot be saved says so where Stop was pressed, and is kept", async () => {
  await using pages = await openPages();
  const { recorder, store } = pages.host;
  await recorder.start();
  const save = store.save.bind(store);
  store.save = () => Promise.reject(Object.assign(new Error("no space"), { code: "ENOSPC" }));
  const notice = await (await pages.post("/capture/stop", {}, { "hx-request": "true" })).text();
  expect(notice).toContain('role="alert"');
  expect(notice).toContain("the disk is full. It is still in memory");
  const plain = await pages.post("/capture/stop", {});
  expect(plain.status).toBe(303);
  const address = plain.headers.get("location") ?? "";
  expect(address).toMatch(/^\/\?notice=/);
  for (const [language, words] of [
    ["en", "the disk is full. It is still in memory"],
    ["de", "Der Datenträger ist voll. Sie ist noch im Arbeitsspeicher"],
  ] as const) {
    const page = await (await pages.get(address, { "accept-language": language })).text();
    expect(page).toContain('<div id="notice" role="alert">');
    expect(page).toContain(words);
    expect(page).toContain('action="/capture/stop"');
  }
  expect(await (await pages.get("/?notice=another")).text()).not.toContain(
    "It is still in memory: fix the problem",
  );
  expect(await (await pages.get("/parts/capture")).text()).toContain("Retry saving");
  store.save = save;
  const again = await (await pages.post("/capture/stop", {}, { "hx-request": "true" })).text();
  expect(again).toContain("Saved.");
});

test("what keeps a player's pads away is said at its session, with the line that changes it", async () => {
  await using pages = await openPages();
  const show = async (language: string) =>
    await (await pages.get("/sessions/now", { "accept-language": language })).text();
  const problem = describeInputProblem({ code: "devices_no_rights", values: {} });
  pages.host.people.playing = [playingSession({ input_problem: problem })];
  expect(await show("en")).toMatch(
    /onglass is not allowed to open \/dev\/uinput.*sudo tee \/etc\/udev/,
  );
  expect(await show("de")).toMatch(/onglass darf \/dev\/uinput nicht öffnen.*sudo tee \/etc\/udev/);
  pages.host.people.playing = [playingSession({})];
  expect(await show("en")).not.toContain("uinput");
});

test("how many watch in a browser is shown in the reader's language, a name as it is", async () => {
  await using pages = await openPages();
  const { people } = pages.host;
  const show = async (kind: string, client: string, more: { viewers?: number } = {}) => {
    people.playing = [playingSession({ kind, client, ...more })];
    return await (await pages.get("/sessions/now", { "accept-language": "de" })).text();
  };
  expect(await show("moq", "12 viewers", { viewers: 12 })).toContain("<span>12 Zuschauer</span>");
  expect(await show("moq", "twelve viewers")).toContain("<span>twelve viewers</span>");
  expect(await show("moq", "0 viewers")).toContain("<span>Browser</span>");
  expect(await show("native", "2 viewers")).toContain("<span>2 viewers</span>");
  expect(await show("native", "")).toContain("<span>–</span>");
});

test("a recording of a browser's stream says who watched in the reader's language, everywhere", async () => {
  await using pages = await openPages();
  const watched = { ...sessionOf({ kind: "moq", client: "1 viewer" }), session_id: 2, viewers: 1 };
  const sessions = [{ ...sessionOf({ kind: "moq", client: "2 viewers" }), viewers: 2 }, watched];
  const ids: string[] = [];
  for (const id of ["a", "b"]) {
    const capture = madeCapture({ id, windowCount: 3, kind: "moq", sessions });
    ids.push((await pages.host.store.save(capture)).id);
  }
  const detail = `/recordings/${ids[0]}`;
  const compare = `/compare?${ids.map((id) => `id=${id}`).join("&")}`;
  for (const path of ["/", detail, compare]) {
    const page = await (await pages.get(path, { "accept-language": "de" })).text();
    expect(page).toContain("2 Zuschauer");
    expect(page).not.toMatch(/\d viewer/);
  }
});

test("the form of a capture names it, and its page and the list show the name", async () => {
  await using pages = await openPages();
  const { id } = await pages.host.store.save(madeCapture({ id: "a", windowCount: 3 }));
  const form = { name: "first <try>", labels: "wifi, evening,", note: "why", baseline: "yes" };
  const answer = await pages.post(`/recordings/${id}/note`, form);
  expect([answer.status, answer.headers.get("location")]).toEqual([303, `/recordings/${id}`]);
  const page = await (await pages.get(`/recordings/${id}`)).text();
  expect(page).toContain("<h1>first &lt;try&gt;");
  const list = await (await pages.get("/?q=evening")).text();
  expect(list).toContain("first &lt;try&gt;");
  expect(list).toContain(">evening</span>");
});
