/**
 * Hot path: how long this thread could have run and did not, from its own scheduler statistics: the
 * second figure of `/proc/thread-self/schedstat`. Two reads a frame, 2 µs each; the file stays open.
 */
import { closeSync, openSync, readSync } from "node:fs";

const path = "/proc/thread-self/schedstat";
const space = 0x20;
const zero = 0x30;
const nine = 0x39;

/** To be opened in the thread that it measures. */
export class RunDelay {
  readonly #text = new Uint8Array(96);
  #file: number | undefined;

  constructor() {
    try {
      this.#file = openSync(path, "r");
    } catch {
      // A kernel without scheduler statistics: not measured.
      this.#file = undefined;
    }
  }

  /** Microseconds since the thread began; `undefined` where the kernel does not tell. */
  nowUs(): number | undefined {
    if (this.#file === undefined) return undefined;
    try {
      const length = readSync(this.#file, this.#text, 0, this.#text.length, 0);
      return secondNumber(this.#text, length);
    } catch {
      this.close();
      return undefined;
    }
  }

  close(): void {
    if (this.#file !== undefined) closeSync(this.#file);
    this.#file = undefined;
  }
}

/** Nanoseconds behind the first blank, as microseconds. */
function secondNumber(text: Uint8Array, length: number): number | undefined {
  let at = text.indexOf(space) + 1;
  if (at === 0 || at >= length) return undefined;
  let value = 0;
  for (; at < length; at++) {
    const digit = text[at] ?? 0;
    if (digit < zero || digit > nine) break;
    value = value * 10 + digit - zero;
  }
  return Math.floor(value / 1000);
}
