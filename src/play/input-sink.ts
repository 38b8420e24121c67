/**
 * Where a session's input goes, of any path: to the display that its picture comes from, if the
 * operator allows it; nowhere otherwise. Input before the display has answered is dropped.
 */

import { unreachable } from "../base/assert.ts";
import { warn } from "../base/log.ts";
import { closeTarget, type InputTarget, isReachedByDevices } from "../desktop/input-target.ts";
import { isAction } from "../input/action.ts";
import { ContactPointer } from "../input/contact-pointer.ts";
import type { InputEvent, Rumble } from "../input/event.ts";
import type { Injector } from "../input/injector.ts";
import { PlayerDevices, padCountUsual } from "../input/player-devices.ts";
import type { Uinput } from "../input/uinput/device.ts";
import type { InputProblem } from "../model/input-problem.ts";
import { fitPicture } from "../video/sources/fit.ts";
import type { PictureSize } from "../video/sources/source.ts";

/** The input of one session. */
export type InputSink = {
  /**
   * The source is open, and takes input there; nowhere without a target. Resolves when input
   * arrives there: false when it goes nowhere. Called again when the source has another target:
   * held keys are released at the old one.
   */
  reach(target: InputTarget | undefined): Promise<boolean>;
  accept(event: InputEvent): void;
  /** The player is silent: pads, fingers and pen are released until it is heard again. */
  release(): void;
  /** Why pads, fingers and pen do not arrive; `undefined` while nothing is in the way. */
  readonly problem: InputProblem | undefined;
  /** The picture of the screen has this size now. */
  resize(size: PictureSize): void;
  /**
   * Releases everything that is held. Resolves when that has taken effect, or after two seconds.
   */
  close(): Promise<void>;
};

/** Options of a session's input. */
type InputOptions = {
  readonly source: string;
  readonly isOn: boolean;
  readonly stream: PictureSize;
  /** Name for the log when the display cannot be reached. */
  readonly warning: "gamestream_input_dropped" | "watch_input_dropped";
  /** Pads that the player may have at a time; four unless its protocol has more. */
  readonly padCountMax?: number;
  /** A program makes a pad rumble. */
  onRumble?(rumble: Rumble): void;
  /** Each intentional input that reached the source: a key, a click, a move, not a sensor. */
  onAction?(): void;
  /** The machine's own unless given. */
  readonly uinput?: Uinput;
};

/**
 * If it cannot be opened this is logged, and the session continues without input. Nothing is
 * forwarded before `reach` has been called.
 */
export function openInput(options: InputOptions): InputSink {
  return new SessionInput(options);
}

class SessionInput implements InputSink {
  readonly #options: InputOptions;
  readonly #devices: PlayerDevices;
  readonly #pointer = new ContactPointer((event) => this.#injector?.inject(event));
  #injector: Injector | undefined;
  #target: InputTarget | undefined;
  #size: PictureSize | undefined;
  #problem: InputProblem | undefined;
  #isClosed = false;

  constructor(options: InputOptions) {
    this.#options = options;
    const { source, padCountMax = padCountUsual, uinput } = options;
    this.#devices = new PlayerDevices({
      ...{ padCountMax, uinput },
      onRumble: (rumble) => options.onRumble?.(rumble),
      onProblem: (problem, cause) => {
        this.#problem = problem;
        if (problem !== undefined) warn("input_devices_missing", { source, cause });
      },
      place: () => placementIn(options.stream, this.#size ?? options.stream),
    });
  }

  get problem(): InputProblem | undefined {
    return this.#problem;
  }

  async reach(target: InputTarget | undefined): Promise<boolean> {
    const { isOn, source, stream, warning } = this.#options;
    if (!isOn || this.#isClosed) {
      closeTarget(target);
      return false;
    }
    const isKept = this.#injector !== undefined && isSamePlace(this.#target, target);
    if (isKept) return true;
    void this.#injector?.close();
    this.#injector = undefined;
    this.#target = target;
    if (target === undefined) return false;
    if (target.kind !== "x11") this.#size ??= target.size;
    try {
      // Loaded by the first player that sends input.
      const { openInjector } = await import("../input/open-injector.ts");
      this.#use(await openInjector(target, (screen) => placementIn(stream, screen)), target);
      return true;
    } catch (cause) {
      warn(warning, { source, cause });
      return false;
    }
  }

  /**
   * Pads are always devices of the machine, fingers and pens if they act on the streamed picture.
   */
  accept(event: InputEvent): void {
    if (this.#target === undefined) return;
    if (this.#injector !== undefined && isAction(event)) this.#options.onAction?.();
    const isContact = event.kind === "touch" || event.kind === "pen";
    if (!isContact) {
      this.#devices.accept(event);
      this.#injector?.inject(event);
    } else if (isReachedByDevices(this.#target)) this.#devices.accept(event);
    else this.#pointer.accept(event);
  }

  release(): void {
    this.#devices.release();
    this.#pointer.release();
  }

  resize(size: PictureSize): void {
    this.#size = size;
    this.#injector?.resize?.(size);
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.#devices.close();
    await this.#injector?.close();
  }

  #use(injector: Injector, target: InputTarget): void {
    // The source has moved again while this was opened.
    if (target !== this.#target) return void injector.close();
    this.#injector = injector;
    if (this.#size !== undefined) injector.resize?.(this.#size);
    if (this.#isClosed) void injector.close();
  }
}

/** Whether two targets are the same; a session on the bus is never the same. */
function isSamePlace(one: InputTarget | undefined, other: InputTarget | undefined): boolean {
  switch (other?.kind) {
    case "x11":
      return one?.kind === "x11" && one.display === other.display;
    case "wayland":
      return one?.kind === "wayland" && one.path === other.path && one.output === other.output;
    case "seat":
      return one?.kind === "seat";
    case "bus":
    case undefined:
      return false;
    default:
      return unreachable(other);
  }
}

/** Without the black bars, as shares of the stream's sides. */
function placementIn(stream: PictureSize, screen: PictureSize) {
  const { x, y, width, height } = fitPicture(screen, stream);
  return {
    x: x / stream.width,
    y: y / stream.height,
    width: width / stream.width,
    height: height / stream.height,
  };
}
