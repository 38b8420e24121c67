/**
 * Per frame: pictures of a PipeWire node, in the memory of its producer. The stream follows when
 * the producer changes its size.
 */
import { type Pointer, ptr, read, toArrayBuffer } from "bun:ffi";
import { cutText } from "../base/cut-text.ts";
import type { PipewireConnection } from "./connection.ts";
import { EventTable, pipewire, pointerOf, textAt, zeroEnded } from "./library.ts";
import { podBytesMax } from "./pod.ts";
import {
  bufferParams,
  damageCountMax,
  enumVideoFormat,
  metaTypes,
  paramIds,
  readVideoFormat,
  type VideoFormat,
  type WantedVideo,
} from "./video-params.ts";

/** The wanted node. */
export type PipewireTarget =
  | { readonly kind: "id"; readonly id: number }
  /** By its serial number or its name. */
  | { readonly kind: "object"; readonly object: string };

/** A picture; valid until it is released. */
export type PipewirePicture = VideoFormat & {
  readonly bytes: Uint8Array;
  readonly stride: number;
  /** When its producer made it, on CLOCK_MONOTONIC; 0 if not reported. */
  readonly shownUs: number;
  /** Changed pixels, as reported by the producer; `undefined` if not. */
  readonly damagedPixels: number | undefined;
  /** As `wl_output.transform` counts: quarter turns, from 4 on mirrored. */
  readonly transform: number;
};

const eventsVersion = 2;
const directionInput = 0;
const anyNode = 0xffffffff;
const flags = { autoConnect: 1, mapBuffers: 4, dontReconnect: 128 };
const states = { error: -1, unconnected: 0, streaming: 3 };
const chunkCorrupted = 1;
const headerCorrupted = 2;
const metaCountMax = 16;

type Crop = {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
};

/** One stream of pictures. To be disposed before its connection. */
export class PipewireStream implements Disposable {
  readonly #library = pipewire();
  readonly #connection: PipewireConnection;
  readonly #events = new EventTable(eventsVersion, 12);
  readonly #stream: Pointer;
  /** Memory that the library may read while the stream lives. */
  readonly #kept: Uint8Array[] = [];
  /** Memory of the producer's buffers by their address; emptied when the library unmaps them. */
  readonly #views = new Map<number, Uint8Array>();
  #format: VideoFormat | undefined;
  #state = states.unconnected;
  #isOver = false;
  #error: string | undefined;
  #taken: Pointer | undefined;

  /** @param fps the maximum requested from the producer. Throws when it cannot be connected. */
  constructor(connection: PipewireConnection, target: PipewireTarget, wanted: WantedVideo) {
    this.#connection = connection;
    const object = target.kind === "object" ? ` target.object=${quoted(target.object)}` : "";
    const text = `media.type=Video media.category=Capture media.role=Screen${object}`;
    const properties = this.#library.pw_properties_new_string(ptr(this.#keep(zeroEnded(text))));
    const name = ptr(this.#keep(zeroEnded("onglass")));
    const stream = this.#library.pw_stream_new(connection.core, name, properties);
    this.#stream = pointerOf(stream, "make a stream of PipeWire");
    this.#listen();
    const how = flags.autoConnect | flags.mapBuffers | flags.dontReconnect;
    const node = target.kind === "id" ? target.id : anyNode;
    const offered = this.#pointers([enumVideoFormat(wanted)]);
    const code = this.#library.pw_stream_connect(
      this.#stream,
      directionInput,
      node,
      how,
      offered,
      1,
    );
    if (code < 0) throw new Error(`PipeWire refuses the stream (${code})`);
  }

  /** The negotiated format; `undefined` before, and while it changes. */
  get format(): VideoFormat | undefined {
    return this.#format;
  }

  /** Why no more pictures will arrive; `undefined` while they may. */
  get fault(): string | undefined {
    if (this.#error !== undefined) return this.#error;
    if (this.#isOver) return "its node is gone";
    return this.#events.fault?.message ?? this.#connection.fault;
  }

  /** Handles pending events, waiting this long for the first of them. */
  pump(waitMs: number): void {
    this.#connection.loop.iterate(waitMs);
  }

  /**
   * The newest picture, once; older ones are released unseen. One that was taken before is released
   * too.
   */
  take(): PipewirePicture | undefined {
    this.release();
    let newest = this.#dequeue();
    for (let next = newest; next !== undefined; next = this.#dequeue()) {
      if (next === newest) continue;
      if (newest !== undefined) this.#queue(newest);
      newest = next;
    }
    if (newest === undefined) return undefined;
    this.#taken = newest;
    const picture = this.#read(read.ptr(newest, 0) as Pointer);
    if (picture === undefined) this.release();
    return picture;
  }

  /** The taken picture is no longer read. */
  release(): void {
    if (this.#taken !== undefined) this.#queue(this.#taken);
    this.#taken = undefined;
  }

  [Symbol.dispose](): void {
    this.#taken = undefined;
    this.#views.clear();
    this.#library.pw_stream_destroy(this.#stream);
    this.#events[Symbol.dispose]();
  }

  #listen(): void {
    const onState = (...given: readonly [unknown, number, number, Pointer]) => {
      const [, , state, error] = given;
      const wasConnected = this.#state !== states.unconnected;
      this.#state = state;
      if (state === states.error) this.#error ??= cutText(textAt(error) || "its node is gone", 200);
      if (state === states.unconnected && wasConnected) this.#isOver = true;
    };
    this.#events.on(16, ["ptr", "i32", "i32", "ptr"], onState);
    this.#events.on(40, ["ptr", "u32", "ptr"], (_: unknown, id: number, param: Pointer) => {
      if (id === paramIds.format) this.#onFormat(param);
    });
    this.#events.on(56, ["ptr", "ptr"], () => this.#forget());
    this.#library.pw_stream_add_listener(this.#stream, this.#events.hook, this.#events.table, null);
  }

  #onFormat(param: Pointer | null): void {
    this.#forget();
    this.#format = undefined;
    if (param === null || Number(param) === 0) return;
    const byteCount = 8 + Math.min(read.u32(param, 0), podBytesMax);
    this.#format = readVideoFormat(Buffer.from(toArrayBuffer(param, 0, byteCount).slice(0)));
    if (this.#format === undefined) throw new Error("it offers an unsupported format");
    const params = bufferParams();
    this.#library.pw_stream_update_params(this.#stream, this.#pointers(params), params.length);
  }

  /** Their memory is about to be unmapped. */
  #forget(): void {
    this.#views.clear();
    this.#taken = undefined;
  }

  #dequeue(): Pointer | undefined {
    const buffer = this.#library.pw_stream_dequeue_buffer(this.#stream);
    // Addresses of a process fit into a number here.
    return Number(buffer ?? 0) === 0 ? undefined : (Number(buffer) as Pointer);
  }

  #queue(buffer: Pointer): void {
    this.#library.pw_stream_queue_buffer(this.#stream, buffer);
  }

  /** spa_buffer: u32 metas, u32 datas, pointers to both; spa_data and its chunk as commented. */
  #read(buffer: Pointer): PipewirePicture | undefined {
    const format = this.#format;
    if (format === undefined || read.u32(buffer, 4) === 0) return undefined;
    const meta = readMeta(buffer);
    // u32 type, u32 flags, i64 descriptor, u32 offset, u32 size, memory, chunk
    const data = read.ptr(buffer, 16) as Pointer;
    const size = read.u32(data, 20);
    const memory = Number(read.ptr(data, 24));
    // u32 offset, u32 size, i32 stride, i32 flags
    const chunk = read.ptr(data, 32) as Pointer;
    const filled = read.u32(chunk, 4);
    const isBroken = (read.i32(chunk, 12) & chunkCorrupted) !== 0 || meta.isCorrupted;
    if (memory === 0 || filled === 0 || isBroken) return undefined;
    const stride = read.i32(chunk, 8) || Math.floor(filled / format.height);
    const from = read.u32(chunk, 0) % Math.max(1, size);
    const { width, height } = format;
    if (stride < width * 4 || from + stride * (height - 1) + width * 4 > size) return undefined;
    const bytes = this.#view(memory, size).subarray(from);
    return { ...cropped({ ...format, bytes, stride }, meta.crop), ...meta };
  }

  #view(memory: number, size: number): Uint8Array {
    const known = this.#views.get(memory);
    if (known !== undefined && known.length === size) return known;
    // An address that the library has just given, with the size that it has mapped.
    const view = new Uint8Array(toArrayBuffer(memory as Pointer, 0, size));
    this.#views.set(memory, view);
    return view;
  }

  #pointers(params: readonly Buffer[]): Pointer {
    const list = new BigUint64Array(params.map((param) => BigInt(ptr(this.#keep(param)))));
    return ptr(this.#keep(new Uint8Array(list.buffer)));
  }

  #keep<Bytes extends Uint8Array>(bytes: Bytes): Bytes {
    this.#kept.push(bytes);
    return bytes;
  }
}

type Meta = Pick<PipewirePicture, "shownUs" | "damagedPixels" | "transform"> & {
  readonly isCorrupted: boolean;
  readonly crop: Crop | undefined;
};

/** spa_meta: u32 type, u32 size, pointer. */
function readMeta(buffer: Pointer): Meta {
  const count = Math.min(read.u32(buffer, 0), metaCountMax);
  const metas = read.ptr(buffer, 8) as Pointer;
  const found = { shownUs: 0, transform: 0, isCorrupted: false };
  let damagedPixels: number | undefined;
  let crop: Crop | undefined;
  for (let index = 0; index < count; index++) {
    const type = read.u32(metas, index * 16);
    const size = read.u32(metas, index * 16 + 4);
    const at = read.ptr(metas, index * 16 + 8) as Pointer;
    if (type === metaTypes.header && size >= 32) {
      found.isCorrupted = (read.u32(at, 0) & headerCorrupted) !== 0;
      found.shownUs = Math.max(0, Math.floor(Number(read.i64(at, 8)) / 1000));
    } else if (type === metaTypes.damage) {
      damagedPixels = readDamage(at, size);
    } else if (type === metaTypes.crop && size >= 16) {
      crop = regionAt(at, 0);
    } else if (type === metaTypes.transform && size >= 4) {
      found.transform = read.u32(at, 0) & 7;
    }
  }
  return { ...found, damagedPixels, crop };
}

/** An empty region ends the list. */
function readDamage(at: Pointer, size: number): number | undefined {
  let pixels = 0;
  const count = Math.min(Math.floor(size / 16), damageCountMax);
  for (let index = 0; index < count; index++) {
    const { width, height } = regionAt(at, index * 16);
    if (width === 0 || height === 0) break;
    pixels += width * height;
  }
  return pixels === 0 ? undefined : pixels;
}

function regionAt(at: Pointer, offset: number): Crop {
  const [x, y] = [read.i32(at, offset), read.i32(at, offset + 4)];
  return { x, y, width: read.u32(at, offset + 8), height: read.u32(at, offset + 12) };
}

type Whole = VideoFormat & { readonly bytes: Uint8Array; readonly stride: number };

/**
 * Producers of windows provide a part of a larger picture. A region outside of it is not a crop.
 */
function cropped(whole: Whole, crop: Crop | undefined): Whole {
  if (crop === undefined || crop.width === 0 || crop.height === 0) return whole;
  const { x, y, width, height } = crop;
  const isInside = x >= 0 && y >= 0 && x + width <= whole.width && y + height <= whole.height;
  if (!isInside) return whole;
  return { ...whole, width, height, bytes: whole.bytes.subarray(y * whole.stride + x * 4) };
}

/** As the library's property lists quote. */
function quoted(text: string): string {
  return JSON.stringify(text);
}
