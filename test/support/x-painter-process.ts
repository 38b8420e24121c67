/**
 * Something that moves on an X screen: rectangles at new places, so many pictures a second, each of
 * all its requests at once. Stopped by a signal it is a program that hangs. Arguments: the display's
 * number, pictures a second; with `whole` the screen is filled with a grey that changes instead.
 */
import { readSetup, writeSetup } from "../../src/x11/wire.ts";
import { Random } from "./random.ts";

const [display = "0", rateText = "60", kind] = process.argv.slice(2);
const rectangleCount = 12;
const random = new Random(1);
let received = Buffer.alloc(0);
const opened = Promise.withResolvers<void>();
const socket = await Bun.connect({
  unix: `/tmp/.X11-unix/X${display}`,
  socket: {
    data: (_socket, piece) => {
      if (received.length < 65_536) received = Buffer.concat([received, piece]);
      if (received.length >= 8 + 4 * (received[6] ?? 0)) opened.resolve();
    },
  },
});
socket.write(writeSetup({ name: "", data: Buffer.alloc(0) }));
await opened.promise;
const setup = readSetup(received);
if (setup === undefined) throw new Error("The display refused us");
const { root, width, height } = setup;
const context = received.readUInt32LE(12);
const foreground = 4;
socket.write(request(55, [context, root, foreground, 0]));

/** A request of an opcode and whole words. */
function request(opcode: number, words: readonly number[]): Buffer {
  const bytes = Buffer.alloc(4 + 4 * words.length);
  bytes.writeUInt8(opcode, 0);
  bytes.writeUInt16LE(1 + words.length, 2);
  for (const [index, word] of words.entries()) bytes.writeUInt32LE(word >>> 0, 4 + 4 * index);
  return bytes;
}

function pair(low: number, high: number): number {
  return (low & 0xffff) | ((high & 0xffff) << 16);
}

function drawRectangle(): Buffer {
  const color = request(56, [context, foreground, random.below(0x100_0000)]);
  const place = pair(random.below(width - 60), random.below(height - 60));
  const size = pair(20 + random.below(40), 20 + random.below(40));
  return Buffer.concat([color, request(70, [root, context, place, size])]);
}

/** As the painter of Wayland desktops draws. */
function fill(picture: number): Buffer {
  const grey = 40 + (picture % 150);
  const color = request(56, [context, foreground, grey * 0x01_0101]);
  return Buffer.concat([color, request(70, [root, context, pair(0, 0), pair(width, height)])]);
}

function drawPicture(picture: number): Buffer {
  if (kind === "whole") return fill(picture);
  return Buffer.concat(Array.from({ length: rectangleCount }, drawRectangle));
}

const startedMs = performance.now();
for (let picture = 1; ; picture++) {
  socket.write(drawPicture(picture));
  const dueMs = startedMs + (picture * 1000) / Number(rateText);
  await Bun.sleep(Math.max(0, dueMs - performance.now()));
}
