/**
 * WiVRn's timings (`WIVRN_DUMP_TIMINGS`): one line for each event,
 * `"event",frame,nanoseconds,stream`, of server and headset on one clock. Of several streams of a
 * frame the slowest counts, since that one is seen.
 */
import { columnsOf } from "./columns.ts";
import { frameCountMax, type ImportedFrame, type ImportedRun, type OnRead } from "./run.ts";
import { cellsOf, linesOf, numberIn } from "./table.ts";

const meanings = new Map([
  ["wake_up", "time"],
  ["begin", "time, where there is no wake_up"],
  ["encode_begin", "encode_us"],
  ["encode_end", "encode_us"],
  ["send_begin", "send_us"],
  ["send_end", "send_us"],
  ["receive_end", "complete_us"],
  ["decode_end", "decode_us"],
  ["display", "shown_us"],
]);
const known =
  /^"?(?:wake_up|begin|submit|encode_begin|encode_end|send_begin|send_end|receive_begin|receive_end|decode_begin|decode_end|blit|display)"?,\s*\d+,\s*-?\d+/;
/** Events of a frame that are considered, for all its streams. */
const eventCountMax = frameCountMax * 12;
/** It writes a dozen. */
const nameCountMax = 256;

type Events = Map<string, number>;

/** `undefined` for another tool's file. */
export function readWivrn(text: string, onRead?: OnRead): ImportedRun | undefined {
  const first = text.slice(0, 4096).split("\n", 1)[0] ?? "";
  if (!known.test(first)) return undefined;
  const byFrame = new Map<number, Events>();
  const names = new Set<string>();
  let count = 0;
  let isCut = false;
  for (const line of linesOf(text, onRead)) {
    count += 1;
    isCut = count > eventCountMax || byFrame.size > frameCountMax;
    if (isCut) break;
    const event = eventIn(line);
    if (event === undefined) continue;
    const { name, frame, ns } = event;
    if (meanings.has(name) || names.size < nameCountMax) names.add(name);
    const events = byFrame.get(frame) ?? new Map<string, number>();
    byFrame.set(frame, events);
    keep(events, name, ns);
  }
  return {
    ...{ tool: "WiVRn", program: "", frames: framesOf(byFrame), machine: [], isCut },
    ...columnsOf(names, (name) => meanings.get(name)),
  };
}

function eventIn(line: string) {
  const [name = "", frameCell, timeCell] = cellsOf(line) ?? [];
  const frame = numberIn(frameCell);
  const ns = numberIn(timeCell);
  const isEvent = frame !== undefined && ns !== undefined && name !== "" && name.length <= 64;
  return isEvent ? { name, frame, ns } : undefined;
}

/** For the first of the start events, and the last of the end events. */
function keep(events: Events, name: string, ns: number): void {
  const before = events.get(name);
  const isBegin = name.endsWith("begin") || name === "wake_up";
  if (before === undefined) events.set(name, ns);
  else events.set(name, isBegin ? Math.min(before, ns) : Math.max(before, ns));
}

function framesOf(byFrame: ReadonlyMap<number, Events>): ImportedFrame[] {
  const starts = [...byFrame.values()].flatMap((events) => startOf(events) ?? []);
  const firstNs = starts.reduce((least, ns) => Math.min(least, ns), Number.POSITIVE_INFINITY);
  return [...byFrame.values()]
    .flatMap((events) => {
      const startNs = startOf(events);
      return startNs === undefined ? [] : [frameOf(events, startNs, firstNs)];
    })
    .sort((a, b) => a.atMs - b.atMs);
}

const startOf = (events: Events) =>
  events.get("wake_up") ?? events.get("begin") ?? events.get("encode_begin");

function frameOf(events: Events, startNs: number, firstNs: number): ImportedFrame {
  const between = (from: number | undefined, name: string) => {
    const to = events.get(name);
    return from === undefined || to === undefined || to < from ? undefined : (to - from) / 1e6;
  };
  const found = {
    encodeMs: between(events.get("encode_begin"), "encode_end"),
    sendMs: between(events.get("send_begin"), "send_end"),
    completeMs: between(startNs, "receive_end"),
    decodeMs: between(startNs, "decode_end"),
    shownMs: between(startNs, "display"),
  };
  const known_ = Object.entries(found).filter(([, value]) => value !== undefined);
  return { atMs: (startNs - firstNs) / 1e6, ...Object.fromEntries(known_) };
}
