/**
 * Where things are in an archive. One folder for each kind of thing, and in it by host and date, as
 * `host=…/date=…/`: DuckDB and ClickHouse then read a folder as one table with both as columns. The
 * index of a day is written last: what it does not name is not in the archive yet. Pure.
 */
import { isCaptureId } from "../model/capture-id.ts";
import { dateText } from "../model/unix-ms.ts";

/** What the archive has of each capture, in the order in which it is sent. */
export type ArchivedKind = "rows" | "samples" | "captures" | "documents";

/** Whose a capture is: name of the machine, and which installation of those with that name. */
export type ArchivePlace = {
  readonly host: string;
  /** Eight hexadecimal digits. */
  readonly installation: string;
  /** In UTC, as `2026-11-28`. */
  readonly date: string;
  readonly id: string;
};

const endings = {
  rows: ".parquet",
  samples: ".parquet",
  captures: ".parquet",
  documents: ".json",
} as const;

/** The name of a host as a folder has it: no separator, no blank, no dot at its begin. */
export function hostFolder(host: string): string {
  const name = host.toLowerCase().replaceAll(/[^a-z0-9._-]/g, "-");
  return name.replace(/^\.+/, "").slice(0, 64) || "unnamed";
}

/** The day on which a capture began. */
export function dateOf(startedUnixMs: number): string {
  return dateText(startedUnixMs).slice(0, 10);
}

/** `rows/host=den/date=2026-11-28/2026-11-28T09-00-00Z_1280x720-0a1b2c3d.parquet` */
export function keyOf(kind: ArchivedKind, place: ArchivePlace): string {
  const { host, date, id, installation } = place;
  return `${kind}/host=${host}/date=${date}/${id}-${installation}${endings[kind]}`;
}

/** Of a day of an installation. */
export function indexKeyOf({ host, date, installation }: Omit<ArchivePlace, "id">): string {
  return `${indexFolder}host=${host}/date=${date}/${installation}.json`;
}

/** All indexes lie under it. */
export const indexFolder = "index/";

const indexPattern =
  /^index\/(?<day>host=[a-z0-9._-]{1,64}\/date=\d{4}-\d{2}-\d{2})\/(?<installation>[0-9a-f]{8})\.json$/;
const documentPattern =
  /^documents\/host=(?<host>[a-z0-9_-][a-z0-9._-]{0,63})\/date=(?<date>\d{4}-\d{2}-\d{2})\/(?<id>[A-Za-z0-9._-]{1,128})-(?<installation>[0-9a-f]{8})\.json$/;

/** What a document's key says; `undefined` for what is not one: it is never asked for then. */
export function placeOf(documentKey: string): ArchivePlace | undefined {
  const groups = documentPattern.exec(documentKey)?.groups;
  const { host, date, id, installation } = groups ?? {};
  if (host === undefined || date === undefined || installation === undefined) return undefined;
  return id !== undefined && isCaptureId(id) ? { host, date, id, installation } : undefined;
}

/** Where the documents that an index names lie, and whose they are; `undefined` for no index. */
export function documentFolderOf(
  indexKey: string,
): { readonly path: string; readonly installation: string } | undefined {
  const groups = indexPattern.exec(indexKey)?.groups;
  const { day, installation } = groups ?? {};
  if (day === undefined || installation === undefined) return undefined;
  return { path: `documents/${day}/`, installation };
}

/** Whether a name in a listing is that of an index. */
export function isIndexKey(key: string): boolean {
  return indexPattern.test(key);
}
