/** `onglass captures rename`, `note`, `label` and `baseline`: people's notes on saved captures. */
import { usage } from "../base/command-line.ts";
import { Failure } from "../base/failure.ts";
import type { CaptureMeta } from "../model/capture.ts";
import { type CaptureChange, captureNoteLimits, cleanLabel } from "../model/capture-note.ts";
import { type CapturePlace, noCapture } from "./capture-place.ts";
import type { HostTarget } from "./host-target.ts";
import { exitOk, type Terminal } from "./output.ts";

/** Input of the four commands. */
export type NoteCall = {
  readonly place: CapturePlace;
  /** The other host, if the captures are there. */
  readonly host: HostTarget | undefined;
  /** The words after the subcommand: the id first. */
  readonly ids: readonly string[];
  readonly json: boolean;
  readonly terminal: Terminal;
  /** `--remove`: removes the text. */
  readonly remove: boolean;
};

/** `rename ID` shows its name, `rename ID NAME...` sets it, `--remove` takes it away. @throws Failure `usage`, `not_found` */
export async function renameCapture(call: NoteCall): Promise<number> {
  const name = textOf(call, captureNoteLimits.nameLengthMax);
  return name === undefined ? await showText(call, "name") : await changeCapture(call, { name });
}

/** `note ID` shows its note, `note ID TEXT...` sets it, `--remove` takes it away. @throws Failure `usage`, `not_found` */
export async function noteCapture(call: NoteCall): Promise<number> {
  const note = textOf(call, captureNoteLimits.noteLengthMax);
  return note === undefined ? await showText(call, "note") : await changeCapture(call, { note });
}

async function showText(call: NoteCall, field: "name" | "note"): Promise<number> {
  const meta = await metaOf(call);
  const { [field]: text } = meta;
  if (call.json) call.terminal.print(JSON.stringify(meta));
  else if (text !== undefined) call.terminal.print(text);
  return exitOk;
}

/** `label ID LABEL... [--remove]`: adds labels, or removes them. */
export async function labelCapture(call: NoteCall): Promise<number> {
  const [, ...words] = call.ids;
  const given = words.flatMap((word) => word.split(",")).map(cleanLabel);
  if (given.length === 0) throw usage("Missing label");
  const { labels: before = [] } = await metaOf(call);
  const labels = call.remove
    ? before.filter((label) => !given.includes(label))
    : [...new Set([...before, ...given])];
  const { labelCountMax } = captureNoteLimits;
  if (labels.length > labelCountMax) throw usage(`A capture has ${labelCountMax} labels at most`);
  return await changeCapture(call, { labels });
}

/** `baseline` shows it, `baseline ID` sets it, `--remove` takes it away. */
export async function setBaseline(call: NoteCall): Promise<number> {
  const { place, ids, json, terminal, remove } = call;
  if (ids.length > 0) return await changeCapture(call, { baseline: !remove });
  const { captures } = await place.list();
  const meta = captures.find(({ baseline }) => baseline === true);
  if (meta === undefined) {
    throw new Failure("not_found", "There is no baseline: `onglass captures baseline ID` sets it");
  }
  if (remove) return await changeCapture({ ...call, ids: [meta.id] }, { baseline: false });
  terminal.print(json ? JSON.stringify(meta) : meta.id);
  return exitOk;
}

/** Empty to remove it; `undefined` to leave it. */
function textOf({ ids: [, ...words], remove }: NoteCall, lengthMax: number): string | undefined {
  if (words.length === 0) return remove ? "" : undefined;
  if (remove) throw usage("Cannot set a text and remove it: leave out one of the two");
  const text = words.join(" ");
  if (text.length <= lengthMax) return text;
  throw usage(`That is ${text.length} characters; ${lengthMax} are the most`);
}

async function metaOf(call: NoteCall): Promise<CaptureMeta> {
  const {
    place,
    ids: [id],
  } = call;
  if (id === undefined) throw usage("Missing id: `onglass captures list` shows them");
  const capture = await place.load(id);
  if (capture === undefined) throw noCapture(id, call.host);
  return capture.meta;
}

async function changeCapture(call: NoteCall, change: CaptureChange): Promise<number> {
  const [id] = call.ids;
  if (id === undefined) throw usage("Missing id: `onglass captures list` shows them");
  const meta = await call.place.change(id, change);
  if (meta === undefined) throw noCapture(id, call.host);
  call.terminal.print(call.json ? JSON.stringify(meta) : `${meta.id}${saidOf(meta)}`);
  return exitOk;
}

/** The notes on a capture, on one line with a blank before each part. */
export function saidOf({ name, labels = [], baseline }: CaptureMeta): string {
  const parts = [
    name === undefined ? "" : `"${name}"`,
    ...labels.map((label) => `#${label}`),
    baseline === true ? "baseline" : "",
  ];
  return parts
    .filter((part) => part !== "")
    .map((part) => ` ${part}`)
    .join("");
}
