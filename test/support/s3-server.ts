/**
 * An S3 store for tests, on a socket: objects in memory, requests held to their signature (version 4),
 * their date and a quota. It can be cut off in the middle of anything, as the network can.
 */
import { createHash, createHmac } from "node:crypto";

const skewMs = 15 * 60_000;

export type S3Server = Disposable & {
  readonly endpoint: string;
  readonly objects: Map<string, Uint8Array>;
  /** `PUT key` of everything that was stored, in order. */
  readonly puts: string[];
  /** Answers nothing from then on; connections are cut. */
  isDown: boolean;
  /** Goes down when this many more objects are stored. */
  putsUntilDown: number;
  bytesMax: number;
  /** Takes what it is sent, says so, and keeps none of it. */
  isForgetful: boolean;
  /** How far the server's clock is ahead of this machine's. */
  clockAheadMs: number;
};

export const s3Keys = { accessKeyId: "test-key", secretAccessKey: "test-secret-0123456789" };
export const s3Bucket = "captures";

export function openS3Server(): S3Server {
  const objects = new Map<string, Uint8Array>();
  const server = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    fetch: async (request, own) => {
      if (state.isDown) {
        own.timeout(request, 1);
        throw new Error("down");
      }
      const fault = faultOf(request, Date.now() + state.clockAheadMs);
      if (fault !== undefined) return problem(403, fault);
      const url = new URL(request.url);
      const key = decodeURIComponent(url.pathname).slice(`/${s3Bucket}/`.length);
      if (request.method === "PUT") return store(key, new Uint8Array(await request.arrayBuffer()));
      return key === "" ? listing(url.searchParams) : read(request, key);
    },
    error: () => new Response(null, { status: 503 }),
  });
  const state: S3Server = {
    ...{ endpoint: `http://127.0.0.1:${server.port}`, objects, puts: [] },
    ...{ isDown: false, putsUntilDown: Number.POSITIVE_INFINITY, bytesMax: 1e9, clockAheadMs: 0 },
    isForgetful: false,
    [Symbol.dispose]: () => void server.stop(true),
  };

  function store(key: string, bytes: Uint8Array): Response {
    if (state.putsUntilDown === 0) {
      state.isDown = true;
      return new Response(null, { status: 503 });
    }
    const used = [...objects.values()].reduce((sum, one) => sum + one.length, 0);
    if (used + bytes.length > state.bytesMax) return problem(507, "XMinioStorageFull");
    state.putsUntilDown -= 1;
    if (!state.isForgetful) objects.set(key, bytes);
    state.puts.push(key);
    return new Response(null, { headers: { etag: tagOf(bytes) } });
  }

  function read(request: Request, key: string): Response {
    const bytes = objects.get(key);
    if (bytes === undefined) return problem(404, "NoSuchKey");
    const [, from, to] = /^bytes=(\d+)-(\d*)$/.exec(request.headers.get("range") ?? "") ?? [];
    // ClickHouse reads a file in parts only where each says of which state it is.
    const etag = tagOf(bytes);
    if (from === undefined) return new Response(new Uint8Array(bytes), { headers: { etag } });
    const part = bytes.slice(Number(from), to ? Number(to) + 1 : undefined);
    const range = `bytes ${from}-${Number(from) + part.length - 1}/${bytes.length}`;
    return new Response(part, { status: 206, headers: { "content-range": range, etag } });
  }

  /** Pages of 100, so that a test meets more than one. */
  function listing(query: URLSearchParams): Response {
    const prefix = query.get("prefix") ?? "";
    const after = query.get("continuation-token") ?? "";
    const keys = [...objects.keys()].filter((key) => key.startsWith(prefix) && key > after).sort();
    const page = keys.slice(0, 100);
    const contents = page.map((key) => {
      const bytes = objects.get(key) ?? new Uint8Array();
      return `<Contents><Key>${escaped(key)}</Key><Size>${bytes.length}</Size><ETag>${tagOf(bytes)}</ETag></Contents>`;
    });
    const isTruncated = keys.length > page.length;
    const next = isTruncated ? `<NextContinuationToken>${page.at(-1)}</NextContinuationToken>` : "";
    return new Response(
      `<?xml version="1.0"?><ListBucketResult><IsTruncated>${isTruncated}</IsTruncated>${next}${contents.join("")}</ListBucketResult>`,
      { headers: { "content-type": "application/xml" } },
    );
  }
  return state;
}

function tagOf(bytes: Uint8Array): string {
  return `"${createHash("md5").update(bytes).digest("hex")}"`;
}

function problem(status: number, code: string): Response {
  const text = `<?xml version="1.0"?><Error><Code>${code}</Code><Message>${code}</Message></Error>`;
  return new Response(text, { status, headers: { "content-type": "application/xml" } });
}

/** The code of what is wrong with a request's signature. */
function faultOf(request: Request, nowMs: number): string | undefined {
  const pattern =
    /Credential=(?<id>[^/]+)\/(?<scope>[^,]+),\s*SignedHeaders=(?<names>[^,]+),\s*Signature=(?<signature>[0-9a-f]+)/;
  const found = pattern.exec(request.headers.get("authorization") ?? "")?.groups;
  const { id = "", scope = "", names = "", signature = "" } = found ?? {};
  if (id !== s3Keys.accessKeyId) return "InvalidAccessKeyId";
  const date = request.headers.get("x-amz-date") ?? "";
  const iso = date.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, "$1-$2-$3T$4:$5:$6Z");
  if (!(Math.abs(Date.parse(iso) - nowMs) < skewMs)) return "RequestTimeTooSkewed";
  const url = new URL(request.url);
  const query = [...url.searchParams].map(([name, value]) => `${encoded(name)}=${encoded(value)}`);
  const headers = names.split(";").map((name) => `${name}:${request.headers.get(name)?.trim()}\n`);
  const canonical = [
    ...[request.method, url.pathname, query.sort().join("&"), headers.join("")],
    ...[names, request.headers.get("x-amz-content-sha256") ?? "UNSIGNED-PAYLOAD"],
  ].join("\n");
  const hashed = createHash("sha256").update(canonical).digest("hex");
  const text = ["AWS4-HMAC-SHA256", date, scope, hashed].join("\n");
  let key: Buffer | string = `AWS4${s3Keys.secretAccessKey}`;
  for (const part of [...scope.split("/"), text])
    key = createHmac("sha256", key).update(part).digest();
  return Buffer.from(key).toString("hex") === signature ? undefined : "SignatureDoesNotMatch";
}

function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
}

function encoded(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (one) => `%${one.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}
