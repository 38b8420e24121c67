/** Read-only tokens against every route there is, and streams that end with their token. */
import { expect, test } from "bun:test";
import { documentPath } from "../../src/api/routes/docs.ts";
import { operations } from "../../src/operations/all.ts";
import { pathOf } from "../../src/operations/route.ts";
import { consoleHostIn, consoleToken } from "../support/console-host.ts";
import { fakeHost } from "../support/fake-host.ts";
import { tempDirectory } from "../support/temp-directory.ts";
import { noJournal } from "../support/timeline-parts.ts";
import { askBare, json, read } from "./support.ts";

const refused = {
  error: "Cannot admit the request: the token is read-only, and this takes an operator's",
  code: "read_only",
};
const bearer = (token: string) => ({ authorization: `Bearer ${token}` });

/** GETs that show a secret, or have the machine do something. */
const operatorsOnly = ["doctor", "link_probe", "links_list", "pairing_get", "tokens_list"];

test("a read-only token opens every GET of the API but secrets and work, and no change", async () => {
  const { app, access, asked } = fakeHost();
  const { token } = await access.create({ name: "reader", rights: "read" });
  for (const operation of operations) {
    if (operation.isOpen === true) continue;
    const line = `${operation.method} ${pathOf(operation.route, { id: "3" })}`;
    const response = await askBare(app, line, { headers: bearer(token) });
    const isAllowed = operation.method === "GET" && !operatorsOnly.includes(operation.id);
    if (isAllowed) {
      await response.body?.cancel();
      expect([line, [401, 403].includes(response.status)]).toEqual([line, false]);
    } else expect([line, ...(await read(response))]).toEqual([line, 403, refused]);
  }
  expect(asked).toEqual([]);
  expect(
    operations
      .filter((one) => one.isForOperators === true)
      .map(({ id }) => id)
      .sort(),
  ).toEqual(operatorsOnly);
});

test("a read-only token opens no page, no form and no MoQ connection of the console", async () => {
  await using directory = await tempDirectory();
  await using host = await consoleHostIn(directory.path, {});
  const { token } = await host.access.create({ name: "reader", rights: "read" });
  const isOperation = (method: string, path: string) =>
    operations.some((one) => one.method === method && one.route === path);
  const own = host.app.routes.filter(
    ({ method, path, hooks }) =>
      !isOperation(method, path) && path !== documentPath && hooks.detail?.security?.length !== 0,
  );
  expect(own.length).toBeGreaterThan(30);
  for (const { method, path } of own) {
    const url = host.url + path.replaceAll(/:\w+/g, "3");
    const { status } = await fetch(url, { method, headers: bearer(token), redirect: "manual" });
    expect([method, path, status]).toEqual([method, path, 403]);
  }
  const document = await fetch(host.url + documentPath, { headers: bearer(token) });
  expect(document.status).toBe(200);
  await document.body?.cancel();
  const moq = await fetch(`${host.url}/moq`, { headers: bearer(token) });
  expect(moq.status).toBe(401);
  const form = { method: "POST", body: new URLSearchParams({ token }) };
  const signIn = await fetch(`${host.url}/sign-in`, { ...form, headers: { origin: host.url } });
  expect([signIn.status, signIn.headers.get("set-cookie")]).toEqual([401, null]);
});

test("a named operator's token does everything, from making tokens to revoking itself", async () => {
  const { app, access } = fakeHost();
  const boss = await access.create({ name: "boss", rights: "operator" });
  const headers = { ...bearer(boss.token), ...json };
  const body = JSON.stringify({ name: "reader", rights: "read", expires_in_days: 7 });
  const answer = await askBare(app, "POST /api/v1/tokens", { headers, body });
  const made = (await answer.json()) as { id: string; token: string };
  expect((await askBare(app, "GET /metrics", { headers: bearer(made.token) })).status).toBe(200);
  const list = await (await askBare(app, "GET /api/v1/tokens", { headers })).text();
  expect(list).toContain("last_used_on");
  expect(list).not.toContain(made.token);
  const own = `DELETE /api/v1/tokens/${boss.id}`;
  expect((await askBare(app, own, { headers: bearer(boss.token) })).status).toBe(204);
  expect((await askBare(app, own, { headers: bearer(boss.token) })).status).toBe(401);
  expect((await askBare(app, "GET /metrics", { headers: bearer(made.token) })).status).toBe(200);
});

test("the secret of a new token is on no timeline", async () => {
  const { app, access, timeline } = fakeHost();
  timeline.beginCapture({ startedUnixMs: 0, startedUs: 0, journal: noJournal() });
  const { token } = await access.create({ name: "boss", rights: "operator" });
  const headers = { ...bearer(token), ...json };
  const body = JSON.stringify({ name: "reader", rights: "read" });
  const answer = await askBare(app, "POST /api/v1/tokens", { headers, body });
  const made = (await answer.json()) as { token: string };
  const events = JSON.stringify(timeline.reading("capture")?.eventsSince(0));
  expect(events).toContain("/api/v1/tokens");
  for (const secret of [token, made.token]) expect(events).not.toContain(secret);
});

test("an event stream ends when its token is revoked, and others stay", async () => {
  await using directory = await tempDirectory();
  await using host = await consoleHostIn(directory.path, {});
  const { id, token } = await host.access.create({ name: "reader", rights: "read" });
  const open = async (text: string) => {
    const answer = await fetch(`${host.url}/api/v1/stats/stream`, { headers: bearer(text) });
    expect(answer.status).toBe(200);
    return answer.body?.getReader();
  };
  const [named, own] = [await open(token), await open(consoleToken)];
  await named?.read();
  await own?.read();
  await host.access.revoke(id);
  let last = await named?.read();
  while (last?.done === false) last = await named?.read();
  expect(last?.done).toBe(true);
  await host.recorder.start();
  expect((await own?.read())?.done).toBe(false);
  await own?.cancel();
});
