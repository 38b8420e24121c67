/**
 * Order of what one ENet channel receives: reliable messages each once and in order, unreliable
 * ones only when newer and sent since the last reliable one.
 */

/** Messages held because one before them is missing; the player resends what does not fit. */
const heldCountMax = 128;
/** Sequences further ahead than this are old ones, wrapped around. */
const aheadMax = 0x7000;

export class EnetChannel {
  /** Last reliable message sent. */
  outSequence = 0;
  readonly #held = new Map<number, Buffer>();
  #sequence = 0;
  #unreliable = 0;

  /** Reliable messages that are due now, in order. The bytes given are copied when held. */
  receiveReliable(sequence: number, data: Buffer): Buffer[] {
    const ahead = (sequence - this.#sequence) & 0xffff;
    if (ahead === 0 || ahead > aheadMax) return [];
    if (ahead > 1) {
      if (this.#held.size < heldCountMax) this.#held.set(sequence, Buffer.from(data));
      return [];
    }
    const due = [data];
    this.#advance();
    for (;;) {
      const next = (this.#sequence + 1) & 0xffff;
      const held = this.#held.get(next);
      if (held === undefined) return due;
      this.#held.delete(next);
      this.#advance();
      due.push(held);
    }
  }

  /** Whether the message is newer than all before it. */
  receiveUnreliable(sequence: number, unreliable: number): boolean {
    const ahead = (unreliable - this.#unreliable) & 0xffff;
    if (sequence !== this.#sequence || ahead === 0 || ahead > 0x8000) return false;
    this.#unreliable = unreliable;
    return true;
  }

  #advance(): void {
    this.#sequence = (this.#sequence + 1) & 0xffff;
    this.#unreliable = 0;
  }
}

/** Unsequenced messages carry a group; a group that came lately is a repeat. */
export class GroupWindow {
  readonly #groups = new Int32Array(1024).fill(-1);

  isFresh(group: number): boolean {
    const slot = group % this.#groups.length;
    if (this.#groups[slot] === group) return false;
    this.#groups[slot] = group;
    return true;
  }
}
