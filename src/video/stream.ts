/**
 * The keeper of one encode worker: starts it, hands its frames to any number of consumers, and
 * reports the reason of its end. A crashing worker ends only its own stream.
 */
import { unreachable } from "../base/assert.ts";
import { Failure, type FailureValues } from "../base/failure.ts";
import type { FailureCode } from "../base/failure-codes.ts";
import { warn } from "../base/log.ts";
import type { InputTarget } from "../desktop/input-target.ts";
import { type Ending, ending } from "../model/ending.ts";
import { reasonFields, reasonText } from "../model/reason.ts";
import type { SourceNews } from "../model/source-state.ts";
import { checkAnswering } from "./answering.ts";
import { logChosen } from "./chosen-source.ts";
import {
  answerDeadlineMs,
  closeDeadlineMs,
  hurriedDeadlineMs,
  startDeadlineMs,
  unresponsive,
} from "./deadlines.ts";
import { WaitingMarks } from "./drawn-mark.ts";
import { EncodeThread } from "./encode-thread.ts";
import { streamFailed } from "./ending.ts";
import type { EncodeOptions, EncodeReport, EncodeRequest, Tuning } from "./link.ts";
import { OpeningWatch } from "./opening-watch.ts";
import { checkMode, checkOptions, checkTuning } from "./options.ts";
import { warnKept, warnReset } from "./stream-warnings.ts";
import { type Consumer, Subscribers } from "./subscribers.ts";
import { WaitingTarget } from "./waiting-target.ts";

export type { SharedFrame } from "./shared-frame.ts";
export type { Consumer } from "./subscribers.ts";

/** Disposing closes. */
export type EncodeStream = AsyncDisposable & {
  /** Its name, as the operator gave it. */
  readonly source: string;
  /** FFmpeg's name of the encoder. */
  readonly encoder: string;
  /** Linux's number of the encode thread, if reported. */
  readonly threadId?: number | undefined;
  /**
   * Where a player's input reaches the streamed source, once; nowhere unless the source reports it.
   * The caller closes a descriptor in it.
   */
  takeInputTarget?(): InputTarget | undefined;
  /** Calls the listener, one a stream, when another target is to be taken in place of the last one. */
  whenInputMoves?(listener: () => void): void;
  /** The sound server's output that only the source's own programs play to; the default one unless given. */
  readonly soundOutput?: string | undefined;
  /** Into the next picture, if the source can; the second argument is called when it is encoded. */
  mark?(...asked: Parameters<WaitingMarks["add"]>): void;
  /** Whether the worker is waiting inside the source for a picture at this moment. */
  readonly isWaitingForSource: boolean;
  /** A `SharedTime`: when the source's film began, for its sound. Never set by other sources. */
  readonly filmStart: SharedArrayBuffer;
  /** Frames flow from the next key frame on, which is requested, until disposed. */
  subscribe(consumer: Consumer): Disposable;
  requestIdr(): void;
  setBitrate(bitrateKbps: number): void;
  /**
   * Continues without interruption. If the encoder must be reopened that happens alongside the old
   * one, and the new one's first frame is a key frame.
   */
  tune(tuning: Tuning): void;
  /** Opens source and encoder again; the next frame is a key frame of the new size. */
  setMode(mode: { width: number; height: number; fps: number }): void;
  /** Resolves when the worker has exited. */
  close(): Promise<void>;
};

/**
 * Starts a worker that encodes `options.source`. Rejects with `invalid_mode`, `invalid_bitrate`,
 * `invalid_preset`, `mode_too_large` or, with what was in the way, `stream_failed`.
 */
export async function openStream(
  options: EncodeOptions,
  deps: { gate: SharedArrayBuffer; onSource?: (news: SourceNews) => void },
): Promise<EncodeStream> {
  checkOptions(options);
  checkAnswering(options.source);
  const keeper = new Keeper(options.source, deps.onSource);
  await keeper.open(options, deps.gate);
  return keeper;
}

type Known = {
  readonly code?: FailureCode | undefined;
  readonly values?: FailureValues | undefined;
};

class Keeper implements EncodeStream {
  readonly source: string;
  readonly #onSource: (news: SourceNews) => void;
  readonly #thread: EncodeThread;
  readonly #opening: OpeningWatch;
  readonly #opened = Promise.withResolvers<void>();
  readonly #subscribers = new Subscribers((place) => this.#ask({ kind: "release", place }));
  readonly #marks = new WaitingMarks();
  readonly #inputTarget = new WaitingTarget();
  #size = { width: 0, height: 0 };
  #encoder = "";
  threadId: number | undefined;
  soundOutput: string | undefined;
  #isAsking = false;
  #isEnded = false;

  constructor(source: string, onSource: (news: SourceNews) => void = () => undefined) {
    this.source = source;
    this.#onSource = onSource;
    this.#opening = new OpeningWatch((part, seconds) => {
      this.#fail(ending(unresponsive[part], { source, seconds }));
      this.#thread.leave();
    });
    this.#thread = new EncodeThread(source, {
      onReport: (report) => this.#receive(report),
      onError: (reason) => this.#fail(streamFailed(source, { reason })),
      onGone: () => this.#fail(ending("worker_exited", { source })),
      onHurry: () => {
        if (this.#opening.hurry()) this.#thread.cancel();
      },
    });
  }

  get encoder(): string {
    return this.#encoder;
  }

  get filmStart(): SharedArrayBuffer {
    return this.#thread.filmStart;
  }

  get isWaitingForSource(): boolean {
    return this.#thread.isInSource;
  }

  async open(options: EncodeOptions, gate: SharedArrayBuffer): Promise<void> {
    this.#size = options;
    this.#ask({ kind: "open", options, gate, ...this.#thread.shared });
    this.#opening.expect("worker", startDeadlineMs);
    await this.#opened.promise;
  }

  subscribe(consumer: Consumer): Disposable {
    const subscription = this.#subscribers.add(consumer);
    if (this.#subscribers.isRunning) this.requestIdr();
    return subscription;
  }

  takeInputTarget(): InputTarget | undefined {
    return this.#inputTarget.take();
  }

  whenInputMoves(listener: () => void): void {
    this.#inputTarget.whenMoved(listener);
  }

  mark(...asked: Parameters<WaitingMarks["add"]>): void {
    this.#marks.add(...asked);
    this.#ask({ kind: "mark", mark: asked[0] });
  }

  requestIdr(): void {
    this.#ask({ kind: "idr" });
  }

  setBitrate(bitrateKbps: number): void {
    this.tune({ bitrateKbps });
  }

  tune(tuning: Tuning): void {
    checkTuning(tuning, this.#size);
    this.#ask({ kind: "tune", tuning });
  }

  setMode(mode: { width: number; height: number; fps: number }): void {
    checkMode(mode);
    this.#size = mode;
    this.#ask({ kind: "mode", width: mode.width, height: mode.height, fps: mode.fps });
  }

  async close(): Promise<void> {
    this.#inputTarget.close();
    this.#thread.cancel();
    this.#ask({ kind: "close" });
    this.#end(ending("stream_closed"));
    const isHeldUp = this.#opening.isHurried && this.isWaitingForSource;
    await this.#thread.ended(isHeldUp ? hurriedDeadlineMs : closeDeadlineMs);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #ask(request: EncodeRequest): void {
    if (!this.#isEnded) this.#thread.post(request);
  }

  #receive(report: EncodeReport): void {
    switch (report.kind) {
      case "opening":
        this.#opening.expect(report.part);
        break;
      case "chosen":
        this.#onSource({ kind: "chosen", chosen: logChosen(report) });
        break;
      case "asking":
        this.#wait(report.isAsking);
        break;
      case "opened":
        this.#encoder = report.encoder;
        this.threadId = report.thread;
        this.soundOutput = report.soundOutput;
        this.#inputTarget.keep(report.inputTarget);
        this.#opening.opened();
        this.#opened.resolve();
        break;
      case "input":
        this.#inputTarget.move(report.inputTarget);
        break;
      case "place":
        this.#subscribers.keepPlace(report.place, report.buffer);
        break;
      case "frame":
        this.#marks.onFrame(report.frame);
        this.#subscribers.share(report.frame);
        break;
      case "unsent":
        this.#subscribers.tell((consumer) => consumer.onUnsent?.(report.slots));
        break;
      case "reset":
        this.#onReset(report);
        break;
      case "absence":
        this.#subscribers.tell((consumer) => consumer.onAbsence?.(report));
        break;
      case "resized":
        this.#subscribers.tell((consumer) => consumer.onResized?.(report));
        break;
      case "kept":
        warnKept(this.source, report);
        break;
      case "failed":
        this.#fail(streamFailed(this.source, report), report);
        break;
      default:
        unreachable(report);
    }
  }

  #onReset(report: Extract<EncodeReport, { kind: "reset" }>): void {
    this.#encoder = report.encoder;
    warnReset(this.source, report);
    this.#subscribers.tell((consumer) => consumer.onReset?.(report));
  }

  /** Each request gets one answer, even if the worker hangs. */
  #reportAsking(isAsking: boolean): void {
    if (isAsking === this.#isAsking) return;
    this.#isAsking = isAsking;
    this.#onSource({ kind: "asking", isAsking });
  }

  #wait(isAsking: boolean): void {
    this.#reportAsking(isAsking);
    if (isAsking) warn("desktop_asked", { source: this.source });
    this.#opening.expect("source", isAsking ? answerDeadlineMs : undefined);
  }

  #fail(why: Ending, { code, values }: Known = {}): void {
    if (this.#isEnded) return;
    warn("encode_stream_failed", { source: this.source, ...reasonFields(why) });
    // For a hanging one: it exits as soon as it is no longer blocked.
    this.#thread.cancel();
    this.#ask({ kind: "close" });
    this.#end(why, code === "mode_too_large" ? { code, values } : {});
  }

  #end(why: Ending, { code = "stream_failed", values }: Known = {}): void {
    if (this.#isEnded) return;
    this.#isEnded = true;
    this.#opening.end();
    this.#reportAsking(false);
    const options = values === undefined ? {} : { values };
    this.#opened.reject(new Failure(code, reasonText(why), options));
    this.#subscribers.end(why);
  }
}
