/**
 * Scripts, styles and pictures, from files that the build made: named by their content, so a browser
 * never asks twice, and compressed once. Plain HTTP by a LAN name offers gzip only, hence two forms;
 * who takes neither gets the gzip form unpacked.
 *
 * The executable has them in itself and reads one when it is asked for. In a checkout all are read
 * when the host starts (1.5 MB): a build may replace the files under it, and the pages of this
 * process name those of its own build.
 */
import { Elysia } from "elysia";
import { isExecutable } from "../base/worker-url.ts";
import { type Asset, assets } from "../generated/assets.ts";

/** A worker is held to the policy of its script's answer: it follows the host's event streams. */
const workerPolicy =
  "default-src 'none'; connect-src 'self'; frame-ancestors 'none'; base-uri 'none'";

/** Best first. */
const encodings = ["br", "gzip"] as const;
type Encoding = (typeof encodings)[number];

/** The address of a built asset, with its hash. */
export function assetAddress(name: string): string {
  const asset = assets[name];
  if (asset === undefined) throw new Error(`Bug: there is no asset "${name}"`);
  return asset.address;
}

/** Scripts, styles and icons, cached for ever under their hash. */
export function assetRoutes(built: Readonly<Record<string, Asset>> = assets) {
  const byAddress = new Map(Object.values(built).map((asset) => [asset.address, load(asset)]));
  return new Elysia({ name: "pages/assets", detail: { hide: true, security: [] } }).get(
    "/assets/:file",
    async ({ params, request }) => {
      const asset = byAddress.get(`/assets/${params.file}`);
      return asset === undefined
        ? new Response(null, { status: 404 })
        : await answer(asset, request);
    },
  );
}

type Bytes = Uint8Array<ArrayBuffer>;
type Read = () => Promise<Bytes>;
type Loaded = Pick<Asset, "type" | "etag"> & Readonly<Record<Encoding | "plain", Read>>;

function load({ type, etag, br, gzip }: Asset): Loaded {
  const packed = reader(gzip);
  let plain: Promise<Bytes> | undefined;
  return {
    type,
    etag,
    br: reader(br),
    gzip: packed,
    plain: () => {
      plain ??= packed().then(Bun.gunzipSync);
      return plain;
    },
  };
}

/** One that cannot be read is missed when it is asked for. */
function reader(path: string): Read {
  if (isExecutable()) return () => Bun.file(path).bytes();
  const reading = Bun.file(path).bytes();
  reading.catch(() => undefined);
  return () => reading;
}

async function answer(asset: Loaded, request: Request): Promise<Response> {
  const headers = {
    "content-type": asset.type,
    "cache-control": "public, max-age=31536000, immutable",
    vary: "accept-encoding",
    etag: asset.etag,
    "content-security-policy": workerPolicy,
  };
  if (request.headers.get("if-none-match")?.includes(asset.etag)) {
    return new Response(null, { status: 304, headers });
  }
  const encoding = chooseEncoding(request.headers.get("accept-encoding") ?? "");
  if (encoding === undefined) return new Response(await asset.plain(), { headers });
  return new Response(await asset[encoding](), {
    headers: { ...headers, "content-encoding": encoding },
  });
}

function chooseEncoding(accepted: string): Encoding | undefined {
  const offered = new Set(
    accepted
      .toLowerCase()
      .split(",")
      .filter((part) => !/;\s*q=0(\.0*)?\s*$/.test(part))
      .map((part) => part.split(";", 1)[0]?.trim()),
  );
  return encodings.find((name) => offered.has(name));
}
