/** The last lines of this process's log, kept in memory for readers. Bounded; cuts long lines. */
import { printableShort } from "./printable.ts";

const textLengthMax = 2000;

/** A line as it was logged. */
export type RingLine = {
  readonly index: number;
  readonly at_unix_ms: number;
  readonly level: "info" | "warn";
  readonly text: string;
};

/** A line before it has its index. */
export type NewRingLine = Omit<RingLine, "index">;

/** Keeps the last `lineCountMax` lines; their indexes count on. */
export class LogRing {
  readonly #lineCountMax: number;
  readonly #lines: RingLine[] = [];
  #next = 0;

  constructor(lineCountMax: number) {
    this.#lineCountMax = lineCountMax;
  }

  add(line: NewRingLine): void {
    const text = printableShort(line.text, textLengthMax);
    this.#lines.push({ ...line, text, index: this.#next });
    this.#next += 1;
    if (this.#lines.length > this.#lineCountMax) this.#lines.shift();
  }

  /** Lines after the one with index `after`, oldest first. */
  page(after: number): { readonly lines: RingLine[]; readonly next: number } {
    return { lines: this.#lines.filter(({ index }) => index >= after), next: this.#next };
  }
}
