/**
 * The keeper of one encode worker: starts it, hands its frames to any number of consumers, and
 * reports why when it ends. A worker that crashes ends its own stream and nothing else.
 */
import { assert, unreachable } from "../base/assert.ts";
import { Failure, type FailureValues } from "../base/failure.ts";
import type { FailureCode } from "../base/failure-codes.ts";
import { warn } from "../base/log.ts";
import { type NativeThread, nativeThreads } from "../base/native-threads.ts";
import { type Cancel, timers } from "../base/scheduler.ts";
import { SharedTime } from "../base/shared-time.ts";
import { Wake } from "../base/wake.ts";
import { workerUrl } from "../base/worker-url.ts";
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
  openDeadlineMs,
  startDeadlineMs,
  unresponsive,
} from "./deadlines.ts";
import { WaitingMarks } from "./drawn-mark.ts";
import { streamFailed } from "./ending.ts";
import {
  activities,
  cancelledWord,
  type EncodeOptions,
  type EncodeReport,
  type EncodeRequest,
  type EncoderReset,
  type PlacedFrame,
  type SourceAbsence,
  type SourceResized,
  type Tuning,
  type UnsentSlots,
} from "./link.ts";
import { checkMode, checkOptions, checkTuning } from "./options.ts";
import { type SharedFrame, shareFrame } from "./shared-frame.ts";
import { warnKept, warnReset } from "./stream-warnings.ts";
import { WaitingTarget } from "./waiting-target.ts";

export type { SharedFrame } from "./shared-frame.ts";

/** Takes the frames of a stream. Called on the thread that opened it; must not throw. */
export type Consumer = {
  /** The first frame is a key frame. Every frame must be released once, also after the end. */
  onFrame(frame: SharedFrame): void;
  /** No frame comes from these slots. */
  onUnsent?(slots: UnsentSlots): void;
  /** A new encoder has taken over, starting with a key frame. */
  onReset?(reset: EncoderReset): void;
  /** The source's own picture has another size; the stream keeps its own. */
  onResized?(resized: SourceResized): void;
  /** The source shows nothing, or something again. */
  onAbsence?(absence: SourceAbsence): void;
  /** No frame follows. */
  onEnd(why: Ending): void;
};

/** Disposing closes. */
export type EncodeStream = AsyncDisposable & {
  /** Its name, as the operator gave it. */
  readonly source: string;
  /** FFmpeg's name of the encoder. */
  readonly encoder: string;
  /** Linux's number of the encode thread, where it tells. */
  readonly threadId?: number | undefined;
  /**
   * Where a player's input reaches what is streamed, once; nowhere unless the source says. A descriptor
   * in it is the caller's to close.
   */
  takeInputTarget?(): InputTarget | undefined;
  /** Calls the listener, one a stream, when another target is to be taken in the place of the last one. */
  whenInputMoves?(listener: () => void): void;
  /** The sound server's output that only the source's own programs play to; the default one unless given. */
  readonly soundOutput?: string | undefined;
  /** Into the next picture, where the source can; the second argument is called once it is encoded. */
  mark?(...asked: Parameters<WaitingMarks["add"]>): void;
  /** Whether the worker waits inside the source for a picture at this very moment. */
  readonly isWaitingForSource: boolean;
  /** A `SharedTime`: when the source's film began, for its sound. Never set by other sources. */
  readonly filmStart: SharedArrayBuffer;
  /** Frames flow from the next key frame on, which is asked for, until disposed. */
  subscribe(consumer: Consumer): Disposable;
  requestIdr(): void;
  setBitrate(bitrateKbps: number): void;
  /**
   * Continues without a break. Where the encoder has to be opened again that happens beside the old
   * one, and the new one's first frame is a key frame.
   */
  tune(tuning: Tuning): void;
  /** Opens source and encoder again; the next frame is a key frame of the new size. */
  setMode(mode: { width: number; height: number; fps: number }): void;
  /** Resolves when the worker is gone. */
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

/** Memory of one frame at a time, and the way it goes back. */
type Place = { readonly buffer: SharedArrayBuffer; readonly giveBack: () => void };
type Subscription = { readonly consumer: Consumer; isFlowing: boolean };

class Keeper implements EncodeStream {
  // With the environment of now: sources find their desktop by it.
  readonly #worker = new Worker(workerUrl("video/encode-worker.ts"), {
    env: { ...process.env } as Record<string, string>,
  });
  readonly source: string;
  readonly #onSource: (news: SourceNews) => void;
  #isAsking = false;
  #size = { width: 0, height: 0 };
  readonly #activity = new Int32Array(new SharedArrayBuffer(2 * Int32Array.BYTES_PER_ELEMENT));
  readonly filmStart = new SharedTime().memory;
  /** The worker may sleep in the kernel for as long as its picture stands still. */
  readonly #wake = new Wake();
  readonly #thread: NativeThread;
  readonly #opened = Promise.withResolvers<void>();
  readonly #gone = Promise.withResolvers<void>();
  readonly #subscriptions = new Set<Subscription>();
  readonly #places: Place[] = [];
  readonly #marks = new WaitingMarks();
  #encoder = "";
  threadId: number | undefined;
  soundOutput: string | undefined;
  readonly #inputTarget = new WaitingTarget();
  #isEnded = false;
  #isRunning = false;
  #isGone = false;
  #isHurried = false;
  /** What is being opened. */
  #part: keyof typeof unresponsive | undefined;
  #cancelOpenDeadline: Cancel | undefined;

  constructor(source: string, onSource: (news: SourceNews) => void = () => undefined) {
    this.source = source;
    this.#onSource = onSource;
    this.#thread = nativeThreads.add(source, () => this.#hurry());
    this.#worker.onmessage = (event: MessageEvent<EncodeReport>) => this.#receive(event.data);
    this.#worker.onerror = (event) => {
      event.preventDefault();
      this.#fail(streamFailed(this.source, { reason: event.message }));
    };
    this.#worker.addEventListener("close", () => {
      this.#isGone = true;
      this.#wake.close();
      this.#thread.end();
      this.#gone.resolve();
      this.#fail(ending("worker_exited", { source: this.source }));
    });
  }

  get encoder(): string {
    return this.#encoder;
  }

  get isWaitingForSource(): boolean {
    return this.#activity[0] === activities.capture;
  }

  async open(options: EncodeOptions, gate: SharedArrayBuffer): Promise<void> {
    this.#size = options;
    const activity = this.#activity.buffer;
    const shared = { gate, activity, filmStart: this.filmStart, wake: this.#wake.link };
    this.#ask({ kind: "open", options, ...shared });
    this.#expect("worker", startDeadlineMs);
    await this.#opened.promise.finally(() => this.#cancelOpenDeadline?.());
  }

  subscribe(consumer: Consumer): Disposable {
    const subscription = { consumer, isFlowing: false };
    this.#subscriptions.add(subscription);
    if (this.#isRunning) this.requestIdr();
    return { [Symbol.dispose]: () => void this.#subscriptions.delete(subscription) };
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
    Atomics.store(this.#activity, cancelledWord, 1);
    this.#ask({ kind: "close" });
    this.#end(ending("stream_closed"));
    const isHeldUp = this.#isHurried && this.isWaitingForSource;
    const deadlineMs = isHeldUp ? hurriedDeadlineMs : closeDeadlineMs;
    const cancel = timers.after(deadlineMs, () => this.#leave());
    await this.#gone.promise.finally(cancel);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #ask(request: EncodeRequest): void {
    if (this.#isEnded) return;
    this.#worker.postMessage(request);
    if (request.kind !== "release") this.#wake.wake();
  }

  #receive(report: EncodeReport): void {
    switch (report.kind) {
      case "opening":
        this.#expect(report.part, this.#deadlineMsOf(report.part));
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
        this.#part = undefined;
        this.#opened.resolve();
        break;
      case "input":
        this.#inputTarget.move(report.inputTarget);
        break;
      case "place":
        this.#keepPlace(report.place, report.buffer);
        break;
      case "frame":
        this.#share(report.frame);
        break;
      case "unsent":
        for (const { consumer } of this.#subscriptions) consumer.onUnsent?.(report.slots);
        break;
      case "reset":
        this.#onReset(report);
        break;
      case "absence":
        for (const { consumer } of this.#subscriptions) consumer.onAbsence?.(report);
        break;
      case "resized":
        for (const { consumer } of this.#subscriptions) consumer.onResized?.(report);
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
    for (const { consumer } of this.#subscriptions) consumer.onReset?.(report);
  }

  /** Each question has one end, also where the worker hangs. */
  #reportAsking(isAsking: boolean): void {
    if (isAsking === this.#isAsking) return;
    this.#isAsking = isAsking;
    this.#onSource({ kind: "asking", isAsking });
  }

  #wait(isAsking: boolean): void {
    this.#reportAsking(isAsking);
    if (isAsking) warn("desktop_asked", { source: this.source });
    this.#expect("source", isAsking ? answerDeadlineMs : this.#deadlineMsOf("source"));
  }

  /** The host stops. Only a source may be left early: encoders open and close by themselves. */
  #hurry(): void {
    this.#isHurried = true;
    if (this.#part !== "source") return;
    Atomics.store(this.#activity, cancelledWord, 1);
    this.#expect("source", hurriedDeadlineMs);
  }

  #deadlineMsOf(part: keyof typeof unresponsive): number {
    return this.#isHurried && part === "source" ? hurriedDeadlineMs : openDeadlineMs;
  }

  /** Ends the stream unless the worker has news before the deadline. */
  #expect(part: keyof typeof unresponsive, deadlineMs: number): void {
    this.#cancelOpenDeadline?.();
    this.#part = part;
    if (this.#isEnded) return;
    this.#cancelOpenDeadline = timers.after(deadlineMs, () => {
      const seconds = deadlineMs / 1000;
      this.#fail(ending(unresponsive[part], { source: this.source, seconds }));
      this.#leave();
    });
  }

  /** Nobody waits for the worker any longer. It ends as soon as what holds it up lets go of it. */
  #leave(): void {
    if (this.#isGone) return;
    const hanging = this.#thread.leave();
    warn("encode_worker_left", { source: this.source, hanging });
    this.#worker.unref();
    this.#gone.resolve();
  }

  #keepPlace(place: number, buffer: SharedArrayBuffer): void {
    const giveBack = () => this.#ask({ kind: "release", place });
    this.#places[place] = { buffer, giveBack };
  }

  #share(frame: PlacedFrame): void {
    const place = this.#places[frame.place];
    assert(place !== undefined, "a place's memory is reported before its first frame");
    this.#isRunning = true;
    this.#marks.onFrame(frame);
    let count = 0;
    for (const subscription of this.#subscriptions) {
      subscription.isFlowing ||= frame.isKey;
      if (subscription.isFlowing) count += 1;
    }
    if (count === 0) {
      place.giveBack();
      return;
    }
    const { buffer, giveBack } = place;
    const shared = shareFrame({ ...frame, buffer }, { count, giveBack });
    for (const subscription of this.#subscriptions) {
      if (subscription.isFlowing) subscription.consumer.onFrame(shared);
    }
  }

  #fail(why: Ending, { code, values }: Known = {}): void {
    if (this.#isEnded) return;
    warn("encode_stream_failed", { source: this.source, ...reasonFields(why) });
    // For one that hangs: it ends as soon as it comes to itself.
    Atomics.store(this.#activity, cancelledWord, 1);
    this.#ask({ kind: "close" });
    this.#end(why, code === "mode_too_large" ? { code, values } : {});
  }

  #end(why: Ending, { code = "stream_failed", values }: Known = {}): void {
    if (this.#isEnded) return;
    this.#isEnded = true;
    this.#reportAsking(false);
    const options = values === undefined ? {} : { values };
    this.#opened.reject(new Failure(code, reasonText(why), options));
    for (const { consumer } of this.#subscriptions) consumer.onEnd(why);
    this.#subscriptions.clear();
  }
}
