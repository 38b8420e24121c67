/**
 * Pictures of an output by wlr-screencopy, versions 2 and 3. A copy can only be requested after the
 * compositor has announced the buffer's format, so one frame object is always prepared ahead:
 * requesting it on demand would get only every second picture.
 */
import type { LineRange } from "../base/line-range.ts";
import { BufferPair, type ScreenBuffer, type Shape } from "./buffers.ts";
import { ChangedLines } from "./changed-lines.ts";
import type { BoundObject, WaylandConnection } from "./connection.ts";
import { isBlueFirst, type ScreenCapture, type ScreenPicture } from "./picture.ts";
import type { Arguments } from "./wire/message.ts";

const events = { buffer: 0, flags: 1, ready: 2, failed: 3, damage: 4, bufferDone: 6 };
const requests = { captureOutput: 0, copy: 0, destroy: 1, copyWithDamage: 2 };
const flagUpsideDown = 1;
/** More than compositors send: with this many the whole screen counts as changed. */
const damageCountMax = 65;

type Mode = { readonly width: number; readonly height: number };

/** One frame object, from its shape to its picture. */
type CopyFrame = {
  readonly id: number;
  shape: Shape | undefined;
  isPrepared: boolean;
  buffer: ScreenBuffer | undefined;
  flags: number;
  /** The output's when its shape was asked for. */
  readonly mode: Mode;
  /** Changes since the previous copy, as far as the compositor reports them. */
  readonly damage: LineRange[];
};

export class Screencopy implements ScreenCapture {
  readonly #connection: WaylandConnection;
  readonly #manager: BoundObject;
  readonly #output: Mode & { readonly id: number; readonly transform: number };
  readonly #buffers: BufferPair;
  #latest: ScreenPicture | undefined;
  readonly #changed = new ChangedLines();
  /** The frame whose copy is not requested yet, and the one being copied. */
  #next: CopyFrame | undefined;
  #copying: CopyFrame | undefined;
  #isWanted = false;
  /** What is shown may not be what the screen shows, and nothing need change there any more. */
  #isStale = false;
  size: { readonly width: number; readonly height: number } | undefined;
  failedCount = 0;

  constructor(
    connection: WaylandConnection,
    objects: {
      manager: BoundObject;
      /** Follows its output. */
      output: Mode & { readonly id: number; readonly transform: number };
      shm: number;
    },
  ) {
    this.#connection = connection;
    this.#manager = objects.manager;
    this.#output = objects.output;
    this.#buffers = new BufferPair(connection, objects.shm);
  }

  request(): void {
    this.#isWanted = true;
    if (this.#next === undefined) this.#prepare();
    else this.#copyNext();
  }

  take(): ScreenPicture | undefined {
    const latest = this.#latest;
    this.#latest = undefined;
    return latest && { ...latest, changed: this.#changed.take() };
  }

  release(): void {
    this.#buffers.release();
  }

  [Symbol.dispose](): void {
    for (const frame of [this.#next, this.#copying]) {
      if (frame !== undefined) this.#connection.send(frame.id, requests.destroy, []);
    }
    this.#buffers[Symbol.dispose]();
  }

  #prepare(): void {
    const withCursor = 1;
    const { width, height } = this.#output;
    const id = this.#connection.makeObject((opcode, args) => this.#onEvent(frame, opcode, args));
    const frame: CopyFrame = {
      id,
      shape: undefined,
      isPrepared: false,
      buffer: undefined,
      flags: 0,
      mode: { width, height },
      damage: [],
    };
    this.#next = frame;
    this.#connection.send(this.#manager.id, requests.captureOutput, [
      id,
      withCursor,
      this.#output.id,
    ]);
  }

  #copyNext(): void {
    const frame = this.#next;
    if (frame?.shape === undefined || !frame.isPrepared) return;
    if (!this.#isWanted || this.#copying !== undefined) return;
    this.#isWanted = false;
    this.#next = undefined;
    this.#copying = frame;
    frame.buffer = this.#buffers.next(frame.shape);
    // One with damage waits for the next change.
    const isChange = this.#manager.version >= 2 && !this.#isStale;
    this.#isStale = false;
    const request = isChange ? requests.copyWithDamage : requests.copy;
    this.#connection.send(frame.id, request, [frame.buffer.id]);
    this.#prepare();
  }

  #onEvent(frame: CopyFrame, opcode: number, args: Arguments): void {
    // Of one already destroyed, which the compositor had not read yet.
    if (frame !== this.#next && frame !== this.#copying) return;
    switch (opcode) {
      case events.buffer:
        this.#onShape(frame, args);
        return;
      case events.bufferDone:
        frame.isPrepared = true;
        this.#copyNext();
        return;
      case events.flags:
        frame.flags = args.uint();
        return;
      case events.damage:
        if (frame.damage.length < damageCountMax) frame.damage.push(linesOf(args));
        return;
      case events.ready:
        this.#onReady(frame, args);
        return;
      case events.failed:
        this.#onFailed(frame);
        return;
      default:
        return;
    }
  }

  #onShape(frame: CopyFrame, args: Arguments): void {
    const [format, width, height, stride] = [args.uint(), args.uint(), args.uint(), args.uint()];
    frame.shape = { format, width, height, stride };
    this.size = { width, height };
    // Before version 3 nothing follows.
    if (this.#manager.version < 3) frame.isPrepared = true;
    if (frame.isPrepared) this.#copyNext();
  }

  #onReady(frame: CopyFrame, args: Arguments): void {
    this.#end(frame);
    this.failedCount = 0;
    const { shape, buffer, flags } = frame;
    if (shape === undefined || buffer === undefined) return;
    if (this.#isOutgrown(frame)) {
      this.#startAnew();
      this.request();
      return;
    }
    const isUpsideDown = (flags & flagUpsideDown) !== 0;
    if (buffer.isFresh || isUpsideDown || frame.damage.length === 0) this.#changed.addAll();
    else this.#changed.add(frame.damage);
    buffer.isFresh = false;
    this.#latest = {
      bytes: buffer.bytes,
      isBlueFirst: isBlueFirst(shape.format),
      width: shape.width,
      height: shape.height,
      stride: shape.stride,
      isUpsideDown,
      transform: this.#output.transform,
      shownUs: args.time(),
    };
    this.#copyNext();
  }

  /** The output changed its format, or is off: the next request repeats this one. */
  #onFailed(frame: CopyFrame): void {
    this.failedCount += 1;
    this.#end(frame);
    this.#startAnew();
  }

  /** A compositor fills a buffer of the old shape with a part of the screen that has grown meanwhile. */
  #isOutgrown({ mode }: CopyFrame): boolean {
    return mode.width !== this.#output.width || mode.height !== this.#output.height;
  }

  /** The next picture will be the whole screen as it is, in a shape that is asked for again. */
  #startAnew(): void {
    this.#isStale = true;
    this.#changed.addAll();
    if (this.#next !== undefined) this.#end(this.#next);
  }

  #end(frame: CopyFrame): void {
    this.#connection.send(frame.id, requests.destroy, []);
    if (this.#copying === frame) this.#copying = undefined;
    if (this.#next === frame) this.#next = undefined;
  }
}

/** Of a box that changed: x, y, width, height. */
function linesOf(args: Arguments): LineRange {
  const [, from, , height] = [args.uint(), args.uint(), args.uint(), args.uint()];
  return { from, end: from + height };
}
