/** Rows as a trace, read back by the field numbers that Perfetto publishes. */
import { expect, test } from "bun:test";
import { csvHead, csvRows } from "../../src/export/frames-csv.ts";
import { TraceWriter } from "../../src/export/trace.ts";
import { makeColumns } from "../../src/frames/table.ts";
import type { FrameTable } from "../../src/model/frames.ts";
import { session } from "../support/history-parts.ts";
import { madeRows } from "../support/made-rows.ts";
import { sampleOf } from "../support/recorder-parts.ts";
import { note } from "../support/timeline-parts.ts";

type Field = { readonly field: number; readonly value: number | bigint | Uint8Array };

/** A message by the rules of protocol buffers alone. */
function fieldsOf(bytes: Uint8Array): Field[] {
  const fields: Field[] = [];
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = 0;
  const varint = () => {
    let value = 0;
    for (let scale = 1; ; scale *= 128) {
      const byte = bytes[at++] ?? 0;
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) return value;
    }
  };
  while (at < bytes.length) {
    const tag = varint();
    const field = Math.floor(tag / 8);
    if (tag % 8 === 0) fields.push({ field, value: varint() });
    else if (tag % 8 === 1) {
      const value = field === 44 ? view.getFloat64(at, true) : view.getBigUint64(at, true);
      fields.push({ field, value });
      at += 8;
    } else {
      const length = varint();
      fields.push({ field, value: bytes.subarray(at, at + length) });
      at += length;
    }
  }
  expect(at).toBe(bytes.length);
  return fields;
}

const text = (value: Field["value"] | undefined) =>
  value instanceof Uint8Array ? new TextDecoder().decode(value) : "";
const message = (fields: readonly Field[], field: number) => {
  const found = fields.find((one) => one.field === field)?.value;
  return found instanceof Uint8Array ? fieldsOf(found) : undefined;
};
const number = (fields: readonly Field[] | undefined, field: number) =>
  fields?.find((one) => one.field === field)?.value;

type Event = { ns: unknown; type: unknown; name: string; track: string; flow: unknown };

/** Tracks by id, and events with the names that the first packet interned. */
function readTrace(bytes: Uint8Array) {
  const packets = fieldsOf(bytes).map(({ value }) => fieldsOf(value as Uint8Array));
  const names = namesOf(packets[0] ?? []);
  const tracks = new Map<unknown, string>();
  const events: Event[] = [];
  for (const packet of packets) {
    const descriptor = message(packet, 60);
    if (descriptor !== undefined) tracks.set(number(descriptor, 1), trackName(descriptor));
    const event = message(packet, 11);
    if (event === undefined) continue;
    events.push({
      ns: number(packet, 8),
      type: number(event, 9),
      name: names.get(number(event, 10)) ?? "",
      track: tracks.get(number(event, 11)) ?? "",
      flow: number(event, 47) ?? number(event, 48),
    });
  }
  return { tracks: [...tracks.values()], events };
}

function namesOf(packet: readonly Field[]): Map<unknown, string> {
  const interned = (message(packet, 12) ?? []).filter(({ field }) => field === 2);
  return new Map(
    interned.map(({ value }) => {
      const one = fieldsOf(value as Uint8Array);
      return [number(one, 1), text(number(one, 2))];
    }),
  );
}

function trackName(descriptor: readonly Field[]): string {
  const process = message(descriptor, 3);
  return text(process === undefined ? number(descriptor, 2) : number(process, 6));
}

function write(fill: (trace: TraceWriter) => void): Uint8Array {
  const parts: Uint8Array[] = [];
  const trace = new TraceWriter({ write: (bytes) => void parts.push(bytes.slice()) });
  fill(trace);
  trace.finish();
  return Buffer.concat(parts);
}

function oneFrame(): FrameTable {
  const columns = makeColumns(2);
  const set = (row: number, values: Partial<Record<keyof typeof columns, number>>) => {
    for (const [name, value] of Object.entries(values)) {
      columns[name as keyof typeof columns][row] = value ?? Number.NaN;
    }
  };
  set(0, { session_id: 3, frame: 7, due_us: 1000, fate: 0, repeat: 0, key: 1, wait_us: 100 });
  set(0, { capture_us: 200, submit_us: 10, encode_us: 2000, queue_us: 50, gap_us: 40 });
  set(0, { send_us: 600, complete_us: 5000, shown_us: 20_000 });
  set(1, { session_id: 3, frame: 8, due_us: 17_667, fate: 1, repeat: 0, key: 0, wait_us: 0 });
  return { count: 2, columns };
}

test("a frame is a slice per stage on the track of its thread, tied from grid to glass", () => {
  const { tracks, events } = readTrace(
    write((trace) => {
      trace.addSession(session(3));
      trace.addRows(oneFrame());
    }),
  );
  expect(tracks[0]).toContain("session 3");
  const begins = events.filter(({ type }) => type === 1);
  expect(begins.map(({ name, track, ns }) => [track, name, ns])).toEqual([
    ["grid", "wait", 1_000_000],
    ["encode thread", "capture", 1_100_000],
    ["encode thread", "submit", 1_300_000],
    ["encode thread", "encode", 1_310_000],
    ["queue", "queue", 3_310_000],
    ["send thread", "send", 3_400_000],
    ["player", "to the player", 4_000_000],
    ["player", "to the glass", 6_000_000],
  ]);
  expect(new Set(begins.map(({ flow }) => flow))).toEqual(new Set([(3n << 32n) | 7n]));
  expect(events.filter(({ type }) => type === 2)).toHaveLength(begins.length);
  expect(events.filter(({ type }) => type === 3)).toEqual([
    { ns: 17_667_000, type: 3, name: "missed", track: "grid", flow: undefined },
  ]);
});

test("slices of a track never overlap, and each that begins ends", () => {
  const { events } = readTrace(
    write((trace) => {
      trace.addSession(session(1));
      trace.addRows(madeRows({ count: 500 }));
    }),
  );
  const open = new Map<string, number>();
  for (const { type, track, ns } of events) {
    if (type === 1) {
      expect(open.get(track) ?? 0).toBeLessThanOrEqual(Number(ns));
      open.set(track, Number.POSITIVE_INFINITY);
    }
    if (type === 2) open.set(track, Number(ns));
  }
  expect([...open.values()].every(Number.isFinite)).toBe(true);
});

test("samples are counters with their unit, events are instants with what they say", () => {
  const bytes = write((trace) => {
    trace.addSession(session(1));
    const machine = { cpu_busy_share: 0.5, encode_run_delay_us: 1200 };
    trace.addSample(sampleOf({ session_id: 1, t_ms: 2000, mbps: 25, machine }));
    trace.addEvent({
      index: 0,
      timestamp: "2026-06-26T20:14:03.000Z",
      t_ms: 5,
      event: note("hot"),
    });
  });
  const { tracks, events } = readTrace(bytes);
  expect(tracks).toContain("cpu_busy_share");
  expect(events.filter(({ type }) => type === 4).map(({ track, ns }) => [track, ns])).toEqual([
    ["mbps", 2_000_000_000],
    ["cpu_busy_share", 2_000_000_000],
    ["encode_run_delay_us", 2_000_000_000],
  ]);
  expect(events.filter(({ type }) => type === 3)).toEqual([
    { ns: 5_000_000, type: 3, name: "event", track: "events", flow: undefined },
  ]);
  expect(new TextDecoder().decode(bytes)).toContain("hot");
});

test("as CSV a row is a line, and what was not measured is empty", () => {
  expect(csvHead(["frame", "fate", "key", "encode_us"])).toBe("frame,fate,key,encode_us\n");
  expect(csvRows(oneFrame(), ["frame", "fate", "key", "encode_us"])).toBe(
    "7,sent,true,2000\n8,missed,false,\n",
  );
});
