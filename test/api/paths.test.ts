/** Methods and paths: strict, and the same for whatever comes. */
import { expect, test } from "bun:test";
import fc from "fast-check";
import { fakeHost } from "../support/fake-host.ts";
import { ask, askBare, json, read } from "./support.ts";

test("a path with a slash more, or in other letters, is another path", async () => {
  const { app } = fakeHost();
  for (const route of app.routes) {
    const path = route.path.replace(":id", "3");
    for (const other of [`${path}/`, `/${path}`, path.toUpperCase(), `${path}%2f`]) {
      if (other === path || (other.endsWith("%2f") && route.path.endsWith(":id"))) continue;
      const response = await ask(app, `${route.method} ${other}`);
      expect([other, response.status, (await read(response))[1]]).toEqual([
        other,
        404,
        expect.objectContaining({ code: "not_found" }),
      ]);
    }
  }
});

test("a wrong method is a 405 that lists the right ones", async () => {
  const { app } = fakeHost();
  const answer = async (line: string) => {
    const response = await ask(app, line);
    return [response.headers.get("allow"), ...(await read(response))];
  };
  const refusal = (error: string) => ({ error, code: "method_not_allowed" });
  expect(await answer("PUT /api/v1/sessions/3")).toEqual([
    "DELETE, GET, HEAD",
    405,
    refusal('Cannot PUT "/api/v1/sessions/3": it takes DELETE, GET, HEAD'),
  ]);
  expect(await answer("GET /api/v1/stats/capture/start")).toEqual([
    "POST",
    405,
    refusal('Cannot GET "/api/v1/stats/capture/start": it takes POST'),
  ]);
  expect(await answer("OPTIONS /api/v1/pairing")).toEqual([
    "DELETE, GET, HEAD, POST",
    405,
    refusal('Cannot OPTIONS "/api/v1/pairing": it takes DELETE, GET, HEAD, POST'),
  ]);
});

test("no page of another origin gets permission to read", async () => {
  const { app } = fakeHost();
  for (const { method, path } of app.routes) {
    const headers = { origin: "http://evil.example" };
    const response = await ask(app, `${method} ${path.replace(":id", "3")}`, { headers });
    await response.body?.cancel();
    expect(response.headers.get("access-control-allow-origin")).toBeNull();
  }
});

test("HEAD answers with the status and headers of GET, without a body", async () => {
  const { app, stats } = fakeHost();
  await stats.start();
  stats.push();
  for (const { method, path } of app.routes.filter((route) => route.method === "GET")) {
    const target = path.replace(":id", "3");
    const got = await ask(app, `${method} ${target}`);
    const head = await ask(app, `HEAD ${target}`);
    const isStream = got.headers.get("content-type") === "text/event-stream";
    const size = isStream ? null : String((await got.blob()).size);
    if (isStream) await got.body?.cancel();
    expect([target, head.status, await head.text()]).toEqual([target, got.status, ""]);
    expect([target, head.headers.get("content-length")]).toEqual([target, size]);
    expect(head.headers.get("content-type")).toBe(got.headers.get("content-type"));
  }
  expect(stats.listenerCount).toBe(0);
  expect((await askBare(app, "HEAD /api/v1/status")).status).toBe(401);
});

test("an id that tries to leave its directory is not found", async () => {
  const { app } = fakeHost();
  const ids = [
    "..%2f..%2fetc%2fpasswd",
    "..%5c..",
    "%2e%2e",
    "%2e%2e%2ftoken",
    "a%00b",
    "%ff".repeat(2),
    "a".repeat(129),
    "%F0%9F%8E%AE",
  ];
  for (const id of ids) {
    for (const method of ["GET", "DELETE"]) {
      const { status } = await ask(app, `${method} /api/v1/stats/recordings/${id}`);
      expect([id, method, [400, 404, 405].includes(status)]).toEqual([id, method, true]);
    }
  }
});

test("whatever is asked, the host answers in the envelope or as described", async () => {
  const { app, stats } = fakeHost();
  await stats.start();
  const routes = app.routes.filter(({ path }) => path !== "/api/v1/stats/stream");
  const request = fc.record({
    route: fc.constantFrom(...routes),
    method: fc.option(fc.constantFrom("GET", "POST", "DELETE", "PUT", "PATCH", "TRACE1")),
    id: fc.string({ unit: "binary", maxLength: 40 }).map(safeId),
    query: fc.array(
      fc.tuple(fc.constantFrom("after", "points", "from", "__proto__", "x[]"), fc.string()),
    ),
    body: fc.oneof(fc.json(), fc.string({ unit: "binary" }), fc.constant(undefined)),
  });
  const run = async ({
    route,
    method,
    id,
    query,
    body,
  }: typeof request extends fc.Arbitrary<infer T> ? T : never) => {
    const text = query.map(([name, value]) => `${name}=${encodeURIComponent(value)}`).join("&");
    const verb = method ?? route.method;
    const line = `${verb} ${route.path.replace(":id", id)}?${text}`;
    const hasBody = body !== undefined && verb !== "GET";
    const response = await ask(app, line, { headers: json, ...(hasBody ? { body } : {}) });
    expect([line, response.status < 500]).toEqual([line, true]);
    if (response.status < 400) return await response.body?.cancel();
    const [, problem] = await read(response);
    expect(Object.keys(problem as object).sort()).toEqual(["code", "error"]);
  };
  await fc.assert(fc.asyncProperty(request, run), { numRuns: 1500 });
}, 30_000);

/** Any text as one part of a path; lone surrogates have no form in a URL. */
function safeId(text: string): string {
  return encodeURIComponent(text.toWellFormed()) || "x";
}
