/** What a page asks its host for: whole, or nothing. */
import { expect, test } from "bun:test";
import { fetchJson } from "../../public/fetch-json.ts";

test("an answer that is refused, breaks off or never comes is none", async () => {
  const server = Bun.serve({
    port: 0,
    routes: {
      "/whole": () => Response.json({ value: 1 }),
      "/refused": () => Response.json({ value: 1 }, { status: 503 }),
      "/broken": () => new Response('{"value":'),
    },
  });
  const ask = (path: string) => fetchJson<{ value: number }>(new URL(path, server.url).href);
  expect(await ask("/whole")).toEqual({ value: 1 });
  expect(await ask("/refused")).toBeUndefined();
  expect(await ask("/broken")).toBeUndefined();
  await server.stop(true);
  expect(await ask("/whole")).toBeUndefined();
});
