/**
 * An archive in a bucket, by the runtime's own S3 client. A store that hangs is left after a deadline:
 * the client knows none. Keys of access are in no name, error or log.
 */
import { S3Client } from "bun";
import { type Scheduler, timers } from "../base/scheduler.ts";
import type { ObjectStore, StoredObject } from "./object-store.ts";

const shortMsMax = 10_000;
/** All pages of a list: who asks for it waits for no longer. */
const listMsMax = 25_000;
/** A store may give less on a page than it was asked for; one that gives this little is no use. */
const keysPerPageMin = 50;
/** A large file over a slow link. */
const largeMsMax = 600_000;
/** Up to this size a thing is small, and comes soon or not at all. */
const smallBytesMax = 16 * 1024 * 1024;
const smallMsMax = 60_000;
const pageCount = 1000;

/** How a bucket is reached. What is left out comes from the environment, as other tools have it. */
export type S3Access = {
  readonly bucket: string;
  /** Before every key; empty or ending with a slash. */
  readonly prefix: string;
  readonly accessKeyId?: string | undefined;
  readonly secretAccessKey?: string | undefined;
  readonly sessionToken?: string | undefined;
  readonly endpoint?: string | undefined;
  readonly region?: string | undefined;
};

/** @param scheduler for deadlines; the runtime's unless given */
export function s3Store(access: S3Access, scheduler: Scheduler = timers): ObjectStore {
  const { bucket, prefix, ...keys } = access;
  const client = new S3Client({ bucket, ...definedOf(keys) });
  const within = <T>(ms: number, work: Promise<T>) => inTime(work, { ms, scheduler });
  return {
    name: `s3://${bucket}/${prefix}`,
    put: async (key, content) => {
      const body = content instanceof Uint8Array ? content : Bun.file(content.path);
      await within(largeMsMax, client.write(prefix + key, body));
    },
    get: async (key, bytesMax) => {
      const file = client.file(prefix + key);
      // One byte more than is taken says that there is more.
      const reading = file.slice(0, bytesMax + 1).bytes();
      const ms = bytesMax > smallBytesMax ? largeMsMax : smallMsMax;
      const bytes = await within(ms, reading.catch(undefinedIfMissing));
      if (bytes === undefined) return undefined;
      if (bytes.length > bytesMax) throw new Error(`it is larger than ${bytesMax} bytes`);
      return new Uint8Array(bytes);
    },
    list: async (wanted, countMax) => {
      const page = (token: string | undefined) =>
        within(
          shortMsMax,
          client.list({ prefix: prefix + wanted, maxKeys: pageCount, ...tokenField(token) }),
        );
      return await within(listMsMax, listed(page, { prefix, countMax }));
    },
  };
}

type Page = {
  readonly contents?: readonly Listed[];
  readonly isTruncated?: boolean;
  readonly nextContinuationToken?: string;
};

/** Page after page. @throws Error for a store whose pages do not end */
async function listed(
  ask: (token: string | undefined) => Promise<Page>,
  { prefix, countMax }: { readonly prefix: string; readonly countMax: number },
): Promise<StoredObject[]> {
  const found: StoredObject[] = [];
  const seen = new Set<string>();
  const pagesMax = 1 + Math.ceil(countMax / keysPerPageMin);
  let token: string | undefined;
  do {
    const page = await ask(token);
    found.push(...(page.contents ?? []).flatMap((one) => objectOf(one, prefix)));
    token = page.isTruncated === true ? page.nextContinuationToken : undefined;
    if (token === undefined) break;
    if (seen.has(token) || seen.size >= pagesMax) throw new Error("its list does not end");
    seen.add(token);
  } while (found.length < countMax);
  return found.slice(0, countMax);
}

function tokenField(continuationToken: string | undefined) {
  return continuationToken === undefined ? {} : { continuationToken };
}

type Listed = {
  readonly key: string;
  readonly size?: number;
  readonly eTag?: string;
  readonly lastModified?: string;
};

/** A store that answers with keys that were not asked for is not believed. */
function objectOf({ key, size = 0, eTag, lastModified }: Listed, prefix: string): StoredObject[] {
  if (!key.startsWith(prefix)) return [];
  const version = `${eTag ?? ""} ${size} ${lastModified ?? ""}`;
  return [{ key: key.slice(prefix.length), bytes: size, version }];
}

/** The client takes what is absent from the environment only where the name is absent too. */
function definedOf(keys: Omit<S3Access, "bucket" | "prefix">): Record<string, string> {
  const given = Object.entries(keys).filter(
    (pair): pair is [string, string] => pair[1] !== undefined,
  );
  return Object.fromEntries(given);
}

async function inTime<T>(
  work: Promise<T>,
  { ms, scheduler }: { readonly ms: number; readonly scheduler: Scheduler },
): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>();
  const cancel = scheduler.after(ms, () =>
    reject(Object.assign(new Error(`it did not answer for ${ms / 1000} s`), { code: "too_slow" })),
  );
  return await Promise.race([work, promise]).finally(cancel);
}

function undefinedIfMissing(cause: unknown): undefined {
  const code = cause instanceof Error && "code" in cause ? cause.code : undefined;
  if (code !== "NoSuchKey" && code !== "NotFound") throw cause;
}
