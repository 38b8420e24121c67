/**
 * The sound for one viewer: packets in order, five per group. A viewer that is too slow loses
 * queued packets and continues with the newest one; sound is never sent late.
 */
import type { Group, Time } from "@moq/net";
import type { BroadcastFeed, OutgoingGroup } from "./feed.ts";

/** One packet, shared by all viewers. */
export type AudioPacket = {
  /** Of its group. */
  readonly sequence: number;
  /** Time when it was played at the source, as a varint of microseconds, then the Opus packet. */
  readonly payload: Uint8Array;
  readonly timestamp: Time.Timestamp;
};

/** Half a second of packets of 20 ms. */
export const waitingCountMax = 25;

/** The packets for one viewer, at most `waitingCountMax`; more are counted and dropped. */
export class AudioFeed implements BroadcastFeed {
  droppedCount = 0;
  readonly #onClosed: (feed: AudioFeed) => void;
  readonly #waiting: AudioPacket[] = [];
  /** Group readers and `next` wait at the same time. */
  #wakes: (() => void)[] = [];
  /** Of the group that was given last. */
  #sequence = -1;
  #isEnded = false;

  constructor(onClosed: (feed: AudioFeed) => void) {
    this.#onClosed = onClosed;
  }

  push(packet: AudioPacket): void {
    if (this.#waiting.length === waitingCountMax) {
      this.droppedCount += this.#waiting.length;
      this.#waiting.length = 0;
    }
    this.#waiting.push(packet);
    this.#wake();
  }

  /** No packet follows; queued ones are still delivered. */
  end(): void {
    this.#isEnded = true;
    this.#wake();
  }

  async next(): Promise<OutgoingGroup | undefined> {
    for (;;) {
      const [first] = this.#waiting;
      if (first !== undefined && first.sequence > this.#sequence)
        return this.#begin(first.sequence);
      if (this.#isEnded && first === undefined) return undefined;
      await this.#changed();
    }
  }

  close(): void {
    this.#waiting.length = 0;
    this.end();
    this.#onClosed(this);
  }

  #begin(sequence: number): OutgoingGroup {
    this.#sequence = sequence;
    let isCancelled = false;
    return {
      sequence,
      next: async () => (isCancelled ? undefined : await this.#take(sequence)),
      cancel: () => {
        isCancelled = true;
        this.#skip(sequence);
      },
    };
  }

  /** The next packet of a group; `undefined` after a packet of a later group is queued. */
  async #take(sequence: number): Promise<Group.Frame | undefined> {
    for (;;) {
      const [first] = this.#waiting;
      if (first?.sequence === sequence) return this.#waiting.shift();
      if (first !== undefined || this.#isEnded) return undefined;
      await this.#changed();
    }
  }

  /** The peer wants no more of this group; the next one begins with its first packet. */
  #skip(sequence: number): void {
    while (this.#waiting[0]?.sequence === sequence) this.#waiting.shift();
    this.#wake();
  }

  #changed(): Promise<void> {
    return new Promise((resolve) => void this.#wakes.push(resolve));
  }

  #wake(): void {
    const wakes = this.#wakes;
    this.#wakes = [];
    for (const wake of wakes) wake();
  }
}
