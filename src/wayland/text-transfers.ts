/**
 * Writes a copied text into the pipes of programs that paste it. No program is waited for: one that does
 * not read in time gets no more.
 */
import { fstatSync, writeSync } from "node:fs";
import { type Clock, systemClock } from "../base/clock.ts";
import { closeDescriptor, stopBlocking } from "../base/descriptors.ts";
import { hasCode } from "../base/error-text.ts";

/** Transfers at the same time; further ones are refused. */
export const transferCountMax = 8;
const readUsMax = 2_000_000;

type Transfer = {
  readonly pipe: number;
  readonly endUs: number;
  readonly onEnd: (isWhole: boolean) => void;
  givenCount: number;
};

/** Belongs to one held text. */
export class TextTransfers {
  readonly #bytes: Buffer;
  readonly #clock: Clock;
  #transfers: Transfer[] = [];

  constructor(text: string, clock: Clock = systemClock()) {
    this.#bytes = Buffer.from(text);
    this.#clock = clock;
  }

  /** Transfers that have not ended. */
  get count(): number {
    return this.#transfers.length;
  }

  /**
   * Owns the pipe from now on, and closes it. Nothing is written unless `isWanted`, nor to a descriptor
   * that is neither a pipe nor a socket: it might block.
   */
  give(pipe: number, isWanted = true, onEnd: Transfer["onEnd"] = () => undefined): void {
    const transfer = { pipe, endUs: this.#clock.nowUs() + readUsMax, onEnd, givenCount: 0 };
    const isTaken = isWanted && this.#transfers.length < transferCountMax && isHarmless(pipe);
    if (isTaken && this.#write(transfer)) this.#transfers.push(transfer);
    if (!isTaken) end(transfer, false);
  }

  /** Writes what the pipes take now. */
  continue(): void {
    this.#transfers = this.#transfers.filter((transfer) => this.#write(transfer));
  }

  /** `onEnd` is not called any more. */
  close(): void {
    for (const { pipe } of this.#transfers.splice(0)) closeDescriptor(pipe);
  }

  /** Whether there is more to write. */
  #write(transfer: Transfer): boolean {
    const count = writeSome(transfer.pipe, this.#bytes.subarray(transfer.givenCount));
    transfer.givenCount += count ?? 0;
    const isWhole = transfer.givenCount === this.#bytes.length;
    const isOver = isWhole || count === undefined || this.#clock.nowUs() >= transfer.endUs;
    if (isOver) end(transfer, isWhole);
    return !isOver;
  }
}

/** 0 when the pipe is full; `undefined` when its reader is gone. */
function writeSome(pipe: number, bytes: Buffer): number | undefined {
  try {
    return writeSync(pipe, bytes);
  } catch (cause) {
    return hasCode(cause, "EAGAIN") ? 0 : undefined;
  }
}

function end({ pipe, onEnd }: Transfer, isWhole: boolean): void {
  closeDescriptor(pipe);
  onEnd(isWhole);
}

function isHarmless(pipe: number): boolean {
  try {
    const kind = fstatSync(pipe);
    if (!kind.isFIFO() && !kind.isSocket()) return false;
    stopBlocking(pipe);
    return true;
  } catch {
    return false;
  }
}
