/**
 * Scripts, styles and pictures, from files that the build made: named by their content, so a
 * browser never asks twice, and compressed once, with Brotli. Browsers take that over TLS and on
 * localhost; for all others the gzip form and the plain one are made when the first of them asks.
 *
 * The executable has them in itself and reads one when it is asked for. In a checkout all are read
 * when the host starts (0.9 MB): a build may replace the files under it, and the pages of this
 * process name those of its own build.
 */
import { promisify } from "node:util";
import { Elysia } from "elysia";
import { zlib } from "../base/late-builtins.ts";
import { isExecutable } from "../base/worker-url.ts";
import { type Asset, assets } from "../generated/assets.ts";
import { connectSources } from "./policy.ts";

/** A worker is bound to the policy of its script's answer, which browsers keep with the script. */
const workerPolicy = (origin?: string) =>
  `default-src 'none'; ${connectSources(origin)}; frame-ancestors 'none'; base-uri 'none'`;

/** Best first. */
const encodings = ["br", "gzip"] as const;
type Encoding = (typeof encodings)[number];

/** The address of a built asset, with its hash. */
export function assetAddress(name: string): string {
  const asset = assets[name];
  if (asset === undefined) throw new Error(`Bug: there is no asset "${name}"`);
  return asset.address;
}

/** The same for a worker that connects to another origin, too: one address per policy. */
export function connectingAddress(address: string, origin: string | undefined): string {
  return origin === undefined ? address : `${address}?to=${encodeURIComponent(origin)}`;
}

/**
 * Scripts, styles and icons, cached forever under their hash.
 * @param origin the only one beside this host that an address may name for its worker
 */
export function assetRoutes(
  built: Readonly<Record<string, Asset>> = assets,
  origin?: string | undefined,
) {
  const byAddress = new Map(Object.values(built).map((asset) => [asset.address, load(asset)]));
  return new Elysia({ name: "pages/assets", detail: { hide: true, security: [] } }).get(
    "/assets/:file",
    async ({ params, request }) => {
      const asset = byAddress.get(`/assets/${params.file}`);
      const to = new URL(request.url).searchParams.get("to") ?? undefined;
      // The policy of an address must not change, since browsers keep it: only the relay's is
      // served.
      if (asset === undefined || (to !== undefined && to !== origin))
        return new Response(null, { status: 404 });
      return await answer(asset, request, workerPolicy(to));
    },
  );
}

type Bytes = Uint8Array<ArrayBuffer>;
type Read = () => Promise<Bytes>;
type Loaded = Pick<Asset, "type" | "etag"> & Readonly<Record<Encoding | "plain", Read>>;

function load({ type, etag, br: path }: Asset): Loaded {
  const br = reader(path);
  const plain = once(async () => new Uint8Array(await unpack(await br())));
  return {
    type,
    etag,
    br,
    plain,
    gzip: once(async () => new Uint8Array(await pack(await plain()))),
  };
}

const unpack = (bytes: Bytes) => promisify(zlib().brotliDecompress)(bytes);
const pack = (bytes: Bytes) => promisify(zlib().gzip)(bytes);

function once(make: Read): Read {
  let made: Promise<Bytes> | undefined;
  return () => {
    made ??= make();
    return made;
  };
}

/** An unreadable one is missed when it is requested. */
function reader(path: string): Read {
  if (isExecutable()) return () => Bun.file(path).bytes();
  const reading = Bun.file(path).bytes();
  reading.catch(() => undefined);
  return () => reading;
}

async function answer(asset: Loaded, request: Request, policy: string): Promise<Response> {
  const headers = {
    "content-type": asset.type,
    "cache-control": "public, max-age=31536000, immutable",
    vary: "accept-encoding",
    etag: asset.etag,
    "content-security-policy": policy,
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
