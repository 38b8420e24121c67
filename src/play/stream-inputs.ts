/**
 * The destination of pages' input, by stream: the connection to a stream's desktop is opened when
 * the first page plays, and closed with the stream. Pages of one stream share it.
 */
import type { InputTarget } from "../desktop/input-target.ts";
import type { InputEvent } from "../input/event.ts";
import type { PictureSize } from "../video/sources/source.ts";
import { CopiedText } from "./clipboard.ts";
import { type InputSink, openInput } from "./input-sink.ts";

/** A running stream, for its input. */
export type PlayedStream = {
  readonly source: string;
  /** Of the stream, in pixels. */
  readonly size: PictureSize;
  /** Where input reaches the streamed picture, once; nowhere unless the source reports it. */
  takeInputTarget(): InputTarget | undefined;
  /** Calls the listener when there is another target. */
  whenInputMoves?(listener: () => void): void;
  /** Draws a mark into the next picture, if the source can. */
  mark(mark: number, onDrawn: OnDrawn): void;
  /** When the picture with this capture time was encoded; `undefined` if unknown. */
  encodedUs(capturedUs: number): number | undefined;
  /** A viewer's input reached the source. */
  onAction(): void;
};

/** Called once when the picture with a mark is encoded; times on the one clock. */
type OnDrawn = (drawn: { readonly capturedUs: number; readonly encodedUs: number }) => void;

type Opened = {
  target: InputTarget | undefined;
  readonly sink: InputSink;
  readonly copied: CopiedText;
  /** False when the source accepts no input, or cannot be reached. */
  isReached: Promise<boolean>;
};

/** The connections to the desktops of all played streams. One per host. */
export class StreamInputs {
  readonly #find: (sessionId: number) => PlayedStream | undefined;
  readonly #opened = new Map<number, Opened>();

  constructor(find: (sessionId: number) => PlayedStream | undefined) {
    this.#find = find;
  }

  /** Whether such a stream runs. */
  has(sessionId: number): boolean {
    return this.#find(sessionId) !== undefined;
  }

  /**
   * Opens the connection to its desktop. Resolves when input arrives there; false when it cannot.
   */
  async reach(sessionId: number): Promise<boolean> {
    return (await this.#open(sessionId)?.isReached) ?? false;
  }

  /** To nobody when the stream is over. */
  pass(sessionId: number, event: InputEvent): void {
    this.#opened.get(sessionId)?.sink.accept(event);
  }

  /** Into the next picture of the stream, where its source can draw one. */
  mark(sessionId: number, mark: number, onDrawn: OnDrawn): void {
    this.#find(sessionId)?.mark(mark, onDrawn);
  }

  /** When the picture of a stream with this capture time was encoded. */
  encodedUs(sessionId: number, capturedUs: number): number | undefined {
    return this.#find(sessionId)?.encodedUs(capturedUs);
  }

  /**
   * The target of a stream's input, after `reach` was called; a descriptor in it must not be used.
   */
  target(sessionId: number): InputTarget | undefined {
    return this.#opened.get(sessionId)?.target;
  }

  /**
   * Makes the text what is copied on the stream's desktop, until the stream is over. False where that
   * desktop does not take it.
   */
  async copy(sessionId: number, text: string): Promise<boolean> {
    const { target, copied } = this.#opened.get(sessionId) ?? {};
    return target !== undefined && ((await copied?.hold(target, text)) ?? false);
  }

  /** The picture of the screen has this size now. */
  resize(sessionId: number, size: PictureSize): void {
    this.#opened.get(sessionId)?.sink.resize(size);
  }

  /** The stream is over: everything held is released, also a text that was copied. */
  async close(sessionId: number): Promise<void> {
    const opened = this.#opened.get(sessionId);
    this.#opened.delete(sessionId);
    opened?.copied.release();
    await opened?.sink.close();
  }

  /** All of them, when the host stops. */
  async stop(): Promise<void> {
    await Promise.all([...this.#opened.keys()].map((sessionId) => this.close(sessionId)));
  }

  #open(sessionId: number): Opened | undefined {
    const known = this.#opened.get(sessionId);
    const stream = known === undefined ? this.#find(sessionId) : undefined;
    if (stream === undefined) return known;
    const { source, size } = stream;
    const warning = "watch_input_dropped";
    const onAction = () => stream.onAction();
    const sink = openInput({ source, isOn: true, stream: size, warning, onAction });
    const target = stream.takeInputTarget();
    const copied = new CopiedText();
    const opened: Opened = { target, sink, copied, isReached: sink.reach(target) };
    this.#opened.set(sessionId, opened);
    stream.whenInputMoves?.(() => {
      copied.release();
      opened.target = stream.takeInputTarget();
      opened.isReached = sink.reach(opened.target);
    });
    return opened;
  }
}
