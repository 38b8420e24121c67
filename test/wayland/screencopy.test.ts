/** Copies of a screen whose mode changes at every moment of a copy, by what a compositor says. */
import { expect, test } from "bun:test";
import type { WaylandConnection } from "../../src/wayland/connection.ts";
import { Screencopy } from "../../src/wayland/screencopy.ts";
import { Arguments } from "../../src/wayland/wire/message.ts";

const [captureOutput, copy, destroy, copyWithDamage] = [0, 0, 1, 2];
const events = { buffer: 0, ready: 2, failed: 3, bufferDone: 6 };
const [managerId, outputId, shmId] = [1, 2, 3];

type Listener = (opcode: number, args: Arguments) => void;

/** Answers as a test says. */
class Compositor {
  readonly output = { id: outputId, transform: 0, width: 64, height: 48 };
  readonly #listeners = new Map<number, Listener>();
  #lastId = 10;
  /** Frame objects in the order in which they were made. */
  readonly frames: number[] = [];
  /** Copies that were asked for: of which frame, and whether with damage. */
  readonly copies: [frame: number, isWithDamage: boolean][] = [];
  readonly destroyed: number[] = [];
  readonly connection = {
    makeObject: (listener: Listener = () => undefined) => {
      this.#lastId += 1;
      this.#listeners.set(this.#lastId, listener);
      return this.#lastId;
    },
    send: (object: number, opcode: number, args: readonly number[]) => {
      if (object === managerId && opcode === captureOutput) this.frames.push(args[0] ?? 0);
      if (!this.frames.includes(object)) return;
      if (opcode === destroy) this.destroyed.push(object);
      if (opcode === copy || opcode === copyWithDamage)
        this.copies.push([object, opcode === copyWithDamage]);
    },
    sendDescriptor: () => undefined,
  };

  screencopy(): Screencopy {
    return new Screencopy(this.connection as unknown as WaylandConnection, {
      manager: { id: managerId, version: 3 },
      output: this.output,
      shm: shmId,
    });
  }

  #tell(frame: number | undefined, opcode: number, words: readonly number[]): void {
    const body = Buffer.alloc(4 * words.length);
    for (const [at, word] of words.entries()) body.writeUInt32LE(word, 4 * at);
    this.#listeners.get(frame ?? 0)?.(opcode, new Arguments(body));
  }

  /** Names the shape of the newest frame, as the output is now. */
  shape(): void {
    const { width, height } = this.output;
    this.#tell(this.frames.at(-1), events.buffer, [1, width, height, 4 * width]);
    this.#tell(this.frames.at(-1), events.bufferDone, []);
  }

  /** Of the newest frame, whose copy nobody has asked for. */
  refuse(): void {
    this.#tell(this.frames.at(-1), events.failed, []);
  }

  /** Of the newest copy. */
  ready(): void {
    this.#tell(this.copies.at(-1)?.[0], events.ready, [0, 1, 0]);
  }

  fail(): void {
    this.#tell(this.copies.at(-1)?.[0], events.failed, []);
  }

  resize(width: number, height: number): void {
    Object.assign(this.output, { width, height });
  }
}

/** One picture has been taken, and the next is waited for. */
function begun() {
  const compositor = new Compositor();
  const screencopy = compositor.screencopy();
  screencopy.request();
  compositor.shape();
  compositor.shape();
  compositor.ready();
  expect(screencopy.take()).toMatchObject({ width: 64, height: 48 });
  screencopy.request();
  return { compositor, screencopy };
}

test("a picture of the old size, of a screen that has grown since, is not shown", () => {
  const { compositor, screencopy } = begun();
  expect(compositor.copies.at(-1)?.[1]).toBe(true);
  compositor.resize(128, 96);
  compositor.ready();
  expect(screencopy.take()).toBeUndefined();
  // The screen may stand still by now: what it shows is asked for, and not its next change.
  compositor.shape();
  expect(compositor.copies.at(-1)?.[1]).toBe(false);
  compositor.ready();
  expect(screencopy.take()).toMatchObject({ width: 128, height: 96 });
});

test("after a copy that failed the whole screen is asked for as it is", () => {
  const { compositor, screencopy } = begun();
  compositor.resize(32, 24);
  const madeCount = compositor.frames.length;
  compositor.fail();
  expect(screencopy.failedCount).toBe(1);
  // A screen that is off would refuse again, at once and without end.
  expect(compositor.frames.length).toBe(madeCount);
  screencopy.request();
  compositor.shape();
  expect(compositor.copies.at(-1)?.[1]).toBe(false);
  compositor.ready();
  expect(screencopy.take()).toMatchObject({ width: 32, height: 24, changed: undefined });
});

test("a screen that is off refuses the copy and the frame prepared after it: each is destroyed once", () => {
  const { compositor, screencopy } = begun();
  compositor.fail();
  // It had not read the first destruction yet, and a second one would end the connection.
  compositor.refuse();
  expect(new Set(compositor.destroyed).size).toBe(compositor.destroyed.length);
  expect(compositor.destroyed).toEqual(compositor.frames);
  screencopy.request();
  compositor.shape();
  compositor.ready();
  expect(screencopy.take()).toMatchObject({ width: 64, height: 48 });
});
