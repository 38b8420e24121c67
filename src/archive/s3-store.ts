/**
 * An archive in a bucket of an S3 store. A store that hangs is left after a deadline. Access keys
 * are in no name, error or log.
 */
import { type Scheduler, timers } from "../base/scheduler.ts";
import { type ObjectStore, type StoredObject, tooLarge } from "./object-store.ts";
import { type AskS3, limitedBytes, type S3Access, s3Requests } from "./s3-request.ts";

const shortMsMax = 10_000;
/** All pages of a list: no caller waits longer. */
const listMsMax = 25_000;
/** A store may return fewer per page than requested; with this few it is unusable. */
const keysPerPageMin = 50;
/** A large file over a slow link. */
const largeMsMax = 600_000;
/** Up to this size an object is small, and arrives soon or not at all. */
const smallBytesMax = 16 * 1024 * 1024;
const smallMsMax = 60_000;
const pageCount = 1000;
const pageBytesMax = 4 * 1024 * 1024;

/** The bucket, and a prefix for every key: empty or ending with a slash. */
export type S3Place = S3Access & { readonly prefix: string };

/** @param scheduler for deadlines; the runtime's unless given */
export function s3Store(
  { prefix, ...access }: S3Place,
  scheduler: Scheduler = timers,
): ObjectStore {
  const ask = s3Requests(access, process.env);
  const within = <T>(ms: number, work: (signal: AbortSignal) => Promise<T>) =>
    inTime(work, { ms, scheduler });
  return {
    name: `s3://${access.bucket}/${prefix}`,
    put: (key, content) =>
      within(largeMsMax, async (signal) => {
        const answer = await ask({ method: "PUT", key: prefix + key, content, signal });
        await answer.body?.cancel();
      }),
    get: (key, bytesMax) =>
      within(bytesMax > smallBytesMax ? largeMsMax : smallMsMax, async (signal) => {
        const asked = ask({ method: "GET", key: prefix + key, signal });
        const answer = await asked.catch(undefinedIfMissing);
        if (answer === undefined) return undefined;
        const bytes = await limitedBytes(answer, bytesMax);
        if (bytes === undefined) throw tooLarge(bytesMax);
        return bytes;
      }),
    list: (wanted, countMax) => {
      const page = (token: string | undefined) =>
        within(shortMsMax, (signal) => askPage(ask, { prefix: prefix + wanted, token, signal }));
      return within(listMsMax, (signal) => listed(page, { prefix, countMax, signal }));
    },
  };
}

type Page = { readonly contents: readonly Listed[]; readonly next: string | undefined };
type Asked = {
  readonly prefix: string;
  readonly token: string | undefined;
  readonly signal: AbortSignal;
};

async function askPage(ask: AskS3, { prefix, token, signal }: Asked): Promise<Page> {
  const query = {
    ...{ "list-type": "2", prefix, "max-keys": `${pageCount}` },
    ...(token === undefined ? {} : { "continuation-token": token }),
  };
  const answer = await ask({ method: "GET", query, signal });
  const text = new TextDecoder().decode(await limitedBytes(answer, pageBytesMax));
  if (!text.includes("<ListBucketResult")) {
    throw Object.assign(new Error("it is no list"), { code: "not_a_store" });
  }
  const [, ...contents] = text.split("<Contents>");
  const isTruncated = fieldOf(text, "IsTruncated") === "true";
  return {
    contents: contents.map((one) => readListed(one.split("</Contents>", 1)[0] ?? "")),
    next: isTruncated ? fieldOf(text, "NextContinuationToken") : undefined,
  };
}

type Listed = { readonly key: string; readonly bytes: number; readonly version: string };

function readListed(text: string): Listed {
  const of = (name: string) => fieldOf(text, name) ?? "";
  const version = `${of("ETag")} ${of("Size")} ${of("LastModified")}`;
  return { key: of("Key"), bytes: Number(of("Size")), version };
}

function fieldOf(xml: string, field: string): string | undefined {
  const found = new RegExp(`<${field}>([^<]*)</${field}>`).exec(xml)?.[1];
  return found?.replaceAll(
    /&(#x?)?(\w{1,6});/g,
    (whole, kind: string | undefined, name: string) => {
      if (kind === undefined) return entities[name] ?? whole;
      const code = Number.parseInt(name, kind === "#" ? 10 : 16);
      return code <= 0x10_ff_ff ? String.fromCodePoint(code) : whole;
    },
  );
}

const entities: Readonly<Record<string, string>> = {
  ...{ amp: "&", lt: "<", gt: ">", quot: '"', apos: "'" },
};

type Listing = {
  readonly prefix: string;
  readonly countMax: number;
  /** Nobody waits for it any more. */
  readonly signal: AbortSignal;
};

/** Page after page. @throws Error for a store whose pages do not end */
async function listed(
  ask: (token: string | undefined) => Promise<Page>,
  { prefix, countMax, signal }: Listing,
): Promise<StoredObject[]> {
  const found: StoredObject[] = [];
  const seen = new Set<string>();
  const pagesMax = 1 + Math.ceil(countMax / keysPerPageMin);
  let token: string | undefined;
  do {
    const page = await ask(token);
    found.push(...page.contents.flatMap((one) => objectOf(one, prefix)));
    token = page.next;
    if (token === undefined) break;
    if (seen.has(token) || seen.size >= pagesMax) throw new Error("its list does not end");
    seen.add(token);
  } while (found.length < countMax && !signal.aborted);
  return found.slice(0, countMax);
}

/** Keys outside the requested prefix are ignored. */
function objectOf({ key, ...one }: Listed, prefix: string): StoredObject[] {
  return key.startsWith(prefix) ? [{ ...one, key: key.slice(prefix.length) }] : [];
}

async function inTime<T>(
  work: (signal: AbortSignal) => Promise<T>,
  { ms, scheduler }: { readonly ms: number; readonly scheduler: Scheduler },
): Promise<T> {
  const late = new AbortController();
  const { promise, reject } = Promise.withResolvers<never>();
  const cancel = scheduler.after(ms, () => {
    reject(Object.assign(new Error(`it did not answer for ${ms / 1000} s`), { code: "too_slow" }));
    late.abort();
  });
  return await Promise.race([work(late.signal), promise]).finally(cancel);
}

function undefinedIfMissing(cause: unknown): undefined {
  const code = cause instanceof Error && "code" in cause ? cause.code : undefined;
  if (code !== "NoSuchKey" && code !== "NotFound") throw cause;
}
