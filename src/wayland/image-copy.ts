/**
 * Pictures of an output by ext-image-copy-capture, the standard that follows wlr-screencopy: the
 * session announces the format once, so that a picture needs no round trip.
 */
import { BufferPair, type ScreenBuffer, type Shape } from "./buffers.ts";
import { ChangedLines } from "./changed-lines.ts";
import type { BoundObject, WaylandConnection } from "./connection.ts";
import { isBlueFirst, type ScreenCapture, type ScreenPicture, shmFormats } from "./picture.ts";
import type { Arguments } from "./wire/message.ts";

const sessionEvents = { bufferSize: 0, shmFormat: 1, done: 4, stopped: 5 };
const frameEvents = { transform: 0, damage: 1, presentationTime: 2, ready: 3, failed: 4 };
const frameRequests = { destroy: 0, attachBuffer: 1, damageBuffer: 2, capture: 3 };
const paintCursors = 1;
/** Regions that are passed on; with more the whole buffer counts as damaged. */
const regionCountMax = 64;

type Region = readonly [number, number, number, number];

export class ImageCopy implements ScreenCapture {
  readonly #connection: WaylandConnection;
  readonly #buffers: BufferPair;
  readonly #session: number;
  #latest: ScreenPicture | undefined;
  readonly #changed = new ChangedLines();
  #formats: number[] = [];
  #hasShape = false;
  #isAsked = false;
  #isStopped = false;
  /** What the buffer that was drawn last received: the other one lacks it. */
  #damage: Region[] = [];
  size: { readonly width: number; readonly height: number } | undefined;
  failedCount = 0;

  constructor(
    connection: WaylandConnection,
    objects: { manager: BoundObject; sources: BoundObject; output: number; shm: number },
  ) {
    this.#connection = connection;
    this.#buffers = new BufferPair(connection, objects.shm);
    const source = connection.makeObject();
    connection.send(objects.sources.id, 0, [source, objects.output]);
    this.#session = connection.makeObject((opcode, args) => this.#onSession(opcode, args));
    connection.send(objects.manager.id, 0, [this.#session, source, paintCursors]);
    connection.send(source, 0, []);
  }

  request(): void {
    const shape = this.#shape();
    if (this.#isAsked || this.#isStopped || shape === undefined) return;
    this.#isAsked = true;
    const buffer = this.#buffers.next(shape);
    const pending = { shape, buffer, damage: [] as Region[], transform: 0, shownUs: 0 };
    const id = this.#connection.makeObject((opcode, args) =>
      this.#onFrame({ id, pending, opcode, args }),
    );
    this.#connection.send(this.#session, 0, [id]);
    this.#connection.send(id, frameRequests.attachBuffer, [buffer.id]);
    for (const region of this.#missing(buffer, shape)) {
      this.#connection.send(id, frameRequests.damageBuffer, region);
    }
    this.#connection.send(id, frameRequests.capture, []);
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
    this.#connection.send(this.#session, 1, []);
    this.#buffers[Symbol.dispose]();
  }

  #missing(buffer: ScreenBuffer, { width, height }: Shape): readonly Region[] {
    const isWhole = buffer.isFresh || this.#damage.length >= regionCountMax;
    return isWhole ? [[0, 0, width, height]] : this.#damage;
  }

  #shape(): Shape | undefined {
    const { size } = this;
    if (!this.#hasShape || size === undefined) return undefined;
    const known = [shmFormats.xrgb8888, shmFormats.argb8888, shmFormats.xbgr8888];
    const format = known.find((one) => this.#formats.includes(one)) ?? this.#formats[0];
    if (format === undefined) return undefined;
    return { ...size, stride: size.width * 4, format };
  }

  #onSession(opcode: number, args: Arguments): void {
    if (opcode === sessionEvents.bufferSize) {
      this.size = { width: args.uint(), height: args.uint() };
      this.#formats = [];
      this.#hasShape = false;
    } else if (opcode === sessionEvents.shmFormat) {
      if (this.#formats.length < regionCountMax) this.#formats.push(args.uint());
    } else if (opcode === sessionEvents.done) {
      this.#hasShape = true;
    } else if (opcode === sessionEvents.stopped) {
      this.#isStopped = true;
    }
  }

  #onFrame({ id, pending, opcode, args }: FrameEvent): void {
    switch (opcode) {
      case frameEvents.transform:
        pending.transform = args.uint() & 7;
        return;
      case frameEvents.damage:
        if (pending.damage.length < regionCountMax) {
          pending.damage.push([args.int(), args.int(), args.int(), args.int()]);
        }
        return;
      case frameEvents.presentationTime:
        pending.shownUs = args.time();
        return;
      case frameEvents.ready:
        this.#endFrame(id);
        this.#onReady(pending);
        return;
      case frameEvents.failed:
        this.failedCount += 1;
        this.#changed.addAll();
        // What was drawn into it is not known.
        pending.buffer.isFresh = true;
        this.#endFrame(id);
        return;
      default:
        return;
    }
  }

  #onReady({ shape, buffer, damage, transform, shownUs }: Pending): void {
    this.failedCount = 0;
    const isWhole = buffer.isFresh || damage.length === 0 || damage.length === regionCountMax;
    if (isWhole) this.#changed.addAll();
    else this.#changed.add(damage.map(([, from, , lines]) => ({ from, end: from + lines })));
    buffer.isFresh = false;
    this.#damage = damage;
    const { width, height, stride, format } = shape;
    this.#latest = {
      bytes: buffer.bytes,
      isBlueFirst: isBlueFirst(format),
      width,
      height,
      stride,
      isUpsideDown: false,
      transform,
      shownUs,
    };
  }

  #endFrame(id: number): void {
    this.#connection.send(id, frameRequests.destroy, []);
    this.#isAsked = false;
  }
}

type Pending = {
  readonly shape: Shape;
  readonly buffer: ScreenBuffer;
  readonly damage: Region[];
  transform: number;
  shownUs: number;
};

type FrameEvent = {
  readonly id: number;
  readonly pending: Pending;
  readonly opcode: number;
  readonly args: Arguments;
};
