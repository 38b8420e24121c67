/**
 * Which modifiers are active, from the held keys. A virtual keyboard of Wayland must send them
 * itself: the compositor does not derive them from its keys.
 */

/** The bits of XKB's real modifiers, which every keymap has in this order. */
const bits = { shift: 1, lock: 2, control: 4, alt: 8, numLock: 16, super: 64, level3: 128 };
const capsLock = 58;
const rightAlt = 100;

const held: ReadonlyMap<number, number> = new Map([
  [42, bits.shift],
  [54, bits.shift],
  [29, bits.control],
  [97, bits.control],
  [56, bits.alt],
  [125, bits.super],
  [126, bits.super],
]);

/** For one keyboard. Keys are numbered as in the kernel. */
export class Modifiers {
  readonly #held = new Set<number>();
  readonly #rightAlt: number;
  #isCapsLocked = false;

  /** @param hasLevel3 whether the right alt key chooses the third level, as on most layouts but US. */
  constructor(hasLevel3: boolean) {
    this.#rightAlt = hasLevel3 ? bits.level3 : bits.alt;
  }

  /** Bits of those that are held. */
  get depressed(): number {
    let mask = 0;
    for (const key of this.#held) mask |= this.#bitOf(key);
    return mask;
  }

  /**
   * Bits of the locked ones. The keypad's keys are always digits: players send its other keys with
   * other codes.
   */
  get locked(): number {
    return bits.numLock | (this.#isCapsLocked ? bits.lock : 0);
  }

  /** Takes a key press or release. True when a modifier has changed. */
  follow(key: number, isDown: boolean): boolean {
    if (key === capsLock) {
      if (isDown) this.#isCapsLocked = !this.#isCapsLocked;
      return isDown;
    }
    if (this.#bitOf(key) === 0) return false;
    if (isDown) this.#held.add(key);
    else this.#held.delete(key);
    return true;
  }

  #bitOf(key: number): number {
    return key === rightAlt ? this.#rightAlt : (held.get(key) ?? 0);
  }
}
