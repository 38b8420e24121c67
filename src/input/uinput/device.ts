/**
 * A device of this machine that exists while onglass holds it open: programs and the desktop see it
 * as any other. Nothing here waits: events that the kernel does not accept at once are dropped.
 */
import {
  type Axis,
  type DeviceEvent,
  type DeviceIdentity,
  directProperty,
  EventBatch,
  effects,
  eventTypes,
  readEvents,
  requests,
  writeAxis,
  writeSetup,
} from "./wire.ts";

/** The kernel's operations on /dev/uinput, by file descriptor. */
export type Uinput = {
  /** Throws the error of the system, with its `code`. */
  open(): number;
  /** False when it is refused. */
  control(descriptor: number, request: number, argument: number | Uint8Array): boolean;
  /** Drops what the kernel does not accept at once. */
  write(descriptor: number, bytes: Uint8Array, byteCount: number): void;
  /** Reports events until the returned function is called, which closes the descriptor. */
  follow(descriptor: number, onBytes: (bytes: Uint8Array) => void): () => void;
  close(descriptor: number): void;
};

/** The capabilities of a device; the numbers are the kernel's. */
export type DeviceShape = {
  readonly identity: DeviceIdentity;
  /** `KEY_…` and `BTN_…`. */
  readonly keys?: readonly number[];
  /** `REL_…`. */
  readonly relative?: readonly number[];
  readonly absolute?: readonly Axis[];
  /** The touched surface lies over the picture. */
  readonly isDirect?: boolean;
  /** Programs may upload this many rumble effects. */
  readonly rumbleCountMax?: number;
};

/** More than any device of ours changes at once. */
const eventCountMax = 64;

/** Close it when nobody uses it any more: it is removed from the machine then. */
export class UinputDevice {
  readonly #uinput: Uinput;
  readonly #descriptor: number;
  readonly #batch = new EventBatch(eventCountMax);
  readonly #end: () => void;
  #isClosed = false;

  /**
   * @param onEvent requests of programs to the device, such as playing an effect
   * @throws the system's error when it cannot be opened or created
   */
  constructor(
    uinput: Uinput,
    shape: DeviceShape,
    onEvent: (event: DeviceEvent) => void = () => undefined,
  ) {
    this.#uinput = uinput;
    this.#descriptor = uinput.open();
    if (!make(uinput, this.#descriptor, shape)) {
      uinput.close(this.#descriptor);
      throw new Error(`Cannot make the device "${shape.identity.name}": the kernel refuses it`);
    }
    this.#end = uinput.follow(this.#descriptor, (bytes) => {
      if (this.#isClosed) return;
      for (const event of readEvents(bytes)) onEvent(event);
    });
  }

  /** A part of the next change. */
  put(type: number, code: number, value: number): void {
    this.#batch.add(type, code, value);
  }

  putKey(code: number, isDown: boolean): void {
    this.put(eventTypes.key, code, isDown ? 1 : 0);
  }

  putAxis(axis: number, value: number): void {
    this.put(eventTypes.absolute, axis, value);
  }

  /** The parts since the last sync take effect now, together. */
  sync(): void {
    if (this.#batch.byteCount === 0) return;
    this.#batch.add(eventTypes.sync, 0, 0);
    if (!this.#isClosed) {
      this.#uinput.write(this.#descriptor, this.#batch.bytes, this.#batch.byteCount);
    }
    this.#batch.clear();
  }

  /** Answers the request of an event of type `uinput`; false when the kernel refuses. */
  control(request: number, argument: Uint8Array): boolean {
    return !this.#isClosed && this.#uinput.control(this.#descriptor, request, argument);
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#end();
  }
}

function make(uinput: Uinput, descriptor: number, shape: DeviceShape): boolean {
  const { keys = [], relative = [], absolute = [], rumbleCountMax = 0, isDirect = false } = shape;
  const ask = (request: number, argument: number | Uint8Array) =>
    uinput.control(descriptor, request, argument);
  const allow = (type: number, request: number, codes: readonly number[]) =>
    codes.length === 0 ||
    (ask(requests.allowType, type) && codes.every((code) => ask(request, code)));
  return (
    allow(eventTypes.key, requests.allowKey, keys) &&
    allow(eventTypes.relative, requests.allowRelative, relative) &&
    (absolute.length === 0 || ask(requests.allowType, eventTypes.absolute)) &&
    absolute.every((axis) => ask(requests.setupAxis, writeAxis(axis))) &&
    (!isDirect || ask(requests.setProperty, directProperty)) &&
    (rumbleCountMax === 0 ||
      allow(eventTypes.effect, requests.allowEffect, [effects.rumble, effects.gain])) &&
    ask(requests.setup, writeSetup(shape.identity, rumbleCountMax)) &&
    ask(requests.create, 0)
  );
}
