/**
 * A capture as one document, to be carried from one host to another: its JSON, its timeline, and
 * its rows as Parquet in base64. All of it is foreign input: it is checked completely before it is
 * saved, and the rows are rewritten by our own writer.
 */
import { type Static, Type } from "@sinclair/typebox";
import { depthOf, isTooHeavy } from "../base/json-depth.ts";
import { parseJson } from "../base/parse-json.ts";
import { memoryBuffer, openFrameFile } from "../export/parquet-reader.ts";
import { concatTables } from "../frames/table.ts";
import { Capture, CaptureMeta } from "../model/capture.ts";
import type { FrameTable } from "../model/frames.ts";
import { shapeCheck } from "../model/shape-check.ts";
import { Timeline } from "../model/timeline.ts";
import type { Verdict } from "../model/verdict.ts";
import { RefusedFile } from "./refusal.ts";

const Bundle = Type.Object({
  onglass_capture: Type.Literal(1),
  capture: Capture,
  timeline: Type.Optional(Timeline),
  rows: Type.Optional(Type.String()),
});
const ListedBundle = Type.Object({
  onglass_capture: Type.Literal(1),
  capture: Type.Object({ meta: CaptureMeta }),
  verdict: Type.Optional(
    Type.Object({
      quality: Type.String({ maxLength: 32 }),
      causes: Type.Array(Type.Object({ code: Type.String({ maxLength: 64 }) })),
    }),
  ),
});
/** A day at 46 frames per second; a file of the history has no more. */
const rowCountMax = 4_000_000;
const jsonDepthMax = 32;
const head = '{"onglass_capture":1,';

/** A capture with its side files. */
export type CarriedCapture = {
  readonly capture: Capture;
  readonly timeline: Timeline | undefined;
  /** As Parquet. */
  readonly rows: Uint8Array<ArrayBuffer> | undefined;
  /** For readers of the document; this host makes its own verdict. */
  readonly verdict?: Verdict | undefined;
};

/** The document of a capture. */
export function bundleOf({ capture, timeline, rows, verdict }: CarriedCapture): string {
  const parts = {
    onglass_capture: 1,
    capture,
    ...(timeline === undefined ? {} : { timeline }),
    ...(verdict === undefined ? {} : { verdict }),
    ...(rows === undefined ? {} : { rows: rows.toBase64() }),
  };
  return JSON.stringify(parts);
}

/** The document with the rows, which were stored separately. Nothing is checked here. */
export function bundleWithRows(
  document: Uint8Array<ArrayBuffer>,
  rows: Uint8Array<ArrayBuffer> | undefined,
): Uint8Array<ArrayBuffer> {
  if (rows === undefined || !isBundle(document)) return document;
  const before = new TextEncoder().encode(`${head}"rows":"${rows.toBase64()}",`);
  const rest = document.subarray(head.length);
  const bytes = new Uint8Array(before.length + rest.length);
  bytes.set(before);
  bytes.set(rest, before.length);
  return bytes;
}

/** Whether a file claims to be such a document. */
export function isBundle(bytes: Uint8Array): boolean {
  return new TextDecoder().decode(bytes.subarray(0, head.length)) === head;
}

/** The same, read from a document. */
export type ReadBundle = Omit<CarriedCapture, "rows"> & { readonly table: FrameTable | undefined };

/** @throws RefusedFile for an incomplete one */
export async function readBundle(bytes: Uint8Array): Promise<ReadBundle> {
  // Before it is parsed: depth and number of values decide the memory that takes.
  if (depthOf(bytes) > jsonDepthMax) throw damaged();
  if (isTooHeavy(bytes)) throw new RefusedFile({ reason: "too_heavy", tool: "onglass" });
  const value = orRefused(() =>
    JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes)),
  );
  if (!shapeCheck(Bundle).Check(value)) throw damaged();
  // Right after the check.
  const { capture, timeline, rows } = value as Static<typeof Bundle>;
  const parquet = rows === undefined ? undefined : orRefused(() => Uint8Array.fromBase64(rows));
  return {
    capture: withoutBaseline(capture),
    timeline,
    table: parquet && (await readRows(parquet).catch(() => Promise.reject(damaged()))),
  };
}

/** The facts of a capture that a list shows. */
export type BundleHead = {
  readonly meta: CaptureMeta;
  readonly quality?: string;
  readonly cause?: string;
};

/** Of a document without its rows; `undefined` if it is not one. */
export function readBundleHead(bytes: Uint8Array): BundleHead | undefined {
  if (depthOf(bytes) > jsonDepthMax || isTooHeavy(bytes)) return undefined;
  const value = parseJson(bytes);
  if (!shapeCheck(ListedBundle).Check(value)) return undefined;
  // Right after the check.
  const { capture, verdict } = value as Static<typeof ListedBundle>;
  const cause = verdict?.causes[0]?.code;
  return {
    meta: capture.meta,
    ...(verdict === undefined ? {} : { quality: verdict.quality }),
    ...(cause === undefined ? {} : { cause }),
  };
}

/** A note about being the baseline was made on another host. */
function withoutBaseline({ meta, samples }: Capture): Capture {
  const { baseline: _, ...rest } = meta;
  return { meta: rest, samples };
}

async function readRows(bytes: Uint8Array<ArrayBuffer>): Promise<FrameTable> {
  const file = await openFrameFile(memoryBuffer(bytes));
  if (file.rowCount > rowCountMax) throw new Error(`it has more than ${rowCountMax} rows`);
  const tables: FrameTable[] = [];
  for await (const table of file.tables()) tables.push(table);
  return concatTables(tables);
}

function orRefused<T>(read: () => T): T {
  try {
    return read();
  } catch {
    throw damaged();
  }
}

function damaged(): RefusedFile {
  return new RefusedFile({ reason: "damaged", tool: "onglass" });
}
