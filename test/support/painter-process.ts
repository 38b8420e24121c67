/**
 * A Wayland client that fills its window, which covers the screen, with a grey that changes with
 * every picture it draws. Argument: the compositor's socket, pictures to draw, pictures a second; with
 * `small` it makes a window of 160x90 where the desktop leaves the size to it.
 * Prints how many it drew.
 */
import { makeSharedMemory } from "../../src/base/shared-memory.ts";
import { WaylandConnection } from "../../src/wayland/connection.ts";
import { writeMessage } from "../../src/wayland/wire/message.ts";

const [path = "", countText = "60", rateText = "60", kind] = process.argv.slice(2);
const connection = new WaylandConnection(path);
const globalOf = (name: string) => {
  const found = connection.globals.find((global) => global.interface === name);
  if (found === undefined) throw new Error(`The desktop has no ${name}`);
  return found;
};
const compositor = connection.bind(globalOf("wl_compositor"), 4);
const shm = connection.bind(globalOf("wl_shm"), 1);
const shell = connection.bind(globalOf("xdg_wm_base"), 1, (opcode, args) => {
  if (opcode === 0) connection.send(shell.id, 3, [args.uint()]);
});

let size = kind === "small" ? { width: 160, height: 90 } : { width: 640, height: 360 };
let isConfigured = false;
let isDrawn = true;
const surface = connection.makeObject();
connection.send(compositor.id, 0, [surface]);
const shellSurface = connection.makeObject((_, args) => {
  connection.send(shellSurface, 4, [args.uint()]);
  isConfigured = true;
});
connection.send(shell.id, 2, [shellSurface, surface]);
const window = connection.makeObject((opcode, args) => {
  if (opcode !== 0) return;
  const [width, height] = [args.int(), args.int()];
  if (width > 0 && height > 0) size = { width, height };
});
connection.send(shellSurface, 1, [window]);
connection.send(window, 11, [0]);
connection.send(surface, 6, []);
while (!isConfigured && connection.fault === undefined) connection.pump(50);

const bytesPerPicture = size.width * size.height * 4;
const memory = makeSharedMemory("painter", bytesPerPicture * 3);
const pool = connection.makeObject();
connection.sendDescriptor(writeMessage(shm.id, 0, [pool, bytesPerPicture * 3]), memory.descriptor);
const busy = new Set<number>();
const buffers = [0, 1, 2].map((place) => {
  const id: number = connection.makeObject((opcode) => {
    if (opcode === 0) busy.delete(id);
  });
  const offset = place * bytesPerPicture;
  connection.send(pool, 0, [id, offset, size.width, size.height, size.width * 4, 1]);
  return { id, bytes: memory.bytes.subarray(offset, offset + bytesPerPicture) };
});

let drawnCount = 0;
function draw(): void {
  const buffer = buffers.find(({ id }) => !busy.has(id));
  if (buffer === undefined) return;
  drawnCount += 1;
  buffer.bytes.fill(40 + (drawnCount % 150));
  busy.add(buffer.id);
  isDrawn = false;
  connection.send(surface, 1, [buffer.id, 0, 0]);
  connection.send(surface, 9, [0, 0, size.width, size.height]);
  const callback = connection.makeObject(() => {
    isDrawn = true;
  });
  connection.send(surface, 3, [callback]);
  connection.send(surface, 6, []);
}

const intervalMs = 1000 / Number(rateText);
const startedMs = performance.now();
while (drawnCount < Number(countText) && connection.fault === undefined) {
  const dueMs = startedMs + drawnCount * intervalMs;
  if (isDrawn && performance.now() >= dueMs) draw();
  connection.pump(Math.max(1, Math.min(20, Math.ceil(dueMs - performance.now()))));
}
while (!isDrawn && connection.fault === undefined) connection.pump(20);
process.stdout.write(`${drawnCount}\n`);
connection.pump(300);
