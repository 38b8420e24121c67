/**
 * The contents of an archive: an index per day and host names its captures. Indexes are read again
 * only when they have changed. All of it may come from another host: checked, bounded.
 */
import { type Static, Type } from "@sinclair/typebox";
import { hasCode } from "../base/error-text.ts";
import { parseJson } from "../base/parse-json.ts";
import { readBundleHead } from "../import/bundle.ts";
import { type ArchivedCapture, archivedCountMax } from "../model/archive.ts";
import { CaptureMeta } from "../model/capture.ts";
import { isSameCapture } from "../model/same-capture.ts";
import { shapeCheck } from "../model/shape-check.ts";
import type { ArchivePlace } from "./layout.ts";
import { documentFolderOf, indexFolder, indexKeyOf, isIndexKey, keyOf, placeOf } from "./layout.ts";
import type { ObjectStore, StoredObject } from "./object-store.ts";

/**
 * A capture every minute of the day, of sixteen sessions each. Parsed on this thread: some 60 ms.
 */
const indexBytesMax = 4 * 1024 * 1024;
/** Total size of the indexes that a list is read from. */
const listBytesMax = 48 * 1024 * 1024;
const indexCountMax = 10_000;
const readAtOnce = 16;
const documentBytesMax = 32 * 1024 * 1024;
/** Captures of one day of one installation that are read again when its index is damaged. */
const rebuiltCountMax = 500;
const rebuiltBytesMax = 64 * 1024 * 1024;
/** Installations on machines of the same name, per day. */
const sameNameCountMax = 100;

const DayIndex = Type.Object({
  version: Type.Literal(1),
  captures: Type.Array(
    Type.Object({
      key: Type.String({ maxLength: 512 }),
      meta: CaptureMeta,
      quality: Type.Optional(Type.String({ maxLength: 32 })),
      cause: Type.Optional(Type.String({ maxLength: 64 })),
    }),
  ),
});
/** The captures of one day of one host. */
type DayIndex = Static<typeof DayIndex>;

type Known = { readonly version: string; readonly captures: readonly ArchivedCapture[] };

/** What may still be read; shared by all reads of one request. */
type Budget = { bytesLeft: number };

/**
 * The list of an archive's captures, cached while its indexes stay the same. If the indexes exceed
 * the limit, the largest ones are left out: one that somebody inflated does not displace others.
 */
export class ArchiveCatalog {
  readonly #store: ObjectStore;
  #known: ReadonlyMap<string, Known> = new Map();
  #reading: Promise<readonly ArchivedCapture[]> | undefined;

  constructor(store: ObjectStore) {
    this.#store = store;
  }

  /**
   * Newest first. Simultaneous callers share one reading.
   * @throws Error of the store
   */
  list(): Promise<readonly ArchivedCapture[]> {
    this.#reading ??= this.#read().finally(() => {
      this.#reading = undefined;
    });
    return this.#reading;
  }

  async #read(): Promise<readonly ArchivedCapture[]> {
    const objects = await this.#store.list(indexFolder, indexCountMax);
    const indexes = objects.filter(({ key, bytes }) => isIndexKey(key) && bytes <= indexBytesMax);
    indexes.sort((a, b) => a.bytes - b.bytes);
    const known = new Map<string, Known>();
    const budget = { bytesLeft: listBytesMax };
    for (let from = 0; from < indexes.length && budget.bytesLeft > 0; from += readAtOnce) {
      const slice = indexes.slice(from, from + readAtOnce);
      const read = await Promise.all(slice.map((one) => this.#readOne(one, budget)));
      for (const [place, one] of slice.entries()) {
        const found = read[place];
        if (found !== undefined) known.set(one.key, found);
      }
    }
    this.#known = known;
    const all = [...known.values()].flatMap(({ captures }) => captures);
    all.sort((a, b) => b.meta.started_unix_ms - a.meta.started_unix_ms);
    return all.slice(0, archivedCountMax);
  }

  async #readOne({ key, version, bytes }: StoredObject, budget: Budget): Promise<Known> {
    budget.bytesLeft -= bytes;
    const before = this.#known.get(key);
    if (before?.version === version) return before;
    const captures = (await readIndex(this.#store, key, budget)) ?? [];
    return { version, captures: captures.filter((one) => placeOf(one.key)) };
  }
}

/**
 * What an index names; `undefined` for one that is missing. One that is damaged, or larger than a
 * day can make it, is rebuilt from the documents of its day, as far as the budget allows. @throws
 * Error of the store
 */
async function readIndex(
  store: ObjectStore,
  key: string,
  budget: Budget = { bytesLeft: rebuiltBytesMax },
): Promise<DayIndex["captures"] | undefined> {
  const bytes = await store.get(key, indexBytesMax).catch(emptyIfTooLarge);
  if (bytes === undefined) return undefined;
  const value = parseJson(bytes);
  // Right after the check.
  if (shapeCheck(DayIndex).Check(value)) return (value as DayIndex).captures;
  return await capturesOfDay(store, key, budget);
}

/** An empty index is not an index either. */
function emptyIfTooLarge(cause: unknown): Uint8Array<ArrayBuffer> {
  if (!hasCode(cause, "too_large")) throw cause;
  return new Uint8Array();
}

/** From the documents of the index's day. Unreadable ones are left out. */
async function capturesOfDay(
  store: ObjectStore,
  indexKey: string,
  budget: Budget,
): Promise<ArchivedCapture[]> {
  const folder = documentFolderOf(indexKey);
  if (folder === undefined) return [];
  const found: ArchivedCapture[] = [];
  for (const { key, bytes } of await store.list(folder.path, rebuiltCountMax)) {
    if (placeOf(key)?.installation !== folder.installation || bytes > documentBytesMax) continue;
    budget.bytesLeft -= bytes;
    if (budget.bytesLeft < 0) break;
    const document = await store.get(key, documentBytesMax);
    const head = document && readBundleHead(document);
    if (head !== undefined) found.push({ key, ...head });
  }
  return found;
}

/**
 * Adds a capture to the index of its day. Only its host writes it.
 * @throws Error of the store
 */
export async function addToIndex(
  store: ObjectStore,
  place: ArchivePlace,
  entry: Omit<ArchivedCapture, "key">,
): Promise<void> {
  const key = indexKeyOf(place);
  const known = (await readIndex(store, key)) ?? [];
  const document = keyOf("documents", place);
  const others = known.filter((one) => one.key !== document);
  const captures = [...others, { key: document, ...entry }];
  await store.put(key, new TextEncoder().encode(JSON.stringify({ version: 1, captures })));
}

/**
 * Whether the index of its day names the capture, also as the copy of another installation on a
 * machine of the same name.
 * @throws Error of the store
 */
export async function isIndexed(
  store: ObjectStore,
  { host, date }: Pick<ArchivePlace, "host" | "date">,
  meta: CaptureMeta,
): Promise<boolean> {
  const folder = `${indexFolder}host=${host}/date=${date}/`;
  const indexes = (await store.list(folder, sameNameCountMax)).filter(({ key }) => isIndexKey(key));
  for (const { key } of indexes) {
    const captures = await readIndex(store, key);
    if (captures?.some((one) => isSameCapture(one.meta, meta)) === true) return true;
  }
  return false;
}
