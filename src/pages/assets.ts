/**
 * Scripts, styles and pictures, from files that the build made: named by their content, so a browser
 * never asks twice, and compressed once. Plain HTTP by a LAN name offers gzip only, hence three forms.
 *
 * All are read when the host starts (2 MB): in a checkout a build may replace the files under it,
 * and the pages of this process name those of its own build.
 */
import { Elysia } from "elysia";
import { type Asset, assets } from "../generated/assets.ts";

type Encoding = "br" | "zstd" | "gzip";
/** Best first. */
const encodings: readonly Encoding[] = ["br", "zstd", "gzip"];

export function assetAddress(name: string): string {
  const asset = assets[name];
  if (asset === undefined) throw new Error(`Bug: there is no asset "${name}"`);
  return asset.address;
}

export function assetRoutes(built: Readonly<Record<string, Asset>> = assets) {
  const byAddress = new Map(Object.values(built).map((asset) => [asset.address, load(asset)]));
  return new Elysia({ name: "pages/assets", detail: { hide: true, security: [] } }).get(
    "/assets/:file",
    async ({ params, request }) => {
      const asset = await byAddress.get(`/assets/${params.file}`);
      return asset === undefined ? new Response(null, { status: 404 }) : answer(asset, request);
    },
  );
}

type Loaded = Pick<Asset, "type" | "etag"> & {
  readonly plain: Bytes;
  readonly compressed: Readonly<Partial<Record<Encoding, Bytes>>>;
};
type Bytes = Uint8Array<ArrayBuffer>;

/** One that cannot be read is missed when it is asked for. */
function load(asset: Asset): Promise<Loaded> {
  const loading = readAll(asset);
  loading.catch(() => undefined);
  return loading;
}

async function readAll({ type, etag, plain, compressed }: Asset): Promise<Loaded> {
  const forms = Object.entries(compressed).map(
    async ([name, path]) => [name, await Bun.file(path).bytes()] as const,
  );
  return {
    type,
    etag,
    plain: await Bun.file(plain).bytes(),
    compressed: Object.fromEntries(await Promise.all(forms)),
  };
}

function answer(asset: Loaded, request: Request): Response {
  const headers = {
    "content-type": asset.type,
    "cache-control": "public, max-age=31536000, immutable",
    vary: "accept-encoding",
    etag: asset.etag,
  };
  if (request.headers.get("if-none-match")?.includes(asset.etag)) {
    return new Response(null, { status: 304, headers });
  }
  const encoding = chooseEncoding(asset, request.headers.get("accept-encoding") ?? "");
  const bytes = encoding && asset.compressed[encoding];
  if (bytes === undefined) return new Response(asset.plain, { headers });
  return new Response(bytes, { headers: { ...headers, "content-encoding": encoding } });
}

function chooseEncoding(asset: Loaded, accepted: string): Encoding | undefined {
  const offered = new Set(
    accepted
      .toLowerCase()
      .split(",")
      .filter((part) => !/;\s*q=0(\.0*)?\s*$/.test(part))
      .map((part) => part.split(";", 1)[0]?.trim()),
  );
  return encodings.find((name) => offered.has(name) && asset.compressed[name] !== undefined);
}
