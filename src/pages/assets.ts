/**
 * Scripts, styles and pictures, from files that the build made: named by their content, so a browser
 * never asks twice, and compressed once. Plain HTTP by a LAN name offers gzip only, hence three forms.
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

export function assetRoutes() {
  const byAddress = new Map(Object.values(assets).map((asset) => [asset.address, asset]));
  return new Elysia({ name: "pages/assets", detail: { hide: true, security: [] } }).get(
    "/assets/:file",
    ({ params, request }) => {
      const asset = byAddress.get(`/assets/${params.file}`);
      return asset === undefined ? new Response(null, { status: 404 }) : answer(asset, request);
    },
  );
}

function answer(asset: Asset, request: Request): Response {
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
  if (encoding === undefined) return new Response(Bun.file(asset.plain), { headers });
  const file = asset.compressed[encoding] ?? asset.plain;
  return new Response(Bun.file(file), { headers: { ...headers, "content-encoding": encoding } });
}

function chooseEncoding(asset: Asset, accepted: string): Encoding | undefined {
  const offered = new Set(
    accepted
      .toLowerCase()
      .split(",")
      .filter((part) => !/;\s*q=0(\.0*)?\s*$/.test(part))
      .map((part) => part.split(";", 1)[0]?.trim()),
  );
  return encodings.find((name) => offered.has(name) && asset.compressed[name] !== undefined);
}
