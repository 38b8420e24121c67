/** What a host process says on stderr: mostly lines of JSON. Read on for as long as it lives: its pipe never fills up. */
export type LogLine = { readonly at: string; readonly event: string } & Readonly<
  Record<string, unknown>
>;

export class HostLog {
  /** Everything so far. */
  text = "";
  /** Resolves when the process has said its last. */
  readonly ended: Promise<void>;
  #wake = Promise.withResolvers<void>();
  #isEnded = false;

  constructor(stderr: ReadableStream<Uint8Array<ArrayBuffer>>) {
    this.ended = this.#read(stderr);
  }

  lines(event: string): LogLine[] {
    const whole = this.text.split("\n").slice(0, -1);
    const lines = whole.filter((line) => line.startsWith('{"at"'));
    return lines.map((line) => JSON.parse(line) as LogLine).filter((line) => line.event === event);
  }

  /** The first line of this event, as soon as it is there. */
  async line(event: string): Promise<LogLine> {
    for (;;) {
      const [found] = this.lines(event);
      if (found !== undefined) return found;
      if (this.#isEnded) throw new Error(`The host ended before it said "${event}": ${this.text}`);
      await Promise.race([this.#wake.promise, this.ended]);
    }
  }

  async #read(stderr: ReadableStream<Uint8Array<ArrayBuffer>>): Promise<void> {
    for await (const piece of stderr.pipeThrough(new TextDecoderStream())) {
      this.text += piece;
      this.#wake.resolve();
      this.#wake = Promise.withResolvers();
    }
    this.#isEnded = true;
  }
}
