/**
 * Requests to an S3 store, signed (AWS signature, version 4). Redirects are not followed: data and
 * keys go only to the given address. A store's refusal is its status and code.
 */
import { createHash, createHmac } from "node:crypto";
import { stat } from "node:fs/promises";
import { wallDate } from "../base/clock.ts";
import { dataDisk } from "../base/disk-lane.ts";
import { codeOf } from "../base/error-text.ts";
import { Failure } from "../base/failure.ts";
import type { FilePath } from "./object-store.ts";

const problemBytesMax = 64 * 1024;
const partBytes = 4 * 1024 * 1024;
const unsigned = "UNSIGNED-PAYLOAD";
/** For stores without a named region or a known address. */
const standardRegion = "us-east-1";

/** How a bucket is reached. Missing values come from the environment, as in other tools. */
export type S3Access = {
  readonly bucket: string;
  readonly accessKeyId?: string | undefined;
  readonly secretAccessKey?: string | undefined;
  readonly sessionToken?: string | undefined;
  readonly endpoint?: string | undefined;
  readonly region?: string | undefined;
};

/** One request. */
export type S3Request = {
  readonly method: "GET" | "PUT";
  /** Key of the object; the bucket itself without. */
  readonly key?: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly content?: Uint8Array<ArrayBuffer> | FilePath;
  readonly signal: AbortSignal;
};

/** An error of a store or of the connection to it. `code` is the store's own where it sends one. */
export type S3Error = Error & { readonly code: string; readonly status?: number };

/**
 * How a store is asked.
 * @throws S3Error for every answer but a success
 */
export type AskS3 = (request: S3Request) => Promise<Response>;

/**
 * @param env is used for values missing in `access`
 * @throws Failure `archive_keys` for an invalid endpoint, and for keys that no request can carry;
 * neither is repeated, as it may be a secret
 */
export function s3Requests(
  access: S3Access,
  env: Readonly<Record<string, string | undefined>>,
): AskS3 {
  const given = withDefaults(access, env);
  return async (request) => {
    const { accessKeyId, secretAccessKey } = given;
    if (!accessKeyId || !secretAccessKey) throw s3Error("no_keys");
    const keyed = { ...given, accessKeyId, secretAccessKey };
    const body = await bodyOf(given, request);
    const ask = () => fetch(urlOf(given, request), { ...optionsOf(keyed, request), ...body });
    const answer = await ask()
      .catch((cause: unknown) => {
        // A kept-alive connection may be closed by the store just as it is reused.
        if (!isCut(cause) || request.signal.aborted) throw cause;
        return ask();
      })
      .catch((cause: unknown) => {
        throw byCodeAlone(cause);
      });
    if (answer.ok) return answer;
    throw await refusalOf(answer, request);
  };
}

type Given = S3Access & {
  readonly region: string;
  readonly endpoint: string;
  /** Whether a request over plain HTTP goes through a proxy. */
  readonly isProxied: boolean;
};
type Keyed = Given & { readonly accessKeyId: string; readonly secretAccessKey: string };

function withDefaults(access: S3Access, env: Readonly<Record<string, string | undefined>>): Given {
  const first = (...names: string[]) => names.map((name) => env[name]).find(Boolean);
  const region = access.region ?? first("S3_REGION", "AWS_REGION", "AWS_DEFAULT_REGION");
  const named = access.endpoint ?? first("S3_ENDPOINT", "AWS_ENDPOINT", ...endpointNames);
  const endpoint = readEndpoint(named ?? `https://s3.${region ?? standardRegion}.amazonaws.com`);
  // A session token belongs to its keys.
  const family = env.S3_ACCESS_KEY_ID ? "S3" : "AWS";
  const given = {
    bucket: access.bucket,
    accessKeyId: access.accessKeyId ?? first("S3_ACCESS_KEY_ID", "AWS_ACCESS_KEY_ID"),
    secretAccessKey:
      access.secretAccessKey ?? first("S3_SECRET_ACCESS_KEY", "AWS_SECRET_ACCESS_KEY"),
    sessionToken:
      access.sessionToken ??
      (access.accessKeyId === undefined ? first(`${family}_SESSION_TOKEN`) : undefined),
    region: region ?? regionIn(endpoint) ?? standardRegion,
    endpoint,
    isProxied: first("http_proxy", "HTTP_PROXY") !== undefined,
  };
  checkCarried(given);
  return given;
}

/** Content of a header. The runtime may repeat one that it cannot send. */
function checkCarried({ accessKeyId, secretAccessKey, sessionToken, region }: Given): void {
  const carried = {
    "access key": accessKeyId,
    "secret key": secretAccessKey,
    "session token": sessionToken,
    region,
  };
  for (const [name, value] of Object.entries(carried)) {
    if (!value || /^[\x21-\x7e]+$/.test(value)) continue;
    const rule = "it takes letters, digits and signs of ASCII, without spaces";
    throw new Failure("archive_keys", `Cannot use the ${name} of the archive: ${rule}`);
  }
}

/** As in an address of AWS; R2 has one for all. */
function regionIn(endpoint: string): string | undefined {
  const { hostname } = new URL(endpoint);
  if (hostname.endsWith(".r2.cloudflarestorage.com")) return "auto";
  const ofAws =
    /(?:^|\.)s3(?:-fips)?[.-](?:dualstack\.)?([a-z]{2}(?:-[a-z]+)+-\d)\.amazonaws\.com(?:\.cn)?$/;
  return ofAws.exec(hostname)?.[1];
}

function readEndpoint(text: string): string {
  const url = URL.parse(text.includes("://") ? text : `https://${text}`);
  const isGood =
    url !== null &&
    ["http:", "https:"].includes(url.protocol) &&
    `${url.username}${url.password}${url.search}${url.hash}` === "";
  if (isGood) return url.href.replace(/\/+$/, "");
  const rule =
    "it takes an address without name, password or query, such as https://store.lan:9000";
  throw new Failure("archive_keys", `Cannot use the endpoint of the archive: ${rule}`);
}

const endpointNames = ["AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL"];

/** Path style: every store supports it. */
function urlOf({ endpoint, bucket }: Given, { key = "", query = {} }: S3Request): URL {
  const url = new URL(`${endpoint}/${encoded(bucket)}/${key.split("/").map(encoded).join("/")}`);
  url.search = queryOf(query);
  return url;
}

/** As it is signed: sorted by name. */
function queryOf(query: Readonly<Record<string, string>>): string {
  const pairs = Object.entries(query).map(([name, value]) => `${encoded(name)}=${encoded(value)}`);
  return pairs.sort().join("&");
}

function optionsOf(keyed: Keyed, request: S3Request): BunFetchRequestInit {
  const { method, signal } = request;
  return { method, headers: signedHeaders(keyed, request), signal, redirect: "manual" };
}

/**
 * Over plain HTTP the system sends a file without loading it. Otherwise the runtime would read it
 * as a whole, and this thread would wait for the disk.
 */
async function bodyOf(
  { endpoint, isProxied }: Given,
  { content }: S3Request,
): Promise<Pick<BunFetchRequestInit, "body">> {
  if (content === undefined) return {};
  if (content instanceof Uint8Array) return { body: content };
  const isSentAsFile = endpoint.startsWith("http:") && !isProxied;
  return { body: isSentAsFile ? Bun.file(content.path) : await readInParts(content.path) };
}

async function readInParts(path: string): Promise<Uint8Array<ArrayBuffer>> {
  const { size } = await dataDisk.run(() => stat(path));
  const bytes = new Uint8Array(size);
  for (let at = 0; at < size; at += partBytes) {
    const part = Bun.file(path).slice(at, Math.min(size, at + partBytes));
    bytes.set(await dataDisk.run(() => part.bytes()), at);
  }
  return bytes;
}

function signedHeaders(keyed: Keyed, request: S3Request): Record<string, string> {
  const { accessKeyId, secretAccessKey, sessionToken, region } = keyed;
  const url = urlOf(keyed, request);
  const time = wallDate()
    .toISOString()
    .replaceAll(/[-:]|\.\d{3}/g, "");
  const scope = [time.slice(0, 8), region, "s3", "aws4_request"];
  const signed: Record<string, string> = {
    host: url.host,
    "x-amz-content-sha256": unsigned,
    "x-amz-date": time,
    ...(sessionToken === undefined ? {} : { "x-amz-security-token": sessionToken }),
  };
  const names = Object.keys(signed).join(";");
  const lines = Object.entries(signed).map(([name, value]) => `${name}:${value}\n`);
  const canonical = [
    request.method,
    url.pathname,
    url.search.slice(1),
    lines.join(""),
    names,
    unsigned,
  ];
  const hash = createHash("sha256").update(canonical.join("\n")).digest("hex");
  const text = ["AWS4-HMAC-SHA256", time, scope.join("/"), hash].join("\n");
  let key: string | Buffer = `AWS4${secretAccessKey}`;
  for (const part of [...scope, text]) key = createHmac("sha256", key).update(part).digest();
  const credential = `Credential=${accessKeyId}/${scope.join("/")}`;
  const { host: _, ...headers } = signed;
  const authorization = `AWS4-HMAC-SHA256 ${credential}, SignedHeaders=${names}, Signature=${Buffer.from(key).toString("hex")}`;
  return { ...headers, authorization };
}

function encoded(text: string): string {
  return encodeURIComponent(text).replaceAll(
    /[!'()*]/g,
    (one) => `%${one.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

/** The runtime's code for a connection that ended without an answer. */
function isCut(cause: unknown): boolean {
  const code = cause instanceof Error && "code" in cause ? cause.code : undefined;
  return code === "ECONNRESET" || code === "ConnectionClosed";
}

/** The runtime's own text may repeat a header, and so a key. */
function byCodeAlone(cause: unknown): S3Error {
  const code = codeOf(cause);
  return s3Error(typeof code === "string" ? code : "unusable");
}

/** A text that is not an S3 answer has no code; its content is not repeated. */
async function refusalOf(answer: Response, request: S3Request): Promise<S3Error> {
  const { status } = answer;
  const bytes = await limitedBytes(answer, problemBytesMax).catch(() => undefined);
  const text = new TextDecoder().decode(bytes);
  const said = /<Code>([\w.-]{1,64})<\/Code>/.exec(text)?.[1];
  const isElsewhere = status >= 300 && status < 400;
  // The same code is used for a wrong region, in which case the right one is named, and for a key
  // that breaks the header.
  const isBroken = said === "AuthorizationHeaderMalformed" && !text.includes("<Region>");
  const code = isBroken ? "key_malformed" : (said ?? codeOfStatus(status, request));
  return s3Error(isElsewhere ? "redirected" : code, {
    status,
    ...(said === undefined ? {} : { said }),
  });
}

/** For an answer without a code. "Not found" is an object only if one was requested. */
function codeOfStatus(status: number, { method, key }: S3Request): string {
  if (status === 404 && method === "GET" && key !== undefined) return "NoSuchKey";
  return codes[status] ?? "not_a_store";
}

const codes: Readonly<Record<number, string>> = {
  401: "access_refused",
  403: "access_refused",
  507: "store_full",
};

function s3Error(
  code: string,
  rest: { readonly status?: number; readonly said?: string } = {},
): S3Error {
  return Object.assign(new Error(`the store answers ${code}`), { code, ...rest });
}

/**
 * `undefined` for a longer one, whose rest is not read.
 * @throws the cause of an interruption
 */
export async function limitedBytes(
  { body }: Response,
  bytesMax: number,
): Promise<Uint8Array<ArrayBuffer> | undefined> {
  const parts: Uint8Array[] = [];
  let length = 0;
  for await (const part of body ?? []) {
    length += part.length;
    // Leaving the loop cancels the rest.
    if (length > bytesMax) return undefined;
    parts.push(part);
  }
  return new Uint8Array(Buffer.concat(parts));
}
