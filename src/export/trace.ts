/**
 * Rows as a trace that the public viewer ui.perfetto.dev opens: for each session a track per step of a
 * frame's way, a slice per stage, flows from capture to glass, missed slots and events as instants,
 * figures as counters. The fields are those of Perfetto's published definitions.
 *
 *   Trace        1 packet
 *   TracePacket  8 timestamp (ns), 10 sequence, 11 event, 12 interned, 13 flags, 60 descriptor
 *   Descriptor   1 uuid, 2 name, 3 process {1 pid, 6 name}, 5 parent, 8 counter {6 unit}
 *   TrackEvent   9 type, 10 name, 11 track, 44 value, 47 flow, 48 last of a flow, 4 annotation
 */
import { latenessUs } from "../frames/table.ts";
import type { CaptureSession, StatsSample } from "../model/capture.ts";
import { type FrameColumnName, type FrameTable, frameFates } from "../model/frames.ts";
import type { Machine } from "../model/machine.ts";
import type { TimelineEvent } from "../model/timeline.ts";
import { ProtoWriter } from "./protobuf.ts";

/** Destination of a trace’s bytes. */
export type TraceSink = { write(bytes: Uint8Array): void };

const type = { begin: 1, end: 2, instant: 3, counter: 4 } as const;
const sequence = 1;
const firstOfSequence = 1;
const needsNames = 2;
const names = [
  ...["wait", "capture", "submit", "encode", "queue", "packetize", "send", "to the player"],
  ...["decode", "to the glass", ...frameFates, "event"],
] as const;
type Name = (typeof names)[number];

/** From top to bottom; a frame passes them in this order. */
const tracks = ["grid", "encode thread", "queue", "send thread", "player"] as const;
type Track = (typeof tracks)[number];
const trackCountMax = 64;

/** Writes one trace; data may arrive in parts, rows of a session in the order of their slots. */
export class TraceWriter {
  readonly #sink: TraceSink;
  readonly #packet = new ProtoWriter();
  readonly #trace = new ProtoWriter();
  readonly #known = new Set<number>();
  /** Slices of a track must not overlap: where its last one ended, by its id. */
  readonly #endUs = new Map<number, number>();

  constructor(sink: TraceSink) {
    this.#sink = sink;
    const interned = new ProtoWriter();
    for (const [index, name] of names.entries()) {
      interned.message(2, new ProtoWriter().uint(1, index + 1).text(2, name));
    }
    this.#packet.uint(10, sequence).uint(13, firstOfSequence).message(12, interned);
    this.#emit();
  }

  /** Its rows may follow. */
  addSession({ session_id, client, width, height, fps, codec }: CaptureSession): void {
    const name = `session ${session_id}: ${client} ${width}x${height}@${fps} ${codec}`;
    const process = new ProtoWriter().uint(1, session_id).text(6, name);
    this.#describe(trackId(session_id, 0), new ProtoWriter().message(3, process));
    for (const [index, track] of tracks.entries()) {
      this.#describe(
        trackId(session_id, index + 1),
        new ProtoWriter().text(2, track).uint(5, trackId(session_id, 0)),
      );
    }
  }

  /** @param table with `due_us` since the start of the trace, not before it */
  addRows(table: FrameTable): void {
    for (let row = 0; row < table.count; row++) this.#addRow(table, row);
    this.#flush();
  }

  /** Figures of the sample's window, at its end. */
  addSample({ t_ms, session_id, machine, mbps, rtt_us }: StatsSample): void {
    const figures: Partial<Machine> & { mbps?: number; rtt_us?: number | undefined } = {
      mbps,
      rtt_us,
      ...machine,
    };
    for (const [name, value] of Object.entries(figures)) {
      if (typeof value === "number")
        this.#addCounter({ session_id, name, atUs: t_ms * 1000, value });
    }
    this.#flush();
  }

  addEvent({ t_ms, event }: TimelineEvent): void {
    const { type: kind, ...facts } = event;
    const id = trackId(0, 1);
    if (!this.#known.has(id)) this.#describe(id, new ProtoWriter().text(2, "events"));
    const text = JSON.stringify(facts).slice(0, 1000);
    const note = new ProtoWriter().text(10, kind).text(6, text);
    this.#event((t_ms ?? 0) * 1000, this.#named("event", type.instant, id).message(4, note));
    this.#flush();
  }

  finish(): void {
    this.#flush();
  }

  #addRow(table: FrameTable, row: number): void {
    const { columns } = table;
    const us = (name: FrameColumnName) => known(columns[name][row]);
    const [session, frame, dueUs] = [us("session_id") ?? 0, us("frame") ?? 0, us("due_us") ?? 0];
    const fate = frameFates[us("fate") ?? 0] ?? "sent";
    const flow = (BigInt(session) << 32n) | BigInt(frame);
    const on = (track: Track) => trackId(session, tracks.indexOf(track) + 1);
    if (fate !== "sent") {
      this.#event(dueUs, this.#named(fate, type.instant, on("grid")));
    }
    if (us("encode_us") === undefined) return;
    const slices = slicesOf(us, dueUs, latenessUs(table, row));
    for (const [index, { track, name, fromUs, toUs }] of slices.entries()) {
      const place = index === slices.length - 1 ? "last" : "on";
      this.#slice({ id: on(track), name, fromUs, toUs, flow, place });
    }
  }

  #slice(slice: {
    readonly id: number;
    readonly name: Name;
    readonly fromUs: number;
    readonly toUs: number;
    readonly flow: bigint;
    readonly place: "on" | "last";
  }): void {
    const { id, name, flow, place } = slice;
    const fromUs = Math.max(slice.fromUs, this.#endUs.get(id) ?? 0);
    const toUs = Math.max(fromUs, slice.toUs);
    this.#endUs.set(id, toUs);
    const begin = this.#named(name, type.begin, id).fixed(place === "last" ? 48 : 47, flow);
    this.#event(fromUs, begin);
    this.#event(toUs, new ProtoWriter().uint(9, type.end).uint(11, id));
  }

  #addCounter(counter: {
    readonly session_id: number;
    readonly name: string;
    readonly atUs: number;
    readonly value: number;
  }): void {
    const { session_id, name, atUs, value } = counter;
    const id = counterId(session_id, name);
    if (!this.#known.has(id)) {
      const unit = new ProtoWriter().text(6, unitOf(name));
      const parent = trackId(session_id, 0);
      this.#describe(id, new ProtoWriter().text(2, name).uint(5, parent).message(8, unit));
    }
    this.#event(atUs, new ProtoWriter().uint(9, type.counter).uint(11, id).double(44, value));
  }

  #named(name: Name, kind: number, id: number): ProtoWriter {
    return new ProtoWriter()
      .uint(9, kind)
      .uint(10, names.indexOf(name) + 1)
      .uint(11, id);
  }

  #event(atUs: number, event: ProtoWriter): void {
    const ns = Math.max(0, Math.round(atUs)) * 1000;
    this.#packet.uint(8, ns).uint(10, sequence).uint(13, needsNames).message(11, event);
    this.#emit();
  }

  #describe(id: number, descriptor: ProtoWriter): void {
    this.#known.add(id);
    this.#packet.uint(10, sequence).message(60, descriptor.uint(1, id));
    this.#emit();
  }

  #emit(): void {
    this.#trace.bytes(1, this.#packet.take());
  }

  #flush(): void {
    if (this.#trace.length > 0) this.#sink.write(this.#trace.take());
  }
}

type Slice = {
  readonly track: Track;
  readonly name: Name;
  readonly fromUs: number;
  readonly toUs: number;
};

/** Each begins where the previous one ended. */
const beforeSending = [
  ["grid", "wait", "wait_us"],
  ["encode thread", "capture", "capture_us"],
  ["encode thread", "submit", "submit_us"],
  ["encode thread", "encode", "encode_us"],
  ["queue", "queue", "queue_us"],
  ["send thread", "packetize", "packetize_us"],
] as const satisfies [Track, Name, FrameColumnName][];
/** Each ends this long after the slot was due. */
const atThePlayer = [
  ["to the player", "complete_us"],
  ["decode", "decode_us"],
  ["to the glass", "shown_us"],
] as const satisfies [Name, FrameColumnName][];

/** The stages of a frame, in order. Where the rest lies in between is unknown. */
function slicesOf(
  us: (name: FrameColumnName) => number | undefined,
  dueUs: number,
  lateUs: number | undefined,
): Slice[] {
  const slices: Slice[] = [];
  let atUs = dueUs;
  for (const [track, name, column] of beforeSending) {
    const lengthUs = us(column);
    if (lengthUs === undefined) continue;
    slices.push({ track, name, fromUs: atUs, toUs: atUs + lengthUs });
    atUs += lengthUs;
  }
  if (lateUs === undefined) return slices;
  atUs = dueUs + lateUs;
  const sendUs = us("send_us");
  if (sendUs !== undefined) {
    slices.push({ track: "send thread", name: "send", fromUs: atUs - sendUs, toUs: atUs });
  }
  for (const [name, column] of atThePlayer) {
    const afterUs = us(column);
    if (afterUs === undefined) continue;
    const toUs = Math.max(atUs, dueUs + afterUs);
    slices.push({ track: "player", name, fromUs: atUs, toUs });
    atUs = toUs;
  }
  return slices;
}

function known(value: number | undefined): number | undefined {
  return value === undefined || Number.isNaN(value) ? undefined : value;
}

/** Ids of a session's tracks are consecutive. */
function trackId(sessionId: number, index: number): number {
  return sessionId * trackCountMax + index + 1;
}

/** Beyond all tracks: 2^38 of them are possible. */
function counterId(sessionId: number, name: string): number {
  return 2 ** 40 + (Bun.hash.crc32(`${sessionId} ${name}`) >>> 0);
}

/** The unit is the end of the name, as everywhere. */
function unitOf(name: string): string {
  return name.split("_").at(-1) ?? "";
}
