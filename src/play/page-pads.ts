/**
 * The pads of one page, as devices of this machine: they are created with their first event and
 * removed with the page. Rumble is sent back to it, and a notice if this machine creates no
 * devices.
 */
import type { Cancel, Scheduler } from "../base/scheduler.ts";
import type { PadEvent, Rumble } from "../input/event.ts";
import { PlayerDevices, padCountUsual } from "../input/player-devices.ts";
import type { Uinput } from "../input/uinput/device.ts";
import { padStates, silenceMs } from "./wire/layout.ts";
import { writePadState, writeRumble } from "./wire/message.ts";

/** Browsers end a rumble after five seconds; one that lasts longer is sent again before that. */
const rumbleMs = 5000;
const repeatMs = 4500;
const whole = { x: 0, y: 0, width: 1, height: 1 };

type Options = {
  readonly scheduler: Scheduler;
  /** To the page. */
  send(bytes: Uint8Array<ArrayBuffer>): void;
  /** Pads do not arrive, and why. Once until they do. */
  onProblem(cause: unknown): void;
  /** The machine's own unless given. */
  readonly uinput?: Uinput | undefined;
};

/** Close it with the page. */
export class PagePads {
  readonly #options: Options;
  readonly #devices: PlayerDevices;
  /** By pad: sends its rumble again. */
  readonly #repeats = new Map<number, Cancel>();
  #silence: Cancel | undefined;
  #hasPad = false;

  constructor(options: Options) {
    this.#options = options;
    this.#devices = new PlayerDevices({
      ...{ scheduler: options.scheduler, uinput: options.uinput, padCountMax: padCountUsual },
      onRumble: (rumble) => this.#rumble(rumble),
      onProblem: (problem, cause) => this.#tell(problem !== undefined, cause),
      place: () => whole,
    });
  }

  accept(event: PadEvent): void {
    this.#hasPad = true;
    this.#devices.accept(event);
    this.heard();
  }

  /** Something came from the page: it is not silent. */
  heard(): void {
    if (!this.#hasPad) return;
    this.#silence?.();
    this.#silence = this.#options.scheduler.after(silenceMs, () => this.release());
  }

  /** Everything is released; the pads stay. */
  release(): void {
    this.#silence?.();
    this.#silence = undefined;
    this.#devices.release();
  }

  close(): void {
    this.#silence?.();
    for (const cancel of this.#repeats.values()) cancel();
    this.#repeats.clear();
    this.#devices.close();
  }

  #tell(isProblem: boolean, cause: unknown): void {
    this.#options.send(writePadState(isProblem ? padStates.leftOut : padStates.arriving));
    if (isProblem) this.#options.onProblem(cause);
  }

  #rumble(rumble: Rumble): void {
    this.#repeats.get(rumble.pad)?.();
    this.#repeats.delete(rumble.pad);
    const isOver = rumble.strong === 0 && rumble.weak === 0;
    this.#options.send(writeRumble(rumble, isOver ? 0 : rumbleMs));
    if (isOver) return;
    const again = () => this.#rumble(rumble);
    this.#repeats.set(rumble.pad, this.#options.scheduler.after(repeatMs, again));
  }
}
