/** Assets: in every form the same bytes, asked for once, and small enough for a first visit. */
import { expect, test } from "bun:test";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { brotliCompressSync, brotliDecompressSync, gunzipSync } from "node:zlib";
import { assetAddress, assetRoutes, connectingAddress } from "../../src/pages/assets.ts";
import { tempDirectory } from "../support/temp-directory.ts";
import { openPages } from "./support.ts";

const firstVisitBytesMax = 260 * 1024;

const decoders = {
  br: (bytes: Uint8Array) => brotliDecompressSync(bytes),
  gzip: (bytes: Uint8Array) => gunzipSync(bytes),
};

type Pages = Awaited<ReturnType<typeof openPages>>;

async function addressesIn(pages: Pages, page = "/"): Promise<string[]> {
  const text = await (await pages.get(page)).text();
  return [...new Set(text.match(/\/assets\/[\w.-]+/g))];
}

test("every form of an asset holds the same bytes", async () => {
  await using pages = await openPages();
  const addresses = [...(await addressesIn(pages)), ...(await addressesIn(pages, "/api/docs"))];
  for (const address of new Set(addresses)) {
    const plain = await ask(pages.host.url + address, "identity");
    expect(plain.headers.get("content-encoding")).toBeNull();
    expect(plain.headers.get("cache-control")).toContain("immutable");
    for (const [encoding, decode] of Object.entries(decoders)) {
      const answer = await ask(pages.host.url + address, encoding);
      expect(answer.headers.get("content-encoding")).toBe(encoding);
      expect(Buffer.from(decode(answer.bytes)).equals(plain.bytes)).toBe(true);
    }
    const refused = await ask(pages.host.url + address, "br;q=0, gzip;q=0.5");
    expect(refused.headers.get("content-encoding")).toBe("gzip");
    const all = await ask(pages.host.url + address, "gzip, deflate, br, zstd");
    expect(all.headers.get("content-encoding")).toBe("br");
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

test("only a worker whose address names the relay may connect to it", async () => {
  const app = assetRoutes(undefined, "https://relay.example");
  const address = assetAddress("sound-worker.js");
  const get = async (query: string) =>
    await app.handle(new Request(`http://localhost${address}${query}`));
  const policyOf = async (query: string) => {
    const answer = await get(query);
    return answer.headers.get("content-security-policy")?.match(/connect-src [^;]*/)?.[0];
  };
  const relay = connectingAddress("", "https://relay.example");
  expect(await policyOf(relay)).toBe(
    "connect-src 'self' https://relay.example wss://relay.example",
  );
  expect(await policyOf("")).toBe("connect-src 'self'");
  // A browser would keep the narrower policy under the address of a relay that is set again.
  expect((await get(connectingAddress("", "https://other.example"))).status).toBe(404);
});

test("a first visit with the form that all browsers take stays under 260 KB", async () => {
  await using pages = await openPages();
  let byteCount = (await (await pages.get("/")).bytes()).length;
  for (const address of await addressesIn(pages)) {
    byteCount += (await ask(pages.host.url + address, "gzip")).bytes.length;
  }
  expect(byteCount).toBeLessThan(firstVisitBytesMax);
});

test("the API's reader comes as its package has it", async () => {
  await using pages = await openPages();
  const addresses = await addressesIn(pages, "/api/docs");
  for (const [name, path] of [
    ["swagger-ui-bundle.", "node_modules/swagger-ui-dist/swagger-ui-bundle.js"],
    ["swagger-ui.", "node_modules/swagger-ui-dist/swagger-ui.css"],
  ] as const) {
    const address = addresses.find((one) => one.startsWith(`/assets/${name}`));
    const { bytes } = await ask(`${pages.host.url}${address}`, "identity");
    expect(bytes.equals(await Bun.file(path).bytes())).toBe(true);
  }
});

test("a build under a running host takes nothing away that its pages name", async () => {
  await using directory = await tempDirectory();
  const path = (form: string) => join(directory.path, form);
  await Bun.write(path("br"), brotliCompressSync("a{}"));
  const css = {
    address: "/assets/app.1.css",
    etag: '"1"',
    type: "text/css",
    br: path("br"),
  };
  const app = assetRoutes({ "app.css": css });
  const get = (encoding: string) =>
    app.handle(
      new Request("http://localhost/assets/app.1.css", {
        headers: { "accept-encoding": encoding },
      }),
    );
  expect((await get("br")).status).toBe(200);
  expect((await get("gzip")).status).toBe(200);
  await rm(path("br"));
  for (let round = 0; round < 2; round += 1) {
    expect(await (await get("")).text()).toBe("a{}");
    expect(gunzipSync(await (await get("gzip")).bytes()).toString()).toBe("a{}");
    expect(brotliDecompressSync(await (await get("br")).bytes()).toString()).toBe("a{}");
  }
});

async function ask(address: string, encoding: string) {
  const answer = await fetch(address, {
    headers: { "accept-encoding": encoding },
    decompress: false,
  });
  return { headers: answer.headers, bytes: Buffer.from(await answer.arrayBuffer()) };
}
