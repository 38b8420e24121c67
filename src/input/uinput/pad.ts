/**
 * A player's pad as a device of this machine: an Xbox 360 pad, which every game supports. It has no
 * paddles, touch surface or sensors: these are left out.
 */
import type { Scheduler } from "../../base/scheduler.ts";
import { type PadEvent, padButtons } from "../event.ts";
import { type DeviceShape, type Uinput, UinputDevice } from "./device.ts";
import { effectCountMax, RumbleMixer, type Strength } from "./rumble.ts";
import {
  answerUpload,
  type DeviceEvent,
  effects,
  eventTypes,
  readErase,
  readUpload,
  requests,
  uinputCodes,
  writeEraseRequest,
  writeUploadRequest,
} from "./wire.ts";

/** The kernel's `BTN_…` by the player's bit. */
const keys: readonly (readonly [bit: number, code: number])[] = [
  [padButtons.a, 0x130],
  [padButtons.b, 0x131],
  [padButtons.x, 0x133],
  [padButtons.y, 0x134],
  [padButtons.leftShoulder, 0x136],
  [padButtons.rightShoulder, 0x137],
  [padButtons.back, 0x13a],
  [padButtons.start, 0x13b],
  [padButtons.guide, 0x13c],
  [padButtons.leftStick, 0x13d],
  [padButtons.rightStick, 0x13e],
];
const stick = { min: -32_768, max: 32_767, fuzz: 16, flat: 128 };
const trigger = { min: 0, max: 255 };
const hat = { min: -1, max: 1 };
/** `ABS_…`. */
const axes = {
  leftX: 0,
  leftY: 1,
  leftTrigger: 2,
  rightX: 3,
  rightY: 4,
  rightTrigger: 5,
  hatX: 0x10,
  hatY: 0x11,
} as const;

/** As the kernel's own driver presents it to programs. */
const shape: DeviceShape = {
  identity: {
    ...{ name: "Microsoft X-Box 360 pad", bus: 3 },
    ...{ vendor: 0x045e, product: 0x028e, version: 0x0114 },
  },
  keys: keys.map(([, code]) => code),
  absolute: [
    ...[axes.leftX, axes.leftY, axes.rightX, axes.rightY].map((code) => ({ code, ...stick })),
    ...[axes.leftTrigger, axes.rightTrigger].map((code) => ({ code, ...trigger })),
    ...[axes.hatX, axes.hatY].map((code) => ({ code, ...hat })),
  ],
  rumbleCountMax: effectCountMax,
};

type PadState = Omit<PadEvent, "kind" | "pad" | "activeMask">;

const atRest: PadState = {
  ...{ buttons: 0, leftTrigger: 0, rightTrigger: 0 },
  ...{ leftX: 0, leftY: 0, rightX: 0, rightY: 0 },
};

/** The values of a state for programs, in the order of `axes`. */
function axisValues(state: PadState): readonly (readonly [code: number, value: number])[] {
  const { buttons } = state;
  const side = (towards: number, back: number) =>
    Number((buttons & towards) !== 0) - Number((buttons & back) !== 0);
  return [
    [axes.leftX, state.leftX],
    // Down is positive there; this way the whole range stays within 16 bits.
    [axes.leftY, ~state.leftY],
    [axes.leftTrigger, state.leftTrigger],
    [axes.rightX, state.rightX],
    [axes.rightY, ~state.rightY],
    [axes.rightTrigger, state.rightTrigger],
    [axes.hatX, side(padButtons.dpadRight, padButtons.dpadLeft)],
    [axes.hatY, side(padButtons.dpadDown, padButtons.dpadUp)],
  ];
}

/** Lives from the pad's first event to its last. */
export class UinputPad {
  readonly #device: UinputDevice;
  readonly #mixer: RumbleMixer;

  /** @throws the system's error when the device cannot be made */
  constructor(
    uinput: Uinput,
    deps: { readonly scheduler: Scheduler; onRumble(strength: Strength): void },
  ) {
    this.#mixer = new RumbleMixer(deps.scheduler, (strength) => deps.onRumble(strength));
    this.#device = new UinputDevice(uinput, shape, (event) => this.#onEvent(event));
  }

  /** The kernel itself drops unchanged values. */
  apply(state: PadState): void {
    for (const [bit, code] of keys) this.#device.putKey(code, (state.buttons & bit) !== 0);
    for (const [code, value] of axisValues(state)) this.#device.putAxis(code, value);
    this.#device.sync();
  }

  /** Releases buttons, centres sticks. */
  release(): void {
    this.apply(atRest);
  }

  close(): void {
    this.#mixer.close();
    this.#device.close();
  }

  #onEvent({ type, code, value }: DeviceEvent): void {
    if (type === eventTypes.uinput && code === uinputCodes.upload) this.#upload(value);
    else if (type === eventTypes.uinput && code === uinputCodes.erase) this.#erase(value);
    else if (type === eventTypes.effect && code === effects.gain) this.#mixer.setGain(value);
    else if (type === eventTypes.effect) this.#mixer.play(code, value);
  }

  /** The uploading program waits for the answer. */
  #upload(request: number): void {
    const bytes = writeUploadRequest(request);
    if (!this.#device.control(requests.beginUpload, bytes)) return;
    const effect = readUpload(bytes);
    answerUpload(bytes, effect !== undefined && this.#mixer.upload(effect));
    this.#device.control(requests.endUpload, bytes);
  }

  #erase(request: number): void {
    const bytes = writeEraseRequest(request);
    if (!this.#device.control(requests.beginErase, bytes)) return;
    this.#mixer.erase(readErase(bytes));
    this.#device.control(requests.endErase, bytes);
  }
}
