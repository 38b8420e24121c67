/** Assets: in every form the same bytes, asked for once, and small enough for a first visit. */
import { expect, test } from "bun:test";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { brotliDecompressSync, gunzipSync } from "node:zlib";
import { assetRoutes } from "../../src/pages/assets.ts";
import { tempDirectory } from "../support/temp-directory.ts";
import { openPages } from "./support.ts";

const firstVisitBytesMax = 260 * 1024;

const decoders = {
  br: (bytes: Uint8Array) => brotliDecompressSync(bytes),
  zstd: (bytes: Uint8Array) => Bun.zstdDecompressSync(bytes),
  gzip: (bytes: Uint8Array) => gunzipSync(bytes),
};

async function addressesIn(pages: Awaited<ReturnType<typeof openPages>>): Promise<string[]> {
  const text = await (await pages.get("/")).text();
  return [...new Set(text.match(/\/assets\/[\w.-]+/g))];
}

test("every form of an asset holds the same bytes", async () => {
  await using pages = await openPages();
  for (const address of await addressesIn(pages)) {
    const plain = await ask(pages.host.url + address, "identity");
    expect(plain.headers.get("cache-control")).toContain("immutable");
    for (const [encoding, decode] of Object.entries(decoders)) {
      const answer = await ask(pages.host.url + address, encoding);
      expect(answer.headers.get("content-encoding")).toBe(encoding);
      expect(Buffer.from(decode(answer.bytes)).equals(plain.bytes)).toBe(true);
    }
    const refused = await ask(pages.host.url + address, "br;q=0, gzip;q=0.5");
    expect(refused.headers.get("content-encoding")).toBe("gzip");
  }
});

test("an asset that a browser has is not sent again", async () => {
  await using pages = await openPages();
  const [address = ""] = await addressesIn(pages);
  const etag = (await fetch(pages.host.url + address)).headers.get("etag") ?? "";
  const headers = { "if-none-match": etag };
  expect((await fetch(pages.host.url + address, { headers })).status).toBe(304);
  expect((await fetch(`${pages.host.url}/assets/none.js`)).status).toBe(404);
});

test("a first visit with the form that all browsers take stays under 260 KB", async () => {
  await using pages = await openPages();
  let byteCount = (await (await pages.get("/")).bytes()).length;
  for (const address of await addressesIn(pages)) {
    byteCount += (await ask(pages.host.url + address, "gzip")).bytes.length;
  }
  expect(byteCount).toBeLessThan(firstVisitBytesMax);
});

test("a build under a running host takes nothing away that its pages name", async () => {
  await using directory = await tempDirectory();
  const path = (form: string) => join(directory.path, form);
  await Bun.write(path("plain"), "a{}");
  await Bun.write(path("gzip"), Bun.gzipSync("a{}"));
  const css = {
    address: "/assets/app.1.css",
    etag: '"1"',
    type: "text/css",
    plain: path("plain"),
    compressed: { gzip: path("gzip") },
  };
  const app = assetRoutes({ "app.css": css });
  const get = (encoding: string) =>
    app.handle(
      new Request("http://localhost/assets/app.1.css", {
        headers: { "accept-encoding": encoding },
      }),
    );
  expect(await (await get("")).text()).toBe("a{}");
  await rm(path("plain"));
  await rm(path("gzip"));
  expect(await (await get("")).text()).toBe("a{}");
  const compressed = await (await get("gzip")).bytes();
  expect(gunzipSync(compressed).toString()).toBe("a{}");
});

async function ask(address: string, encoding: string) {
  const answer = await fetch(address, {
    headers: { "accept-encoding": encoding },
    decompress: false,
  });
  return { headers: answer.headers, bytes: Buffer.from(await answer.arrayBuffer()) };
}
