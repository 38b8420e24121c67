/**
 * Commands that a peer must acknowledge: resent until it does, at intervals that follow the
 * measured round trip. Reads no clock.
 */
import type { Micros } from "../../base/clock.ts";
import type { EnetCommand } from "./wire.ts";

/** Commands that wait for an acknowledgement. */
const commandCountMax = 256;
const resendFirstUs = 500e3;
const resendMaxUs = 2e6;
const resendMinUs = 30e3;

/** Complete, with its header. */
type ReliableCommand = {
  readonly channel: number;
  readonly sequence: number;
  readonly bytes: Buffer;
};

type Waiting = ReliableCommand & {
  firstUs: number;
  sentUs: number;
  dueUs: number;
  tries: number;
};

/** Of one peer, in the order in which they were added. */
export class ReliableCommands {
  readonly #waiting: Waiting[] = [];
  #rttVarianceUs = 0;
  /** Smoothed, measured on commands that were sent once; `undefined` before the first. */
  rttUs: number | undefined;
  /** Resent commands. */
  resentCount = 0;

  /** The peer does not keep up. */
  get isFull(): boolean {
    return this.#waiting.length >= commandCountMax;
  }

  get isEmpty(): boolean {
    return this.#waiting.length === 0;
  }

  /** Due at once. */
  add(command: ReliableCommand): void {
    this.#waiting.push({ ...command, firstUs: 0, sentUs: 0, dueUs: 0, tries: 0 });
  }

  /** Commands to be sent now. */
  takeDue(nowUs: Micros): Buffer[] {
    const due = this.#waiting.filter((each) => each.dueUs <= nowUs);
    for (const each of due) this.#markSent(each, nowUs);
    return due.map((each) => each.bytes);
  }

  /** An acknowledgement arrived; false if it matches no waiting command. */
  settle(command: EnetCommand, nowUs: Micros): boolean {
    const sequence = command.bytes.readUInt16BE(4);
    const index = this.#waiting.findIndex(
      (each) => each.channel === command.channel && each.sequence === sequence && each.tries > 0,
    );
    const [settled] = index < 0 ? [] : this.#waiting.splice(index, 1);
    if (settled !== undefined) this.#measureSettled(settled, command, nowUs);
    return settled !== undefined;
  }

  #markSent(each: Waiting, nowUs: Micros): void {
    if (each.tries > 0) this.resentCount += 1;
    else each.firstUs = nowUs;
    each.tries += 1;
    each.sentUs = nowUs;
    const waitUs =
      this.rttUs === undefined
        ? resendFirstUs
        : this.rttUs + 4 * Math.max(this.#rttVarianceUs, 1e3);
    const growth = Math.min(each.tries, 3);
    each.dueUs = nowUs + Math.min(resendMaxUs, Math.max(resendMinUs, waitUs) * growth);
  }

  /**
   * For a command that was sent twice, only the echoed time in the acknowledgement says which one
   * it is for. If there is a standing queue all of them are sent twice: without it the round trip
   * would never be updated.
   */
  #measureSettled(settled: Waiting, command: EnetCommand, nowUs: Micros): void {
    if (settled.tries === 1) this.#measure(nowUs - settled.sentUs);
    else if (command.bytes.length >= 8) {
      const echoedMs = (sentMsOf(nowUs) - command.bytes.readUInt16BE(6)) & 0xffff;
      const sampleUs = echoedMs * 1000;
      if (sampleUs <= nowUs - settled.firstUs + 1000) this.#measure(sampleUs);
    }
  }

  #measure(sampleUs: number): void {
    if (this.rttUs === undefined) {
      this.rttUs = sampleUs;
      this.#rttVarianceUs = sampleUs / 2;
      return;
    }
    const difference = sampleUs - this.rttUs;
    this.#rttVarianceUs += (Math.abs(difference) - this.#rttVarianceUs) / 4;
    this.rttUs += difference / 8;
  }
}

/** The low sixteen bits of the time in milliseconds. */
export function sentMsOf(nowUs: Micros): number {
  return Math.floor(nowUs / 1000) & 0xffff;
}
