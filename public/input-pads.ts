/**
 * Gamepads while input is captured: read at each repaint, sent when something has changed. Button
 * numbers are those of the GameStream protocol, which the host's paths share.
 */
import { type Bytes, type HostAnswer, type PadState, padMessage } from "./input-wire.ts";

const padCountMax = 4;

/** By button number in the browsers' standard layout: the host's bit. */
const bits: readonly number[] = [
  ...[0x1000, 0x2000, 0x4000, 0x8000, 0x0100, 0x0200],
  // Both triggers have a value of their own.
  ...[0, 0, 0x0020, 0x0010, 0x0040, 0x0080, 0x0001, 0x0002, 0x0004, 0x0008, 0x0400],
];
const [leftTrigger, rightTrigger] = [6, 7];

/** Reads gamepads until `stop`. */
export class PadInput {
  readonly #send: (message: Bytes) => void;
  readonly #last: (string | undefined)[] = [];
  readonly #held = new Set<number>();
  #request = 0;

  constructor(send: (message: Bytes) => void) {
    this.#send = send;
    this.#look();
  }

  /** The host drops a page that is silent: it must be notified of this pad. */
  get isHolding(): boolean {
    return this.#held.size > 0;
  }

  /** For the host, nothing is pressed any more. */
  stop(): void {
    cancelAnimationFrame(this.#request);
    for (const pad of this.#last.keys()) this.#leave(pad, 0);
  }

  rumble({ pad, low, high, ms }: Extract<HostAnswer, { kind: "rumble" }>): void {
    const motors = { weakMagnitude: high / 65_535, strongMagnitude: low / 65_535 };
    const actuator = navigator.getGamepads()[pad]?.vibrationActuator;
    // A pad may have been unplugged, or have no motors.
    actuator?.playEffect("dual-rumble", { duration: ms, ...motors }).catch(() => undefined);
  }

  #look(): void {
    const pads = navigator.getGamepads().slice(0, padCountMax);
    const activeMask = pads.reduce((mask, pad, index) => mask | (pad === null ? 0 : 1 << index), 0);
    for (const [index, pad] of pads.entries()) {
      if (pad !== null) this.#follow(padStateOf(pad, index, activeMask));
      else if (this.#last[index] !== undefined) this.#leave(index, activeMask);
    }
    this.#request = requestAnimationFrame(() => this.#look());
  }

  /** For the host it is unplugged. */
  #leave(pad: number, activeMask: number): void {
    this.#last[pad] = undefined;
    this.#held.delete(pad);
    const rest = { buttons: 0, triggers: [0, 0], sticks: [0, 0, 0, 0] } as const;
    this.#send(padMessage(performance.now(), { pad, activeMask, ...rest }));
  }

  #follow(state: PadState): void {
    const text = JSON.stringify(state);
    if (this.#last[state.pad] === text) return;
    this.#last[state.pad] = text;
    if (isHeld(state)) this.#held.add(state.pad);
    else this.#held.delete(state.pad);
    this.#send(padMessage(performance.now(), state));
  }
}

/** A stick that nobody touches is slightly off centre. */
const restMax = 0.25;

function isHeld({ buttons, triggers, sticks }: PadState): boolean {
  const isPressed = buttons !== 0 || triggers.some((trigger) => trigger > 0);
  return isPressed || sticks.some((at) => Math.abs(at) > restMax);
}

export function padStateOf(
  { buttons, axes }: Pick<Gamepad, "buttons" | "axes">,
  pad: number,
  activeMask: number,
): PadState {
  const value = (index: number) => buttons[index]?.value ?? 0;
  const axis = (index: number) => axes[index] ?? 0;
  return {
    ...{ pad, activeMask },
    buttons: buttons.reduce((all, { pressed }, at) => all | (pressed ? (bits[at] ?? 0) : 0), 0),
    triggers: [value(leftTrigger), value(rightTrigger)],
    // In browsers, down is positive.
    sticks: [axis(0), 0 - axis(1), axis(2), 0 - axis(3)],
  };
}
