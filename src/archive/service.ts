/**
 * The archive for the API and the console: its contents, the state of the uploads, and opening a
 * capture.
 */
import { Failure } from "../base/failure.ts";
import { bundleWithRows, isBundle } from "../import/bundle.ts";
import { RefusedFile } from "../import/refusal.ts";
import type { ArchivedCapture, ArchiveStatus } from "../model/archive.ts";
import type { CaptureMeta } from "../model/capture.ts";
import { isSameCapture } from "../model/same-capture.ts";
import type { Archive } from "../ports/archive.ts";
import { ArchiveCatalog } from "./catalog.ts";
import { hostFolder, keyOf, placeOf } from "./layout.ts";
import type { ObjectStore } from "./object-store.ts";
import { type ArchiveSender, problemOf } from "./sender.ts";

const documentBytesMax = 128 * 1024 * 1024;
const rowsBytesMax = 256 * 1024 * 1024;

/** What the archive of a host is made from. */
export type ArchiveOptions = {
  readonly store: ObjectStore;
  readonly sender: Pick<ArchiveSender, "status">;
  /** The local captures. */
  list(): Promise<readonly CaptureMeta[]>;
  /** Saves a document of a capture here, checked. */
  import(document: Uint8Array): Promise<CaptureMeta>;
};

/** Captures of this host and others in one place. */
export class ArchiveService implements Archive {
  readonly #options: ArchiveOptions;
  readonly #catalog: ArchiveCatalog;

  constructor(options: ArchiveOptions) {
    this.#options = options;
    this.#catalog = new ArchiveCatalog(options.store);
  }

  status(): ArchiveStatus {
    return { target: this.#options.store.name, ...this.#options.sender.status() };
  }

  async list(host?: string): Promise<readonly ArchivedCapture[]> {
    const all = await asked("list the archive", this.#catalog.list());
    return host === undefined
      ? all
      : all.filter(({ key }) => placeOf(key)?.host === hostFolder(host));
  }

  async open(key: string): Promise<CaptureMeta> {
    const { store } = this.#options;
    const place = placeOf(key);
    const listed = (await this.list()).find((one) => one.key === key);
    if (place === undefined || listed === undefined) throw missing(key);
    const here = await this.#options.list();
    const same = here.find((meta) => isSameCapture(meta, listed.meta));
    if (same !== undefined) return same;
    const what = "open a capture of the archive";
    const document = await asked(what, store.get(key, documentBytesMax));
    if (document === undefined) throw missing(key);
    // Otherwise it would be mistaken for a file of another tool.
    if (!isBundle(document)) throw new RefusedFile({ reason: "damaged", tool: "onglass" });
    const rows = await asked(what, store.get(keyOf("rows", place), rowsBytesMax));
    return await this.#options.import(bundleWithRows(document, rows));
  }
}

/** A host without an archive. */
export const noArchive: Archive = {
  status: () => ({ waiting: 0, sent: 0 }),
  list: () => Promise.reject(off()),
  open: () => Promise.reject(off()),
};

async function asked<T>(what: string, answer: Promise<T>): Promise<T> {
  return await answer.catch((cause: unknown) => {
    const { code, text, answer: said = "" } = problemOf(cause);
    const options = { cause, values: { problem: code, answer: said } };
    throw new Failure("archive_failed", `Cannot ${what}: ${text}`, options);
  });
}

function missing(key: string): Failure {
  const text = `Cannot find "${key.slice(0, 128)}" in the archive`;
  return new Failure("not_found", text);
}

function off(): Failure {
  return new Failure(
    "archive_off",
    "Cannot use the archive: the host was started without --archive",
  );
}
