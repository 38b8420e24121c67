/** `onglass captures` with another host: what is asked of it about its captures. */
import { Type } from "@sinclair/typebox";
import { Capture, CaptureMeta } from "../model/capture.ts";
import { RecordingImport } from "../model/recording-import.ts";
import { RunComparison } from "../model/run-comparison.ts";
import type { RunReference } from "../ports/comparisons.ts";
import { askFor, askHost, checkDone, readAnswer, readBytes, refusedBy } from "./host-call.ts";
import type { HostTarget } from "./host-target.ts";

export const captureBytesMax = 128 * 1024 * 1024;
/** A long capture over a slow link. */
const transferMsMax = 300_000;
/** A host reads a capture from its disk before it answers. */
const transferBeginMsMax = 30_000;
/** How long what is large may take: to begin, and to the last byte. */
export const transfer = { answerMsMax: transferMsMax, beginMsMax: transferBeginMsMax } as const;

const recordings = "/stats/recordings";
/** Of a capture, behind `/api/v1`. */
export const pathOf = (id: string) => `${recordings}/${encodeURIComponent(id)}`;

/** The captures of another host, newest first. */
export async function remoteList(host: HostTarget): Promise<CaptureMeta[]> {
  const call = { method: "GET", path: recordings, what: "list the captures" } as const;
  return await askFor(host, { ...call, shape: Type.Array(CaptureMeta) });
}

/** A capture of another host. @throws Failure `host_refused`, also for one that is not there */
export async function remoteCapture(host: HostTarget, id: string): Promise<Capture> {
  const what = `get capture "${id}"`;
  const call = { method: "GET", path: pathOf(id), ...transfer } as const;
  const response = await askHost(host, call);
  if (!response.ok) return await refusedBy(response, what);
  const bytes = await readBytes(response, { what, bytesMax: captureBytesMax });
  return await readAnswer(new Response(bytes), { shape: Capture, what, bytesMax: captureBytesMax });
}

/** False when the host has none with this id. @throws Failure `host_refused` */
export async function remoteRemove(host: HostTarget, id: string): Promise<boolean> {
  const response = await askHost(host, { method: "DELETE", path: pathOf(id) });
  if (response.status === 404) return false;
  await checkDone(response, `delete capture "${id}"`);
  return true;
}

/** Compared where both are. @throws Failure `host_refused` */
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

/** What another tool recorded, or a capture of another host, imported there. */
export async function remoteImport(
  host: HostTarget,
  bytes: Uint8Array<ArrayBuffer>,
): Promise<RecordingImport> {
  const call = { method: "POST", path: "/stats/import", answerMsMax: transferMsMax } as const;
  const what = "import the recording";
  return await askFor(host, { ...call, body: bytes, shape: RecordingImport, what });
}
