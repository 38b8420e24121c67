/** From all heads to the rows of one page of the list: filter, sort, cut. Pure. */
import {
  type ListQuery,
  origins,
  type RecordingList,
  type SortKey,
  sortKeys,
} from "../../views/recordings.ts";
import type { CaptureMeta } from "../model/capture.ts";

export const rowCountMax = 50;

/** An address may contain anything; nonsense becomes the default. */
export function readListQuery(parameters: URLSearchParams): ListQuery {
  const text = (name: string, lengthMax: number) =>
    (parameters.get(name) ?? "").trim().slice(0, lengthMax);
  const sort = text("sort", 20) || "-time";
  const key = sortKeys.find((name) => name === sort.replace(/^-/, ""));
  const page = Number(text("page", 6));
  return {
    text: text("q", 100),
    kind: text("kind", 20),
    codec: text("codec", 20),
    origin: origins.find((name) => name === text("origin", 20)),
    sort: key ?? "time",
    isDescending: key === undefined || sort.startsWith("-"),
    page: Number.isInteger(page) && page > 0 ? page : 1,
  };
}

type Listing = { readonly captures: readonly CaptureMeta[]; readonly damagedCount: number };

/** A page past the end is the last one. */
export function listRecordings(
  { captures, damagedCount }: Listing,
  query: ListQuery,
): RecordingList {
  const found = captures.filter((meta) => fits(meta, query));
  const order = compareBy(query.sort);
  const sign = query.isDescending ? -1 : 1;
  found.sort(
    (one, other) => sign * order(one, other) || other.started_unix_ms - one.started_unix_ms,
  );
  const pageCount = Math.max(1, Math.ceil(found.length / rowCountMax));
  const page = Math.min(query.page, pageCount);
  return {
    query: { ...query, page },
    rows: found.slice((page - 1) * rowCountMax, page * rowCountMax),
    pageCount,
    foundCount: found.length,
    totalCount: captures.length,
    damagedCount,
    kinds: valuesOf(captures, "kind"),
    codecs: valuesOf(captures, "codec"),
  };
}

function fits(meta: CaptureMeta, { text, kind, codec, origin }: ListQuery): boolean {
  if (origin !== undefined && (meta.origin ?? "armed") !== origin) return false;
  if (kind !== "" && meta.kind !== kind) return false;
  if (codec !== "" && meta.codec !== codec) return false;
  if (text === "") return true;
  const said = [meta.name, meta.note, ...(meta.labels ?? [])].join(" ");
  const where = `${meta.id} ${meta.client} ${meta.width}x${meta.height} ${meta.host ?? ""} ${said}`;
  return where.toLowerCase().includes(text.toLowerCase().replace("×", "x"));
}

type Order = (one: CaptureMeta, other: CaptureMeta) => number;

function compareBy(key: SortKey): Order {
  const byNumber = (value: (meta: CaptureMeta) => number): Order => {
    return (one, other) => value(one) - value(other);
  };
  const byText = (value: (meta: CaptureMeta) => string): Order => {
    return (one, other) => compareText(value(one), value(other));
  };
  const orders: Readonly<Record<SortKey, Order>> = {
    time: byNumber((meta) => meta.started_unix_ms),
    mode: byNumber((meta) => meta.width * meta.height * 1000 + meta.fps),
    duration: byNumber((meta) => meta.duration_ms),
    samples: byNumber((meta) => meta.sample_count),
    kind: byText((meta) => meta.kind),
    codec: byText((meta) => meta.codec),
    client: byText((meta) => meta.client.toLowerCase()),
  };
  return orders[key];
}

function compareText(one: string, other: string): number {
  if (one === other) return 0;
  return one < other ? -1 : 1;
}

function valuesOf(captures: readonly CaptureMeta[], key: "kind" | "codec"): string[] {
  return [...new Set(captures.map((meta) => meta[key]))].filter((value) => value !== "").sort();
}
