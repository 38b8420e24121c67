/** What a host process says on stderr: lines of JSON, kept as they come. */
export type LogLine = { readonly at: string; readonly event: string } & Readonly<
  Record<string, unknown>
>;

const lineCountMax = 10_000;

export class HostLog {
  readonly #lines: LogLine[] = [];
  readonly #ended: Promise<void>;
  #text = "";
  #wake = Promise.withResolvers<void>();
  #isEnded = false;

  constructor(stderr: ReadableStream<Uint8Array<ArrayBuffer>>) {
    this.#ended = this.#read(stderr);
  }

  lines(event: string): LogLine[] {
    return this.#lines.filter((line) => line.event === event);
  }

  /** The first line of this event, as soon as it is there. */
  async line(event: string): Promise<LogLine> {
    for (;;) {
      const [found] = this.lines(event);
      if (found !== undefined) return found;
      if (this.#isEnded) throw new Error(`The host ended before it said "${event}": ${this.#text}`);
      await Promise.race([this.#wake.promise, this.#ended]);
    }
  }

  async #read(stderr: ReadableStream<Uint8Array<ArrayBuffer>>): Promise<void> {
    let rest = "";
    for await (const piece of stderr.pipeThrough(new TextDecoderStream())) {
      const parts = (rest + piece).split("\n");
      rest = parts.pop() ?? "";
      for (const part of parts) this.#take(part);
      this.#wake.resolve();
      this.#wake = Promise.withResolvers();
    }
    this.#isEnded = true;
  }

  /** What is not a line of the log is a complaint of the process, for who reads the failure. */
  #take(text: string): void {
    if (text.startsWith('{"at"') && this.#lines.length < lineCountMax) {
      this.#lines.push(JSON.parse(text));
    } else this.#text += `${text}\n`;
  }
}
