/** `onglass captures` for another host: requests about its captures. */
import { type Static, type TSchema, Type } from "@sinclair/typebox";
import type { AsyncBuffer } from "hyparquet";
import { Failure } from "../base/failure.ts";
import { memoryBuffer, openFrameFile } from "../export/parquet-reader.ts";
import { Capture, CaptureMeta } from "../model/capture.ts";
import type { CaptureChange } from "../model/capture-note.ts";
import { RecordingImport } from "../model/recording-import.ts";
import { RunComparison } from "../model/run-comparison.ts";
import { ShareList } from "../model/share.ts";
import { Timeline } from "../model/timeline.ts";
import type { RunReference } from "../ports/comparisons.ts";
import type { CapturePlace } from "./capture-place.ts";
import { askFor, askIfThere, checkDone, type HostCall, readBytes, valueIn } from "./host-call.ts";
import type { HostTarget } from "./host-target.ts";

const parquetType = "application/vnd.apache.parquet";
const rowsBytesMax = 256 * 1024 * 1024;
const captureBytesMax = 128 * 1024 * 1024;
/** A long capture over a slow link. */
const transferMsMax = 300_000;
/** A host reads a capture from its disk before it answers. */
const transferBeginMsMax = 30_000;
/** Time limits for large answers: until they begin, and until the last byte. */
const transfer = { answerMsMax: transferMsMax, beginMsMax: transferBeginMsMax } as const;

const recordings = "/stats/recordings";
/** Path of a capture below `/api/v1`. */
const pathOf = (id: string) => `${recordings}/${encodeURIComponent(id)}`;

/** The captures of another host, newest first. */
export async function remoteList(host: HostTarget): Promise<CaptureMeta[]> {
  const call = { method: "GET", path: recordings, what: "list the captures" } as const;
  return await askFor(host, { ...call, shape: Type.Array(CaptureMeta) });
}

/** The captures of another host, with the interface of local files. */
export function remotePlace(host: HostTarget): CapturePlace {
  return {
    list: async () => ({ captures: await remoteList(host) }),
    load: (id) => remoteCapture(host, id),
    loadTimeline: (id) => remoteTimeline(host, id),
    text: async (id) => {
      const capture = await remoteDocument(host, id);
      return capture && JSON.stringify(capture);
    },
    rows: async (id) => {
      const bytes = await remoteRows(host, id);
      return bytes && (await checkedRows(bytes, id));
    },
    change: (id, change) => remoteChange(host, { id, change }),
    remove: (id) => remoteRemove(host, id),
  };
}

/**
 * A capture of another host, with its notes there; `undefined` if it does not exist.
 * @throws Failure `host_refused`
 */
export async function remoteCapture(host: HostTarget, id: string): Promise<Capture | undefined> {
  const capture = await remoteDocument(host, id);
  if (capture === undefined) return undefined;
  // Its file does not contain the name, the note and the labels; its head in the list does.
  const listed = (await remoteList(host)).find((meta) => meta.id === id);
  return { ...capture, meta: listed ?? capture.meta };
}

async function remoteDocument(host: HostTarget, id: string): Promise<Capture | undefined> {
  const call = { path: pathOf(id), what: `get capture "${id}"`, bytesMax: captureBytesMax };
  return await documentOf(host, { ...call, shape: Capture });
}

/** `undefined` where the capture has none. @throws Failure `host_refused` */
export async function remoteTimeline(host: HostTarget, id: string): Promise<Timeline | undefined> {
  const what = `get the timeline of capture "${id}"`;
  const call = { path: `${pathOf(id)}/timeline`, what, bytesMax: captureBytesMax };
  return await documentOf(host, { ...call, shape: Timeline });
}

/** The rows of a capture as a Parquet file; `undefined` where it has none. @throws Failure `host_refused` */
export async function remoteRows(
  host: HostTarget,
  id: string,
): Promise<Uint8Array<ArrayBuffer> | undefined> {
  const what = `get the frames of capture "${id}"`;
  const call = { path: `${pathOf(id)}/frames`, accept: parquetType };
  return await bytesOf(host, { ...call, what, bytesMax: rowsBytesMax });
}

async function checkedRows(bytes: Uint8Array<ArrayBuffer>, id: string): Promise<AsyncBuffer> {
  const buffer = memoryBuffer(bytes);
  await openFrameFile(buffer).catch((cause: unknown) => {
    const text = `Cannot get the frames of capture "${id}": the host's response is malformed`;
    throw new Failure("host_refused", text, { cause });
  });
  return buffer;
}

type Document = Pick<HostCall, "path" | "accept"> & {
  readonly what: string;
  readonly bytesMax: number;
};

async function documentOf<Shape extends TSchema>(
  host: HostTarget,
  { shape, ...document }: Document & { readonly shape: Shape },
): Promise<Static<Shape> | undefined> {
  const bytes = await bytesOf(host, document);
  return bytes && valueIn(bytes, { shape, what: document.what });
}

async function bytesOf(
  host: HostTarget,
  { what, bytesMax, ...call }: Document,
): Promise<Uint8Array<ArrayBuffer> | undefined> {
  const response = await askIfThere(host, { method: "GET", ...call, ...transfer, what });
  return response && (await readBytes(response, { what, bytesMax }));
}

async function remoteChange(
  host: HostTarget,
  { id, change }: { readonly id: string; readonly change: CaptureChange },
): Promise<CaptureMeta | undefined> {
  const what = `change capture "${id}"`;
  const call = { method: "PATCH", path: pathOf(id), body: JSON.stringify(change), what } as const;
  const response = await askIfThere(host, call);
  return response && valueIn(await readBytes(response, { what }), { shape: CaptureMeta, what });
}

async function remoteRemove(host: HostTarget, id: string): Promise<boolean> {
  const what = `delete capture "${id}"`;
  const response = await askIfThere(host, { method: "DELETE", path: pathOf(id), what });
  if (response !== undefined) await checkDone(response, what);
  return response !== undefined;
}

/**
 * A capture as a file for others, made on its host: only that one knows its own names and secrets.
 * `undefined` for one that is not there. @throws Failure `host_refused`
 */
export async function remoteShare(
  host: HostTarget,
  {
    id,
    format,
    language,
  }: { readonly id: string; readonly format: string; readonly language: string },
): Promise<({ readonly bytes: Uint8Array } & Static<typeof ShareList>) | undefined> {
  const what = `share capture "${id}"`;
  const path = `${pathOf(id)}/share`;
  const list = { path: `${path}/replaced`, what, bytesMax: captureBytesMax };
  const replaced = await documentOf(host, { ...list, shape: ShareList });
  const query = new URLSearchParams({ format, language });
  const bytes = await bytesOf(host, { path: `${path}?${query}`, what, bytesMax: rowsBytesMax });
  return replaced && bytes && { bytes, ...replaced };
}

/**
 * Compared on the host that has both.
 * @throws Failure `host_refused`
 */
export async function remoteComparison(
  host: HostTarget,
  { a, b, isForced }: { a: RunReference; b: RunReference; isForced: boolean },
): Promise<RunComparison> {
  const query = new URLSearchParams({ a: a.id, b: b.id });
  for (const [side, { from, to, session }] of [
    ["a", a],
    ["b", b],
  ] as const) {
    for (const [name, value] of Object.entries({ from, to, session })) {
      if (value !== undefined) query.set(`${side}_${name}`, `${value}`);
    }
  }
  if (isForced) query.set("force", "true");
  const call = { method: "GET", path: `/stats/compare?${query}`, answerMsMax: 60_000 } as const;
  return await askFor(host, { ...call, shape: RunComparison, what: "compare the captures" });
}

/** A recording of another tool, or a capture of another host, imported there. */
export async function remoteImport(
  host: HostTarget,
  bytes: Uint8Array<ArrayBuffer>,
): Promise<RecordingImport> {
  const call = { method: "POST", path: "/stats/import", answerMsMax: transferMsMax } as const;
  const what = "import the recording";
  return await askFor(host, { ...call, body: bytes, shape: RecordingImport, what });
}
