/** `onglass captures`: the saved captures, straight from their files, or of another host. */

import { readCommandLine, usage } from "../base/command-line.ts";
import type { FlagValues } from "../config.ts";
import type { Capture, CaptureMeta } from "../model/capture.ts";
import type { Timeline } from "../model/timeline.ts";
import type { Recordings } from "../ports/recordings.ts";
import type { Stats } from "../ports/stats.ts";
import { captureCsv } from "./capture-csv.ts";
import { labelCapture, noteCapture, renameCapture, setBaseline } from "./capture-notes.ts";
import { type CapturePlace, localPlace, noCapture } from "./capture-place.ts";
import { readRowFormat, writeRows } from "./capture-rows.ts";
import { captureHeading, captureRow, printCapture } from "./capture-show.ts";
import { pullCaptures, pushCaptures } from "./captures-move.ts";
import { remotePlace } from "./captures-remote.ts";
import { compareCaptures } from "./compare.ts";
import { captureFormats, capturesFlags } from "./flags.ts";
import { type HostTarget, namedTarget } from "./host-target.ts";
import { importCapture } from "./import.ts";
import { keepCapture } from "./keep.ts";
import { writeOut } from "./out-file.ts";
import { exitFailed, exitOk, printTable, type Terminal } from "./output.ts";
import { isIn, isPart, type RowsRange, readRowsRange } from "./range.ts";
import { shareCapture } from "./share.ts";
import { subcommand } from "./subcommand.ts";

/** What the command needs from the store. */
export type CaptureFiles = {
  /** `captures/` of the data directory. */
  readonly directory?: string;
  /** Where what is imported is saved. */
  save?(capture: Capture, timeline: Timeline | undefined): Promise<CaptureMeta>;
  /** The rows of what is imported are written. @returns whether its capture is there */
  settleRows?(id: string): Promise<boolean>;
} & Pick<Recordings, "list" | "load" | "loadTimeline" | "filePath"> &
  Pick<Stats, "change" | "remove"> & {
    /** Where the rows of a capture are; `undefined` when it has none. */
    readonly frames: {
      filePath(id: string): Promise<string | undefined>;
      pathOf?(id: string): string;
    };
  };

type Call = {
  readonly files: CaptureFiles;
  /** Where the captures are that are meant. */
  readonly place: CapturePlace;
  readonly ids: readonly string[];
  readonly json: boolean;
  readonly format: string;
  readonly out: string | undefined;
  readonly terminal: Terminal;
  /** Of the command line, for what the running host is asked for. */
  readonly values: FlagValues;
  /** The other host, if it is one. */
  readonly host: HostTarget | undefined;
};

const actions: Readonly<Record<string, (call: Call) => Promise<number>>> = {
  list: listCaptures,
  show: showCapture,
  delete: deleteCaptures,
  export: exportCapture,
  frames: exportFrames,
  compare: (call) => compareCaptures({ ...call, isForced: call.values.force === true }),
  rename: (call) => renameCapture(noteCall(call)),
  note: (call) => noteCapture(noteCall(call)),
  label: (call) => labelCapture(noteCall(call)),
  baseline: (call) => setBaseline(noteCall(call)),
  keep: (call) => keepCapture(call.values, call.terminal),
  share: (call) => shareCapture({ ...call, id: oneId(call) }),
  import: importCapture,
  pull: (call) => pullCaptures({ ...call, host: neededHost(call) }),
  push: (call) => pushCaptures({ ...call, host: neededHost(call) }),
};

function neededHost({ host }: Call): HostTarget {
  if (host !== undefined) return host;
  throw usage("Missing --host: an address, or a name of hosts.toml");
}

const noteCall = (call: Call) => ({ ...call, remove: call.values.remove === true });

/** `openFiles` is given the data directory named on the command line, if one was. */
export async function runCaptures(
  args: readonly string[],
  terminal: Terminal,
  openFiles: (dataDirectory: string | undefined) => CaptureFiles,
): Promise<number> {
  const called = readCommandLine(args, capturesFlags);
  const { values } = called;
  const { name, rest: ids, action } = subcommand("captures", called, actions);
  const { json, format = "json", out } = values;
  const files = openFiles(values["data-dir"]);
  // These ask by themselves: they ask this machine's host too, or need the host last.
  const asksItself = name === "keep" || name === "import";
  const host = asksItself ? undefined : await namedTarget(values, terminal.env);
  const place = host === undefined ? localPlace(files) : remotePlace(host);
  return await action({ files, place, ids, json, format, out, terminal, values, host });
}

async function listCaptures({ place, json, terminal }: Call): Promise<number> {
  const { captures, damaged = [] } = await place.list();
  if (json) terminal.print(JSON.stringify(captures));
  else printTable(terminal, [captureHeading, ...captures.map(captureRow)]);
  for (const name of damaged) terminal.say(`Moved aside, because it is damaged: ${name}`);
  return exitOk;
}

async function showCapture(call: Call): Promise<number> {
  const capture = await loadOne(call);
  const { terminal, values } = call;
  if (call.json) terminal.print(JSON.stringify(capture));
  else printCapture(capture, { terminal, isWhole: values.samples === true });
  return exitOk;
}

async function deleteCaptures({ place, ids, json, terminal }: Call): Promise<number> {
  if (ids.length === 0) throw usage("Missing id: `onglass captures list` shows them");
  const deleted: string[] = [];
  for (const id of ids) {
    if (await place.remove(id)) deleted.push(id);
    else terminal.say(`There is no capture "${id}"`);
  }
  if (json) terminal.print(JSON.stringify({ deleted }));
  else for (const id of deleted) terminal.print(`deleted ${id}`);
  return deleted.length === ids.length ? exitOk : exitFailed;
}

async function exportCapture(call: Call): Promise<number> {
  if (call.format === "parquet" || call.format === "pftrace") {
    const range = readRowsRange(call.values);
    await writeRows({ ...call, id: oneId(call), format: call.format, range });
    return exitOk;
  }
  writeOut(call.out, await exportText(call), call.terminal);
  return exitOk;
}

/** The rows of single frames. */
async function exportFrames(call: Call): Promise<number> {
  const format = readRowFormat(call.values.format ?? (call.json ? "json" : undefined));
  await writeRows({ ...call, id: oneId(call), format, range: readRowsRange(call.values) });
  return exitOk;
}

async function exportText(call: Call): Promise<string> {
  const range = readRowsRange(call.values);
  if (call.format === "csv") return captureCsv(samplesIn(await loadOne(call), range));
  if (call.format !== "json")
    throw usage(`Cannot use --format "${call.format}": it takes ${captureFormats.join(", ")}`);
  if (isPart(range)) {
    throw usage("A range goes with csv, parquet and pftrace: json is the capture's own file");
  }
  const text = await call.place.text(oneId(call));
  if (text === undefined) throw noCapture(oneId(call), call.host);
  return text;
}

function samplesIn(capture: Capture, range: RowsRange): Capture {
  return { ...capture, samples: capture.samples.filter((sample) => isIn(sample, range)) };
}

async function loadOne(call: Call): Promise<Capture> {
  const id = oneId(call);
  const capture = await call.place.load(id);
  if (capture === undefined) throw noCapture(id, call.host);
  return capture;
}

function oneId({ ids }: Call): string {
  const [id, ...more] = ids;
  if (id === undefined || more.length > 0)
    throw usage("One id is needed; `onglass captures list` shows them");
  return id;
}
