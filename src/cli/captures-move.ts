/**
 * `onglass captures pull` and `push`: whole captures between this machine and another host. What comes
 * from there is checked before it is saved, under an id made here: no name of another machine becomes
 * a path.
 */
import { usage } from "../base/command-line.ts";
import { Failure } from "../base/failure.ts";
import { bundleOf, type CarriedCapture } from "../import/bundle.ts";
import { recordingBytesMax } from "../model/recording-import.ts";
import { isSameCapture } from "../model/same-capture.ts";
import { noCapture } from "./capture-place.ts";
import type { CaptureFiles } from "./captures.ts";
import {
  remoteCapture,
  remoteImport,
  remoteList,
  remoteRows,
  remoteTimeline,
} from "./captures-remote.ts";
import type { HostTarget } from "./host-target.ts";
import { importerOf } from "./import.ts";
import { exitFailed, exitOk, type Terminal } from "./output.ts";

type Moving = {
  readonly host: HostTarget;
  readonly files: CaptureFiles;
  readonly ids: readonly string[];
  readonly json: boolean;
  readonly terminal: Terminal;
};

/** One that already exists here is left unchanged. Exit code 1 if any failed. */
export async function pullCaptures(moving: Moving): Promise<number> {
  const { host, files, ids, json, terminal } = moving;
  if (ids.length === 0) throw usage("Missing id: `onglass captures list --host` shows them");
  const here = (await files.list()).captures;
  return await each(ids, { json, terminal, verb: "pulled" }, async (id) => {
    const carried = await fetchWhole(host, id);
    const same = here.find((meta) => isSameCapture(meta, carried.capture.meta));
    return same === undefined
      ? { id: await keep(moving, carried) }
      : { id: same.id, isThere: true };
  });
}

/** One that already exists there is not sent. Exit code 1 if any failed. */
export async function pushCaptures({ host, files, ids, json, terminal }: Moving): Promise<number> {
  if (ids.length === 0) throw usage("Missing id: `onglass captures list` shows them");
  const there = await remoteList(host);
  return await each(ids, { json, terminal, verb: "pushed" }, async (id) => {
    const carried = await readWhole(files, id);
    const same = there.find((meta) => isSameCapture(meta, carried.capture.meta));
    if (same !== undefined) return { id: same.id, isThere: true };
    const bytes = new TextEncoder().encode(bundleOf(carried));
    if (bytes.length > recordingBytesMax) {
      throw new Failure("too_large", `Cannot push "${id}": it is larger than a host takes`);
    }
    return { id: (await remoteImport(host, bytes)).meta.id };
  });
}

type Moved = { readonly id: string; readonly isThere?: boolean };

/** One after the other: one that fails keeps the others from nothing, but a token refused is not sent again. */
async function each(
  ids: readonly string[],
  { json, terminal, verb }: { json: boolean; terminal: Terminal; verb: string },
  move: (id: string) => Promise<Moved>,
): Promise<number> {
  const results: Outcome[] = [];
  let refused: NotMoved | undefined;
  for (const id of ids) {
    const result: Outcome = refused === undefined ? await moved(id, move) : { ...refused, id };
    results.push(result);
    if (!json && refused === undefined) sayMoved(result, { terminal, verb });
    if ("error" in result && result.code === "token_refused") refused = result;
  }
  if (json) terminal.print(JSON.stringify(results));
  return results.some((one) => "error" in one) ? exitFailed : exitOk;
}

type NotMoved = { readonly id: string; readonly error: string; readonly code: string };
type Outcome =
  | { readonly id: string; readonly as: string; readonly already_there: boolean }
  | NotMoved;

async function moved(id: string, move: (id: string) => Promise<Moved>): Promise<Outcome> {
  try {
    const { id: given, isThere = false } = await move(id);
    return { id, as: given, already_there: isThere };
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    return { id, error: error.message, code: error.code };
  }
}

function sayMoved(
  result: Outcome,
  { terminal, verb }: { readonly terminal: Terminal; readonly verb: string },
): void {
  if ("error" in result) terminal.say(`onglass: ${result.error}`);
  else if (result.already_there) terminal.print(`${result.id} is already there`);
  else terminal.print(`${verb} ${result.id} as ${result.as}`);
}

async function fetchWhole(host: HostTarget, id: string): Promise<CarriedCapture> {
  const capture = await remoteCapture(host, id);
  if (capture === undefined) throw noCapture(id, host);
  const timeline = await remoteTimeline(host, id);
  return { capture, timeline, rows: await remoteRows(host, id) };
}

/** By the importer, which checks everything and rewrites the rows. */
async function keep({ files, terminal }: Moving, carried: CarriedCapture): Promise<string> {
  const bytes = new TextEncoder().encode(bundleOf(carried));
  const importing = importerOf(files, terminal).import(bytes);
  return (await importing.finally(() => terminal.progress(1))).meta.id;
}

async function readWhole(files: CaptureFiles, id: string): Promise<CarriedCapture> {
  const capture = await files.load(id);
  if (capture === undefined) throw noCapture(id, undefined);
  const path = await files.frames.filePath(id);
  return {
    capture,
    timeline: await files.loadTimeline(id),
    rows: path === undefined ? undefined : await Bun.file(path).bytes(),
  };
}
