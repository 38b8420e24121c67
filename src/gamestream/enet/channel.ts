/**
 * Order of what one ENet channel receives: reliable messages each once and in order, unreliable
 * ones only when newer and sent since the last reliable one.
 *
 * A message that does not open changes nothing: otherwise anyone who can send from the player's
 * address could use up the numbers of messages that the player has yet to send.
 */

/** Messages held because an earlier one is missing; the player resends what does not fit. */
const heldCountMax = 128;
/** Sequences further ahead than this are old ones, wrapped around. */
const aheadMax = 0x7000;

/** Opens a message; `undefined` when the player did not seal it. Called at most once. */
export type OpenChannel<Message> = () => Message | undefined;

/** One channel of a connection; `Message` is the type of an opened message. */
export class EnetChannel<Message> {
  /** Last reliable message sent. */
  outSequence = 0;
  readonly #held = new Map<number, Message>();
  #sequence = 0;
  #unreliable = 0;

  /**
   * Reliable messages that are due now, in order; none for a repeat or one that must wait.
   * `undefined` when it must not be acknowledged: it did not open, or there is no room for it.
   */
  receiveReliable(sequence: number, open: OpenChannel<Message>): Message[] | undefined {
    const ahead = (sequence - this.#sequence) & 0xffff;
    if (ahead === 0 || ahead > aheadMax || this.#held.has(sequence)) return [];
    if (ahead > 1 && this.#held.size >= heldCountMax) return undefined;
    const message = open();
    if (message === undefined) return undefined;
    if (ahead === 1) return this.#take(message);
    this.#held.set(sequence, message);
    return [];
  }

  /** The message when it opens and is newer than all before it. */
  receiveUnreliable(
    sequence: number,
    unreliable: number,
    open: OpenChannel<Message>,
  ): Message | undefined {
    const ahead = (unreliable - this.#unreliable) & 0xffff;
    if (sequence !== this.#sequence || ahead === 0 || ahead > 0x8000) return undefined;
    const message = open();
    if (message !== undefined) this.#unreliable = unreliable;
    return message;
  }

  /** The missing message, and those that waited for it. */
  #take(message: Message): Message[] {
    const due = [message];
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

  #advance(): void {
    this.#sequence = (this.#sequence + 1) & 0xffff;
    this.#unreliable = 0;
  }
}

/** Unsequenced messages carry a group; a recently seen group is a repeat. */
export class GroupWindow {
  readonly #groups = new Int32Array(1024).fill(-1);

  /** Whether this group was not seen recently. */
  isFresh(group: number): boolean {
    return this.#groups[group % this.#groups.length] !== group;
  }

  /** Its message has been accepted. */
  add(group: number): void {
    this.#groups[group % this.#groups.length] = group;
  }
}
