/** Pages that are loaded with the first request for one. */
import { expect, test } from "bun:test";
import { Elysia } from "elysia";
import { LateConsole } from "../../src/api/edge/late-console.ts";
import { fakeHost } from "../support/fake-host.ts";
import { ask, askBare } from "./support.ts";

function lateHost({ failures = 0 } = {}) {
  let loadCount = 0;
  const console = new LateConsole(() => {
    loadCount += 1;
    if (loadCount <= failures) return Promise.reject(new Error("no memory"));
    const pages = new Elysia()
      .get("/sign-in", () => "sign in", { detail: { hide: true, security: [] } })
      .get("/", () => "performance", { detail: { hide: true } });
    const problemPage = () => new Response("a page", { status: 418 });
    return Promise.resolve({ pages: [pages], problemPage });
  });
  return { ...fakeHost({ console }), console, loads: () => loadCount };
}

test("programs are answered without the pages being loaded, those that are refused too", async () => {
  const { app, loads } = lateHost();
  expect((await askBare(app, "GET /healthz")).status).toBe(200);
  expect((await ask(app, "GET /api/v1/status")).status).toBe(200);
  expect((await ask(app, "GET /api/v1/none")).status).toBe(404);
  expect((await askBare(app, "GET /api/v1/status")).status).toBe(401);
  expect(loads()).toBe(0);
});

test("requests for pages that come before there are any wait for them, and load them once", async () => {
  const { app, loads } = lateHost();
  const lines = ["GET /sign-in", "GET /", "GET /sign-in"];
  const answers = await Promise.all(lines.map((line) => askBare(app, line)));
  expect(answers.map(({ status }) => status)).toEqual([200, 303, 200]);
  expect(loads()).toBe(1);
  // What was known of the routes before has nothing of the pages.
  expect(await (await askBare(app, "GET /sign-in")).text()).toBe("sign in");
  expect((await askBare(app, "POST /sign-in")).status).toBe(405);
});

test("who asks under a name that is not the host's gets the page of a problem first thing", async () => {
  const { app } = lateHost();
  const request = new Request("http://elsewhere.example/", { headers: { accept: "text/html" } });
  expect((await app.handle(request)).status).toBe(418);
});

test("pages that could not be loaded are loaded with the next request", async () => {
  const { app, console } = lateHost({ failures: 1 });
  await expect(console.opened()).rejects.toThrow("no memory");
  expect((await askBare(app, "GET /sign-in")).status).toBe(200);
});
