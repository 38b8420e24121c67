/** The screen of a real X server, fetched by what is reported to have changed, against the whole of it. */
import { expect, test } from "bun:test";
import { BlockingX11Connection } from "../../src/x11/blocking-connection.ts";
import {
  damageRequests,
  drawCursor,
  readCursor,
  readPixelOrder,
} from "../../src/x11/capture-wire.ts";
import { type X11Picture, X11Screen } from "../../src/x11/screen.ts";
import { readExtension, readSetup, writeQueryExtension, writeSetup } from "../../src/x11/wire.ts";
import { Random } from "../support/random.ts";
import { startScreen, type TestScreen } from "../support/x-server.ts";

const size = { width: 320, height: 180 };
const nobody = { name: "", data: Buffer.alloc(0) };
const answerMs = 20_000;
const pollUs = 20_000;

/** A program that draws, and is sure that it was drawn. */
class Drawer implements Disposable {
  readonly #link: BlockingX11Connection;
  readonly #random = new Random(3);
  readonly #context: number;
  readonly #root: number;
  /** The first number of another client's own things. */
  readonly nextClient: number;

  constructor({ display }: TestScreen) {
    this.#link = new BlockingX11Connection(display.slice(1));
    const answer = this.#link.askNow(writeSetup(nobody), answerMs);
    const { root = 0, resourceBase = 0 } = readSetup(answer) ?? {};
    [this.#root, this.#context] = [root, resourceBase];
    this.nextClient = resourceBase + 0x20_0000;
    this.#send(55, [this.#context, root, 0]);
  }

  draw(): void {
    const { width, height } = size;
    const [x, y] = [this.#random.below(width), this.#random.below(height)];
    this.#send(56, [this.#context, 4, this.#random.below(0x100_0000)]);
    this.#send(70, [this.#root, this.#context, x | (y << 16), 30 | (20 << 16)]);
    if (this.#random.below(3) === 0) this.#send(41, [0, this.#root, 0, 0, y | (x << 16)]);
    this.settle();
  }

  /** What another program follows is not told to it any more. */
  stopTelling(damage: number): void {
    const extension = readExtension(this.#link.askNow(writeQueryExtension("DAMAGE"), answerMs));
    const opcode = extension?.opcode ?? 0;
    this.#link.askNow(damageRequests.queryVersion(opcode), answerMs);
    this.#send(opcode, [damage], 2);
    this.settle();
  }

  settle(): void {
    this.#link.askNow(Buffer.from([43, 0, 1, 0]), answerMs);
  }

  #send(opcode: number, words: readonly number[], minor = 0): void {
    const bytes = Buffer.alloc(4 + 4 * words.length);
    bytes.set([opcode, minor, 1 + words.length, 0]);
    for (const [at, word] of words.entries()) bytes.writeUInt32LE(word >>> 0, 4 + 4 * at);
    this.#link.send(bytes);
  }

  [Symbol.dispose](): void {
    this.#link.close();
  }
}

/** Pictures, put together by their changed lines alone, until they are what another program sees. */
function follow(screen: X11Screen, shown: Buffer, server: TestScreen): void {
  while (!shown.equals(whole(server))) {
    const picture = screen.next(100);
    if (picture !== undefined) merge(picture, shown);
  }
}

function merge({ bytes, height, stride, changed }: X11Picture, shown: Buffer): void {
  for (const { from, end } of changed ?? [{ from: 0, end: height }]) {
    const [first, last] = [from * stride, Math.min(height, end) * stride];
    shown.set(bytes.subarray(first, last), first);
  }
}

function whole({ display }: TestScreen): Buffer {
  using screen = new X11Screen(display, pollUs);
  return Buffer.from(screen.next(answerMs)?.bytes ?? []);
}

const transports = { "shared memory": [], "the connection": ["-extension", "MIT-SHM"] };

test.each(Object.entries(transports))(
  "what is fetched by what changed, through %s, is the whole screen, with its pointer",
  async (_name, flags) => {
    await using server = await startScreen(size, 24, flags);
    using screen = new X11Screen(server.display, pollUs);
    using drawer = new Drawer(server);
    const shown = Buffer.alloc(4 * size.width * size.height);
    follow(screen, shown, server);
    for (let round = 0; round < 12; round++) {
      for (let count = 0; count < 5; count++) drawer.draw();
      follow(screen, shown, server);
    }
    // What was reported to it, and it has not looked at.
    while (screen.readyDescriptor === undefined) screen.next(100);
    // Nothing has changed since, and looking at all of it finds nothing.
    screen.check();
    while (screen.readyDescriptor === undefined) expect(screen.next(100)).toBeUndefined();
  },
);

test("a screen whose changes are not told is compared from the next look at it on", async () => {
  await using server = await startScreen(size);
  using drawer = new Drawer(server);
  using screen = new X11Screen(server.display, pollUs);
  const shown = Buffer.alloc(4 * size.width * size.height);
  follow(screen, shown, server);
  drawer.stopTelling(drawer.nextClient);
  while (screen.readyDescriptor === undefined) screen.next(100);
  drawer.draw();
  drawer.draw();
  screen.check();
  const untold = screen.next(answerMs);
  if (untold === undefined) throw new Error("what was not told is found");
  merge(untold, shown);
  // It has to be asked from here on.
  expect(screen.readyDescriptor).toBeUndefined();
  for (let round = 0; round < 4; round++) {
    drawer.draw();
    follow(screen, shown, server);
  }
});

test.each(Object.entries(transports))(
  "a screen of another size is fetched whole in that size, through %s",
  async (_name, flags) => {
    await using server = await startScreen(size, 24, flags);
    using screen = new X11Screen(server.display, pollUs);
    expect(screen.next(answerMs)).toMatchObject({ width: 320, height: 180 });
    await server.resize({ width: 200, height: 100 });
    let picture = screen.next(answerMs);
    while (picture?.width !== 200) picture = screen.next(answerMs);
    expect(picture).toMatchObject({ height: 100, stride: 800, changed: undefined });
    expect(Buffer.from(picture.bytes).equals(whole(server))).toBe(true);
  },
);

test("an X server that hangs is asked once, and its pictures go on afterwards", async () => {
  await using server = await startScreen(size);
  using screen = new X11Screen(server.display, pollUs);
  using drawer = new Drawer(server);
  expect(screen.next(answerMs)).toBeDefined();
  server.freeze();
  for (let second = 0; second < 1000; second++) {
    screen.check();
    expect(screen.next(0)).toBeUndefined();
  }
  expect(screen.fault).toBeUndefined();
  server.thaw();
  drawer.draw();
  expect(screen.next(answerMs)).toBeDefined();
});

test("an X server without shared memory sends what is on its screen", async () => {
  await using server = await startScreen(size, 24, transports["the connection"]);
  using screen = new X11Screen(server.display, pollUs);
  server.paint(0x123456);
  let picture = screen.next(answerMs);
  while (picture?.bytes[0] !== 0x56) picture = screen.next(answerMs) ?? picture;
  expect([...picture.bytes.slice(-4, -1)]).toEqual([0x56, 0x34, 0x12]);
});

test("a large X server without shared memory that hangs is not asked for more than its socket takes", async () => {
  const large = { width: 3840, height: 2160 };
  await using server = await startScreen(large, 24, transports["the connection"]);
  using screen = new X11Screen(server.display, pollUs);
  expect(screen.next(answerMs)).toMatchObject(large);
  while (screen.readyDescriptor === undefined) screen.next(100);
  server.freeze();
  screen.check();
  expect(screen.fault).toBeUndefined();
  server.thaw();
  server.paint(0x123456);
  let picture = screen.next(answerMs);
  while (screen.fault === undefined && picture?.bytes.at(-4) !== 0x56)
    picture = screen.next(answerMs);
  expect([...(picture?.bytes.slice(-4, -1) ?? [])]).toEqual([0x56, 0x34, 0x12]);
});

test("a confirmed picture is the newest: what was on its way has come", async () => {
  await using server = await startScreen(size);
  using screen = new X11Screen(server.display, pollUs);
  using drawer = new Drawer(server);
  expect(screen.next(answerMs)).toBeDefined();
  while (screen.readyDescriptor === undefined) screen.next(100);
  expect(screen.confirm()).toBeUndefined();
  drawer.draw();
  screen.check();
  expect(screen.confirm()).toBeDefined();
});

test("a display that ends while it is asked for a sign of life is a fault", async () => {
  await using server = await startScreen(size);
  using screen = new X11Screen(server.display, pollUs);
  expect(screen.next(answerMs)).toBeDefined();
  await server.kill();
  screen.confirm();
  expect(screen.fault).toStartWith("the display ");
});

test("the end of an X server is a fault", async () => {
  await using server = await startScreen(size);
  using screen = new X11Screen(server.display, pollUs);
  await server.kill();
  while (screen.next(answerMs) !== undefined);
  // Seen when reading or when writing, whichever comes first.
  expect(screen.fault).toStartWith("the display ");
});

test("a screen of unusual pixels, and a display elsewhere, are not captured this way", async () => {
  await using server = await startScreen(size, 16);
  expect(() => new X11Screen(server.display, pollUs)).toThrow("its pixels are unusual");
  expect(() => new X11Screen("elsewhere:0", pollUs)).toThrow();
  expect(readPixelOrder(Buffer.alloc(8))).toBeUndefined();
});

test("a pointer is drawn over the picture, as far as it is on it", () => {
  const reply = Buffer.alloc(32 + 4 * 4);
  reply[0] = 1;
  // At 0, 1 with its tip at 1, 0: two by two pixels.
  reply.writeInt16LE(1, 10);
  reply.writeUInt16LE(2, 12);
  reply.writeUInt16LE(2, 14);
  reply.writeUInt16LE(1, 16);
  for (const [at, pixel] of [0xff112233, 0x80402010, 0xff000000, 0].entries())
    reply.writeUInt32LE(pixel, 32 + 4 * at);
  const cursor = readCursor(reply);
  if (cursor === undefined) throw new Error("it is a cursor");
  const bytes = new Uint8Array(4 * 4).fill(100);
  const canvas = { bytes, width: 2, height: 2, isBlueFirst: true };
  expect(drawCursor(cursor, canvas)).toEqual({ from: 1, end: 2 });
  // Its left half is not on the picture: of its right half, half of what is below shines through.
  expect([...bytes.subarray(8, 12)]).toEqual([16 + 50, 32 + 50, 64 + 50, 100]);
  expect(drawCursor({ ...cursor, top: 2 }, canvas)).toBeUndefined();
  expect(readCursor(reply.subarray(0, 40))).toBeUndefined();
});
