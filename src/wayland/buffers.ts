/**
 * Two buffers in shared memory that a compositor draws into in turn; made again for another shape.
 * Memory of the shape before stays until nobody reads its last picture: `release` says when.
 */
import { makeSharedMemory, type SharedMemory } from "../base/shared-memory.ts";
import type { WaylandConnection } from "./connection.ts";
import { checkShape } from "./picture.ts";
import { writeMessage } from "./wire/message.ts";

export type Shape = {
  readonly width: number;
  readonly height: number;
  readonly stride: number;
  readonly format: number;
};

export type ScreenBuffer = {
  readonly id: number;
  readonly bytes: Uint8Array;
  /** Nothing has been drawn into it yet. */
  isFresh: boolean;
};

/** Formats that may follow each other while one picture is read. */
const replacedCountMax = 4;

export class BufferPair implements Disposable {
  readonly #connection: WaylandConnection;
  readonly #shm: number;
  #shape: Shape | undefined;
  #memory: SharedMemory | undefined;
  #replaced: SharedMemory[] = [];
  #pool = 0;
  #buffers: ScreenBuffer[] = [];
  #turn = 0;

  /** @param shm the bound `wl_shm`. */
  constructor(connection: WaylandConnection, shm: number) {
    this.#connection = connection;
    this.#shm = shm;
  }

  /** The buffer that was not used last. Throws for an implausible format. */
  next(shape: Shape): ScreenBuffer {
    if (!isSame(shape, this.#shape)) this.#make(shape);
    this.#turn = 1 - this.#turn;
    const buffer = this.#buffers[this.#turn];
    if (buffer === undefined) throw new Error("there are two buffers");
    return buffer;
  }

  /** Pictures that were handed out are no longer read. */
  release(): void {
    for (const memory of this.#replaced) memory[Symbol.dispose]();
    this.#replaced = [];
  }

  [Symbol.dispose](): void {
    this.#replace();
    this.release();
  }

  #replace(): void {
    for (const { id } of this.#buffers) this.#connection.send(id, 0, []);
    if (this.#pool !== 0) this.#connection.send(this.#pool, 1, []);
    if (this.#memory !== undefined) this.#replaced.push(this.#memory);
    this.#memory = undefined;
    this.#shape = undefined;
    this.#buffers = [];
    this.#pool = 0;
  }

  #make(shape: Shape): void {
    checkShape(shape);
    if (this.#replaced.length === replacedCountMax) {
      throw new Error("the compositor changes the size of its picture too often");
    }
    this.#replace();
    const byteCount = shape.stride * shape.height;
    const memory = makeSharedMemory("onglass-screen", byteCount * 2);
    this.#memory = memory;
    this.#shape = shape;
    this.#pool = this.#connection.makeObject();
    const { descriptor } = memory;
    // The descriptor is sent with the message and is not an argument in it.
    const message = writeMessage(this.#shm, 0, [this.#pool, byteCount * 2]);
    this.#connection.sendDescriptor(message, descriptor);
    this.#buffers = [0, 1].map((place) => this.#buffer(shape, place * byteCount, memory));
  }

  #buffer(shape: Shape, offset: number, memory: SharedMemory): ScreenBuffer {
    const { width, height, stride, format } = shape;
    const id = this.#connection.makeObject();
    this.#connection.send(this.#pool, 0, [id, offset, width, height, stride, format]);
    return { id, bytes: memory.bytes.subarray(offset, offset + stride * height), isFresh: true };
  }
}

function isSame(one: Shape, other: Shape | undefined): boolean {
  return (
    other !== undefined &&
    one.width === other.width &&
    one.height === other.height &&
    one.stride === other.stride &&
    one.format === other.format
  );
}
