/**
 * A node of PipeWire that gives pictures, as compositors do: told its name, size and how many
 * pictures a second, `0` for one alone. Each has its number in the first pixel, and is one flat colour
 * else. A line on stdin changes it: `size W H`, `turn N` (quarter turns), `paint` (one picture).
 */
import { dlopen, type Pointer, ptr, read, toArrayBuffer } from "bun:ffi";
import { systemClock } from "../../src/base/clock.ts";
import { PipewireConnection } from "../../src/pipewire/connection.ts";
import { EventTable, pipewire, pointerOf, zeroEnded } from "../../src/pipewire/library.ts";
import { podFraction, podId, podInt, podObject, podRectangle } from "../../src/pipewire/pod.ts";

const { symbols } = dlopen("libpipewire-0.3.so.0", {
  pw_stream_trigger_process: { args: ["ptr"], returns: "i32" },
});
const [name = "painter", width = "320", height = "180", rate = "60"] = process.argv.slice(2);
const clock = systemClock();
const library = pipewire();
const kept: Uint8Array[] = [];
let size = { width: Number(width), height: Number(height) };
let turn = 0;
let count = 0;
let isOn = false;

const connection = new PipewireConnection();
const properties = library.pw_properties_new_string(
  text(`media.class=Video/Source node.name=${name} media.type=Video media.category=Source`),
);
const stream = pointerOf(library.pw_stream_new(connection.core, text(name), properties), "paint");
const events = new EventTable(2, 12);
events.on(16, ["ptr", "i32", "i32", "ptr"], (...[, , state]: [unknown, number, number]) => {
  isOn = state === 3;
});
events.on(40, ["ptr", "u32", "ptr"], (_: unknown, id: number, param: Pointer | null) => {
  if (id === 4 && param !== null) {
    const params = [bufferParam(), meta(1, 32), meta(3, 16), meta(8, 4)];
    library.pw_stream_update_params(stream, pointers(params), params.length);
  }
});
library.pw_stream_add_listener(stream, events.hook, events.table, null);
const [output, driver, mapBuffers] = [1, 8, 4];
library.pw_stream_connect(stream, output, 0xffffffff, driver | mapBuffers, pointers([format()]), 1);

setInterval(() => connection.loop.iterate(0), 4);
if (Number(rate) > 0) setInterval(paint, 1000 / Number(rate));
for await (const line of console) {
  const [word, ...numbers] = line.split(" ");
  const [first = 0, second = 0] = numbers.map(Number);
  if (word === "turn") turn = first;
  if (word === "paint") paint();
  if (word === "size") {
    size = { width: first, height: second };
    library.pw_stream_update_params(stream, pointers([format()]), 1);
  }
}

function paint(): void {
  if (!isOn) return;
  const buffer = library.pw_stream_dequeue_buffer(stream);
  if (buffer === null) return;
  draw(read.ptr(Number(buffer) as Pointer, 0) as Pointer);
  library.pw_stream_queue_buffer(stream, buffer);
  symbols.pw_stream_trigger_process(stream);
}

function draw(buffer: Pointer): void {
  count += 1;
  const data = read.ptr(buffer, 16) as Pointer;
  const byteCount = size.width * size.height * 4;
  if (read.u32(data, 20) < byteCount) return;
  const pixels = new Uint8Array(toArrayBuffer(read.ptr(data, 24) as Pointer, 0, byteCount));
  pixels.fill(0x40 + (count % 2) * 0x80);
  // The upper left quarter is dark: where it lies shows how the picture is turned.
  for (let line = 0; line < size.height / 2; line++) {
    pixels.fill(0, line * size.width * 4, line * size.width * 4 + size.width * 2);
  }
  const chunk = new Int32Array(toArrayBuffer(read.ptr(data, 32) as Pointer, 0, 16));
  chunk.set([0, byteCount, size.width * 4, 0]);
  for (let index = 0; index < read.u32(buffer, 0); index++) {
    const at = (read.ptr(buffer, 8) as number) + index * 16;
    const type = read.u32(at as Pointer, 0);
    const memory = read.ptr(at as Pointer, 8) as Pointer;
    if (type === 1) {
      new BigInt64Array(toArrayBuffer(memory, 0, 16))[1] = BigInt(clock.nowUs()) * 1000n;
    } else if (type === 3) {
      new Int32Array(toArrayBuffer(memory, 0, 16)).set([0, 0, size.width, size.height]);
    } else if (type === 8) new Uint32Array(toArrayBuffer(memory, 0, 4))[0] = turn;
  }
}

function format(): Buffer {
  return podObject(0x40003, 3, [
    [1, podId(2)],
    [2, podId(1)],
    [0x20001, podId(8)],
    [0x20003, podRectangle(size.width, size.height)],
    [0x20004, podFraction(0, 1)],
    [0x20005, podFraction(60, 1)],
  ]);
}

function bufferParam(): Buffer {
  return podObject(0x40004, 5, [
    [1, podInt(4)],
    [2, podInt(1)],
    [3, podInt(size.width * size.height * 4)],
    [4, podInt(size.width * 4)],
    [6, podInt(1 << 2)],
  ]);
}

function meta(type: number, bytes: number): Buffer {
  return podObject(0x40005, 6, [
    [1, podId(type)],
    [2, podInt(bytes)],
  ]);
}

function pointers(params: readonly Buffer[]): Pointer {
  for (const param of params) kept.push(param);
  const list = new BigUint64Array(params.map((param) => BigInt(ptr(param))));
  kept.push(new Uint8Array(list.buffer));
  return ptr(list);
}

function text(value: string): Pointer {
  const bytes = zeroEnded(value);
  kept.push(bytes);
  return ptr(bytes);
}
