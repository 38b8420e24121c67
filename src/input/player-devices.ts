/**
 * A player's devices besides keyboard and mouse, as devices of this machine: pads, a touch screen,
 * a pen. They are created with their first event and removed with the session; without the right to
 * create them, the events are dropped and the reason is reported.
 */
import { errorText } from "../base/error-text.ts";
import { type Cancel, type Scheduler, timers } from "../base/scheduler.ts";
import type { InputProblem } from "../model/input-problem.ts";
import type { InputEvent, PadEvent, PenEvent, Rumble, TouchEvent } from "./event.ts";
import { shareOf } from "./injector.ts";
import type { Uinput } from "./uinput/device.ts";
import { kernelUinput } from "./uinput/kernel.ts";
import { UinputPad } from "./uinput/pad.ts";
import { UinputPen } from "./uinput/pen.ts";
import { type Share, UinputTouch } from "./uinput/touch.ts";

/** Pads of one session, unless its protocol has more. */
export const padCountUsual = 4;
/** After a device could not be created: the operator may have granted the right meanwhile. */
const retryMs = 2000;

/** The part of the stream that the screen fills, as shares of the stream's sides. */
type Place = Readonly<Record<"x" | "y" | "width" | "height", number>>;

/** Options of a session's devices. */
export type PlayerDevicesOptions = {
  readonly padCountMax: number;
  /** A program makes a pad rumble, or stops it. */
  onRumble(rumble: Rumble): void;
  /** Devices are missing for a reason, or available again: `undefined`. */
  onProblem(problem: InputProblem | undefined, cause: unknown): void;
  /** The position of the streamed screen in the stream. */
  place(): Place;
  readonly scheduler?: Scheduler | undefined;
  readonly uinput?: Uinput | undefined;
};

/** For one session. Close it with the session: all devices are removed then. */
export class PlayerDevices {
  readonly #options: PlayerDevicesOptions;
  readonly #uinput: Uinput;
  readonly #scheduler: Scheduler;
  readonly #pads = new Map<number, UinputPad>();
  #touch: UinputTouch | undefined;
  #pen: UinputPen | undefined;
  #isRumbleOn = true;
  #waiting: Cancel | undefined;
  #hasProblem = false;
  #isClosed = false;

  constructor(options: PlayerDevicesOptions) {
    this.#options = options;
    this.#uinput = options.uinput ?? kernelUinput;
    this.#scheduler = options.scheduler ?? timers;
  }

  /** Takes the events for its kinds of devices; ignores the rest. */
  accept(event: InputEvent): void {
    if (this.#isClosed) return;
    switch (event.kind) {
      case "pad":
        this.#onPad(event);
        break;
      case "touch":
        this.#onTouch(event);
        break;
      case "pen":
        this.#onPen(event);
        break;
      case "haptics":
        this.#isRumbleOn = event.isOn;
        break;
      default:
        break;
    }
  }

  /**
   * The player is silent: everything is released. Its devices stay, since it may be back in a
   * moment.
   */
  release(): void {
    for (const pad of this.#pads.values()) pad.release();
    this.#touch?.release();
    this.#pen?.release();
  }

  close(): void {
    this.#isClosed = true;
    this.#waiting?.();
    for (const pad of this.#pads.values()) pad.close();
    this.#pads.clear();
    this.#touch?.close();
    this.#pen?.close();
  }

  #onPad(event: PadEvent): void {
    for (const [number, pad] of this.#pads) {
      if (isActive(event, number)) continue;
      this.#pads.delete(number);
      pad.close();
    }
    if (isActive(event, event.pad)) this.#padOf(event.pad)?.apply(event);
  }

  #padOf(number: number): UinputPad | undefined {
    const known = this.#pads.get(number);
    if (known !== undefined) return known;
    if (this.#pads.size >= this.#options.padCountMax) return undefined;
    const onRumble = (strength: Omit<Rumble, "pad">) => {
      if (this.#isRumbleOn) this.#options.onRumble({ pad: number, ...strength });
    };
    const pad = this.#make(
      () => new UinputPad(this.#uinput, { scheduler: this.#scheduler, onRumble }),
    );
    if (pad !== undefined) this.#pads.set(number, pad);
    return pad;
  }

  #onTouch(event: TouchEvent): void {
    this.#touch ??= this.#make(() => new UinputTouch(this.#uinput));
    this.#touch?.apply(event, shareIn(event, this.#options.place()));
  }

  #onPen(event: PenEvent): void {
    this.#pen ??= this.#make(() => new UinputPen(this.#uinput));
    this.#pen?.apply(event, shareIn(event, this.#options.place()));
  }

  /** Tried at most every two seconds. */
  #make<Device>(make: () => Device): Device | undefined {
    if (this.#waiting !== undefined) return undefined;
    try {
      const device = make();
      if (this.#hasProblem) this.#options.onProblem(undefined, undefined);
      this.#hasProblem = false;
      return device;
    } catch (cause) {
      this.#waiting = this.#scheduler.after(retryMs, () => {
        this.#waiting = undefined;
      });
      if (!this.#hasProblem) this.#options.onProblem(problemOf(cause), cause);
      this.#hasProblem = true;
      return undefined;
    }
  }
}

function isActive({ activeMask }: PadEvent, pad: number): boolean {
  return ((activeMask >>> pad) & 1) === 1;
}

function shareIn({ x, y }: Share, place: Place): Share {
  return {
    x: shareOf(x, place.x, place.width),
    y: shareOf(y, place.y, place.height),
  };
}

/** Why devices cannot be created now; `undefined` when they can. */
export function deviceProblem(uinput: Uinput = kernelUinput): InputProblem | undefined {
  try {
    uinput.close(uinput.open());
    return undefined;
  } catch (cause) {
    return problemOf(cause);
  }
}

/** Why devices cannot be created, by the system's error. */
export function problemOf(cause: unknown): InputProblem {
  if (!(cause instanceof Error))
    return { code: "devices_failed", values: { detail: String(cause) } };
  const code = "code" in cause ? cause.code : undefined;
  if (code === "EACCES" || code === "EPERM") return { code: "devices_no_rights", values: {} };
  if (code === "ENOENT" || code === "ENODEV" || code === "ENXIO")
    return { code: "devices_missing", values: {} };
  return { code: "devices_failed", values: { detail: errorText(cause) } };
}
