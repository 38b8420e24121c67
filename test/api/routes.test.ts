/** The whole route table, walked with no, wrong and right credentials. */
import { expect, test } from "bun:test";
import { fakeHost, token } from "../support/fake-host.ts";
import { ask, askBare, read } from "./support.ts";

const open = ["GET /healthz"];

function routesOf(app: ReturnType<typeof fakeHost>["app"]): string[] {
  // The MoQ endpoint takes tickets too, and asks for credentials itself: see moq.test.ts.
  const routes = app.routes.filter(({ path }) => path !== "/moq");
  return routes.map(({ method, path }) => `${method} ${path.replace(":id", "3")}`);
}

function isChange(line: string): boolean {
  return !line.startsWith("GET ");
}

test("every route but the open ones is refused without credentials, in the envelope", async () => {
  const { app, asked } = fakeHost();
  const routes = routesOf(app);
  expect(routes.length).toBeGreaterThan(15);
  for (const line of routes.filter((route) => !open.includes(route))) {
    const response = await askBare(app, line);
    expect([line, response.headers.get("www-authenticate")]).toEqual([
      line,
      'Bearer realm="onglass"',
    ]);
    expect([line, ...(await read(response))]).toEqual([
      line,
      401,
      { error: "Cannot admit the request: a bearer token is needed", code: "unauthorized" },
    ]);
  }
  expect(asked).toEqual([]);
});

test("what is open answers without credentials", async () => {
  const { app } = fakeHost();
  for (const line of open) expect((await askBare(app, line)).status).toBe(200);
});

test("the token opens no route in any other form than `Bearer` in its header", async () => {
  const { app, credentials } = fakeHost();
  const wrong = [
    "Bearer",
    "Bearer ",
    `Bearer ${token}x`,
    `Bearer ${token.slice(1)}`,
    `Bearer  ${token}`,
    `Bearerx${token}`,
    `bearer ${token}`,
    `Basic ${token}`,
    `Bearer ${"x".repeat(2000)}`,
    token,
  ];
  const cookie = `onglass_session_7780=${credentials.openSession()}`;
  for (const line of routesOf(app).filter((route) => !open.includes(route))) {
    for (const authorization of wrong) {
      // A good cookie beside a wrong token does not open it either.
      const response = await askBare(app, line, { headers: { authorization, cookie } });
      expect([line, authorization, response.status]).toEqual([line, authorization, 401]);
    }
  }
});

test("the token opens nothing from the query or a body", async () => {
  const { app } = fakeHost();
  for (const line of routesOf(app).filter((route) => !open.includes(route))) {
    for (const name of ["access_token", "token", "", "Bearer"]) {
      const response = await askBare(app, `${line}?${name}=${token}`);
      expect([line, name, response.status]).toEqual([line, name, 401]);
    }
  }
});

test("every route lets the token in", async () => {
  const { app } = fakeHost();
  for (const line of routesOf(app)) {
    const response = await ask(app, line);
    await response.body?.cancel();
    expect([line, [401, 403].includes(response.status), response.status < 500]).toEqual([
      line,
      false,
      true,
    ]);
  }
});

test("a session cookie reads from anywhere its browser sends it from", async () => {
  const { app, credentials } = fakeHost();
  const cookie = `other=1; onglass_session_7780=${credentials.openSession()}`;
  for (const line of routesOf(app).filter((route) => !isChange(route))) {
    const response = await askBare(app, line, { headers: { cookie } });
    await response.body?.cancel();
    expect([line, response.status === 401]).toEqual([line, false]);
  }
});

test("a session cookie changes things from a page of this origin only", async () => {
  const { app, credentials } = fakeHost();
  const cookie = `onglass_session_7780=${credentials.openSession()}`;
  const foreign: Record<string, string>[] = [
    {},
    { origin: "null" },
    { origin: "http://localhost:7781" },
    { origin: "https://localhost:7780" },
    { origin: "http://evil.example" },
    { "sec-fetch-site": "cross-site" },
    { "sec-fetch-site": "same-site" },
    { "sec-fetch-site": "none" },
    { "sec-fetch-site": "cross-site", origin: "http://localhost:7780" },
    { "sec-fetch-site": "same-origin", origin: "http://evil.example" },
  ];
  const own: Record<string, string>[] = [
    { origin: "http://localhost:7780" },
    { "sec-fetch-site": "same-origin" },
    { "sec-fetch-site": "same-origin", origin: "http://localhost:7780" },
  ];
  for (const line of routesOf(app).filter(isChange)) {
    for (const headers of foreign) {
      const response = await askBare(app, line, { headers: { cookie, ...headers } });
      expect([line, headers, ...(await read(response))]).toEqual([
        line,
        headers,
        403,
        {
          error: "Cannot admit the request: it comes from another origin",
          code: "cross_origin",
        },
      ]);
    }
    for (const headers of own) {
      const { status } = await askBare(app, line, { headers: { cookie, ...headers } });
      expect([line, [401, 403].includes(status)]).toEqual([line, false]);
    }
  }
});

test("a session that was closed opens nothing", async () => {
  const { app, credentials } = fakeHost();
  const value = credentials.openSession();
  credentials.closeSession(value);
  for (const line of routesOf(app).filter((route) => !open.includes(route))) {
    const headers = { cookie: `onglass_session_7780=${value}` };
    expect([line, (await askBare(app, line, { headers })).status]).toEqual([line, 401]);
  }
});

test("every answer asks browsers to keep and guess nothing", async () => {
  const { app } = fakeHost();
  for (const line of [...routesOf(app), "GET /nothing", "PUT /healthz"]) {
    for (const response of [await askBare(app, line), await ask(app, line)]) {
      await response.body?.cancel();
      const { headers } = response;
      expect([line, headers.get("x-content-type-options")]).toEqual([line, "nosniff"]);
      expect([line, headers.get("cache-control")]).toEqual([line, "no-store"]);
      expect(headers.get("content-security-policy")).toContain("default-src 'none'");
      expect(headers.get("content-security-policy")).toContain("frame-ancestors 'none'");
    }
  }
});
