/** What the app does for the pages of a console: sign-in, and being sent there. */
import { expect, test } from "bun:test";
import { Elysia } from "elysia";
import { LateConsole } from "../../src/api/edge/late-console.ts";
import { problem } from "../../src/api/edge/problem.ts";
import { fakeHost } from "../support/fake-host.ts";
import { ask, askBare } from "./support.ts";

/** No page of its own. */
const problemPage = (refusal: Parameters<typeof problem>[0]) => problem(refusal);

function hostWithPages() {
  const pages = new Elysia()
    .get("/sign-in", () => "sign in", { detail: { hide: true, security: [] } })
    .get("/", () => "performance", { detail: { hide: true } })
    .get("/fixed", new Response("fixed"), { detail: { hide: true } })
    .all("/any", () => "any", { detail: { hide: true } })
    .post("/sign-out", () => "out", { detail: { hide: true } });
  return fakeHost({ console: new LateConsole(async () => ({ pages: [pages], problemPage })) });
}

test("a page sends there who is not signed in, and what it loads takes the page along", async () => {
  const { app } = hostWithPages();
  for (const line of [
    "GET /",
    "GET /fixed",
    "PATCH /any",
    "POST /sign-out",
    "GET /api/docs/start.js",
  ]) {
    const response = await askBare(app, line);
    const [method, path = ""] = line.split(" ");
    const isWayBack = method === "GET" && path !== "/";
    const wayBack = isWayBack ? `?to=${encodeURIComponent(path)}` : "";
    expect([line, response.status, response.headers.get("location")]).toEqual([
      line,
      303,
      `/sign-in${wayBack}`,
    ]);
    const shown = "http://localhost:7780/recordings/a?from=1&to=2";
    const headers = { "hx-request": "true", "hx-current-url": shown };
    const part = await askBare(app, line, { headers });
    expect([line, part.status, part.headers.get("hx-redirect")]).toEqual([
      line,
      401,
      `/sign-in?ended=yes&to=${encodeURIComponent("/recordings/a?from=1&to=2")}`,
    ]);
  }
});

test("a page that is a fixed answer is behind the guard on a socket too", async () => {
  const { app } = hostWithPages();
  app.listen({ hostname: "127.0.0.1", port: 0 });
  try {
    for (const path of ["/fixed", "/any", "/"]) {
      const url = `http://127.0.0.1:${app.server?.port}${path}`;
      expect([path, (await fetch(url, { redirect: "manual" })).status]).toEqual([path, 303]);
    }
  } finally {
    await app.stop(true);
  }
});

test("the API sends nobody anywhere", async () => {
  const { app } = hostWithPages();
  for (const line of ["GET /api/v1/status", "GET /api/v1/openapi.json"]) {
    expect((await askBare(app, line)).status).toBe(401);
  }
});

test("a page is open only if it says so", async () => {
  const { app, credentials } = hostWithPages();
  expect(await (await askBare(app, "GET /sign-in")).text()).toBe("sign in");
  const headers = { cookie: `onglass_session_7780=${credentials.openSession()}` };
  expect(await (await askBare(app, "GET /", { headers })).text()).toBe("performance");
  expect((await askBare(app, "POST /sign-out", { headers })).status).toBe(403);
  const own = { ...headers, "sec-fetch-site": "same-origin" };
  expect(await (await askBare(app, "POST /sign-out", { headers: own })).text()).toBe("out");
  expect(await (await ask(app, "GET /")).text()).toBe("performance");
});
