/**
 * The layout of an archive. One folder per kind of file, and in it by host and date, as
 * `host=…/date=…/`: DuckDB and ClickHouse then read a folder as one table with both as columns. The
 * index of a day is written last: what it does not name is not in the archive yet. Pure.
 */
import { isCaptureId } from "../model/capture-id.ts";
import { dateText } from "../model/unix-ms.ts";

/** The archived files of each capture, in the order in which they are sent. */
export type ArchivedKind = "rows" | "samples" | "captures" | "documents";

/** The owner of a capture: name of the machine, and which installation of that name. */
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

/** The name of a host as a folder: no separator, no blank, no dot at its start. */
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

/** Of one day of one installation. */
export function indexKeyOf({ host, date, installation }: Omit<ArchivePlace, "id">): string {
  return `${indexFolder}host=${host}/date=${date}/${installation}.json`;
}

/** Prefix of all indexes. */
export const indexFolder = "index/";

const indexPattern =
  /^index\/(?<day>host=[a-z0-9._-]{1,64}\/date=\d{4}-\d{2}-\d{2})\/(?<installation>[0-9a-f]{8})\.json$/;
const documentPattern =
  /^documents\/host=(?<host>[a-z0-9_-][a-z0-9._-]{0,63})\/date=(?<date>\d{4}-\d{2}-\d{2})\/(?<id>[A-Za-z0-9._-]{1,128})-(?<installation>[0-9a-f]{8})\.json$/;

/** What the key of a document says; `undefined` for anything else: it is never requested then. */
export function placeOf(documentKey: string): ArchivePlace | undefined {
  const groups = documentPattern.exec(documentKey)?.groups;
  const { host, date, id, installation } = groups ?? {};
  if (host === undefined || date === undefined || installation === undefined) return undefined;
  return id !== undefined && isCaptureId(id) ? { host, date, id, installation } : undefined;
}

/** Where the documents of an index lie, and whose they are; `undefined` if it is not an index. */
export function documentFolderOf(
  indexKey: string,
): { readonly path: string; readonly installation: string } | undefined {
  const groups = indexPattern.exec(indexKey)?.groups;
  const { day, installation } = groups ?? {};
  if (day === undefined || installation === undefined) return undefined;
  return { path: `documents/${day}/`, installation };
}

/** Whether a listed name is that of an index. */
export function isIndexKey(key: string): boolean {
  return indexPattern.test(key);
}
