/**
 * The encode worker's loop: one frame for each slot of the stream's grid of due times, and between
 * frames whatever the consumer has asked for.
 *
 * A slot that has passed while an earlier frame was still being made is skipped: the grid moves on
 * and missed slots are not caught up, so a slow encoder shows as fewer frames and never as a burst.
 */

import { assert, unreachable } from "../base/assert.ts";
import { type Clock, type Micros, systemClock } from "../base/clock.ts";
import { messageOf } from "../base/error-text.ts";
import { Failure } from "../base/failure.ts";
import { Gate } from "../base/gate.ts";
import { reserveHeadroom } from "../base/headroom.ts";
import { SharedTime } from "../base/shared-time.ts";
import { threadId } from "../base/thread-id.ts";
import { sleepMs, sleepUntil } from "../base/timer.ts";
import { Wake } from "../base/wake.ts";
import type { InputTarget } from "../desktop/input-target.ts";
import { reason } from "../model/reason.ts";
import { type Encoder, openEncoder, openEncoderBeside } from "./encoder.ts";
import { encoderChange } from "./encoder-change.ts";
import { quiet } from "./ffmpeg.ts";
import type {
  EncodeOptions,
  EncodeReport,
  EncodeRequest,
  EncoderReset,
  OpeningPart,
  PlacedFrame,
  SourceAbsence,
  SourceResized,
  Tuning,
  UnsentSlots,
} from "./link.ts";
import { openPipeline, type Pipeline } from "./pipeline.ts";
import type { PassedOver } from "./sources/source.ts";

type Post = (report: EncodeReport) => void;
type OpenRequest = Extract<EncodeRequest, { kind: "open" }>;
type ModeRequest = Extract<EncodeRequest, { kind: "mode" }>;

/** An encoder opened alongside the current one, with the options it was opened for. */
type Retuned = { readonly encoder: Encoder; readonly options: EncodeOptions };

/** Kept free in a slot for its repeat, so that the next one is not late. */
const slotRestMs = 1;
/** How long the thread is blocked at a time. */
const waitMsMax = 10;
/** The same while an unchanged picture of a source that must be polled is repeated. */
const stillWaitMs = 50;
/** Time for frames to come out of an encoder that is being replaced. */
const drainUsMax = 100_000;

/** The worker of one stream, from its opening to its end. */
export class EncodeLoop {
  readonly #post: Post;
  readonly #clock: Clock = systemClock();
  /** Held, never accessed. */
  readonly headroom = reserveHeadroom();
  #pipeline: Pipeline | undefined;
  #isClosing = false;
  #tuningWanted: Tuning | undefined;
  #retuned: Retuned | undefined;
  /** An encoder being opened; never rejects. */
  #retuning: Promise<void> | undefined;
  #modeWanted: ModeRequest | undefined;

  constructor(deps: { post: Post }) {
    this.#post = deps.post;
    quiet();
  }

  /** Handles a message. Resolves at once, except for `open`: when the stream has been closed. */
  async handle(request: EncodeRequest): Promise<void> {
    switch (request.kind) {
      case "open":
        return await this.#run(request);
      case "idr":
        return this.#pipeline?.requestIdr();
      case "mark":
        return this.#pipeline?.pictures.draw(request.mark);
      case "release":
        return this.#pipeline?.pool.give(request.place);
      case "tune":
        this.#tuningWanted = { ...this.#tuningWanted, ...request.tuning };
        return;
      case "mode":
        this.#modeWanted = request;
        return;
      case "close":
        this.#isClosing = true;
        return;
      default:
        return unreachable(request);
    }
  }

  async #run(request: OpenRequest): Promise<void> {
    assert(this.#pipeline === undefined, "a worker opens one stream");
    const deps = {
      clock: this.#clock,
      gate: new Gate(request.gate),
      activity: new Int32Array(request.activity),
      filmStart: new SharedTime(request.filmStart),
      send: (frame: PlacedFrame) => this.#post({ kind: "frame", frame }),
      onUnsent: (slots: UnsentSlots) => this.#post({ kind: "unsent", slots }),
      onMemory: (place: number, buffer: SharedArrayBuffer) =>
        this.#post({ kind: "place", place, buffer }),
      onReopened: (detail: string) => this.#reportReset(reason("encoder_failed", { detail })),
      onResized: (resized: SourceResized) => this.#post({ kind: "resized", ...resized }),
      onAbsence: (absence: SourceAbsence) => this.#post({ kind: "absence", ...absence }),
      onInputMoved: (inputTarget: InputTarget | undefined) =>
        this.#post({ kind: "input", inputTarget }),
      onQuestion: (isAsking: boolean) => this.#post({ kind: "asking", isAsking }),
      onChosen: (source: string, passed: readonly PassedOver[]) =>
        this.#post({ kind: "chosen", source, passed }),
      onSizeKept: (detail: string) =>
        this.#post({ kind: "kept", warning: "screen_not_resized", detail }),
      onOpening: (part: OpeningPart) => this.#post({ kind: "opening", part }),
      openEncoder,
    };
    const wake = new Wake(request.wake);
    const pipeline = openPipeline(request.options, deps);
    this.#pipeline = pipeline;
    try {
      const inputTarget = pipeline.pictures.openInputTarget();
      this.#post({
        ...{ kind: "opened", encoder: pipeline.encoderName, thread: threadId() },
        inputTarget,
        soundOutput: pipeline.pictures.soundOutput,
      });
      while (!this.#isClosing) {
        this.#changeMode(pipeline);
        await this.#followGrid(pipeline, wake);
      }
    } finally {
      // The thread must not exit while FFmpeg still opens something for it: that crashes the
      // process.
      await this.#retuning;
      this.#retuned?.encoder.close();
      pipeline.close();
    }
  }

  #changeMode(pipeline: Pipeline): void {
    const mode = this.#modeWanted;
    this.#modeWanted = undefined;
    if (mode === undefined) return;
    const before = pipeline.options;
    pipeline.setMode({ width: mode.width, height: mode.height, fps: mode.fps });
    this.#reportChange(pipeline, before);
  }

  /** Makes a frame per slot until a request that needs the encoder idle. */
  async #followGrid(pipeline: Pipeline, wake: Wake): Promise<void> {
    const { fps } = pipeline.options;
    const intervalUs = 1e6 / fps;
    const startUs = this.#clock.nowUs();
    let slot = 0;
    while (!(this.#isClosing || this.#modeWanted)) {
      const dueUs = due(startUs, slot * intervalUs);
      await this.#reach(dueUs);
      if (this.#tuningWanted !== undefined && this.#retuning === undefined) this.#tune(pipeline);
      if (this.#retuned !== undefined) await this.#switchTo(this.#retuned, pipeline);
      if (pipeline.options.fps !== fps) return;
      slot += await this.#fillSlot(pipeline, { dueUs, intervalUs, wake });
      pipeline.pictures.checkSize(this.#clock.nowUs());
      const passedCount = Math.floor((this.#clock.nowUs() - startUs) / intervalUs);
      const next = Math.max(slot + 1, passedCount);
      pipeline.miss(next - slot - 1, due(startUs, (slot + 1) * intervalUs));
      slot = next;
    }
  }

  /** One frame, and the encoder's output for it. Returns how many slots were held before it. */
  async #fillSlot(
    pipeline: Pipeline,
    { dueUs, intervalUs, wake }: { dueUs: Micros; intervalUs: number; wake: Wake },
  ): Promise<number> {
    if (!pipeline.pictures.canWait) {
      pipeline.makeFrame(dueUs);
      await this.#drainUntil(pipeline, due(dueUs, intervalUs));
      return 0;
    }
    const slotCount = pipeline.patience(dueUs);
    const endUs = due(dueUs, slotCount * intervalUs);
    const isStill = slotCount > 1;
    const atUs = isStill
      ? await this.#stillUntil(pipeline, endUs, wake)
      : await this.#pictureTime(pipeline, endUs);
    const passedCount = Math.floor((atUs - dueUs) / intervalUs);
    const heldCount = Math.min(Math.max(0, passedCount), slotCount - 1);
    pipeline.hold(heldCount, dueUs);
    pipeline.makeFrame(atUs);
    // A frame made at the slot's end may take part of the next one.
    await this.#drainUntil(pipeline, due(this.#clock.nowUs(), intervalUs));
    return heldCount;
  }

  /**
   * Of a source that says when it has a picture: when it came, within its slot; at the slot's end,
   * where none has, the last one is repeated. One frame a slot: the rate is held. The thread is
   * blocked for a little at a time, so that messages get their turn.
   */
  async #pictureTime(pipeline: Pipeline, endUs: Micros): Promise<Micros> {
    for (;;) {
      const nowUs = this.#clock.nowUs();
      const leftMs = leftMsUntil(endUs, nowUs);
      if (leftMs <= 0 || this.#isClosing || this.#modeWanted !== undefined) return nowUs;
      if (pipeline.pictures.wait(Math.min(leftMs, waitMsMax))) return this.#clock.nowUs();
      await sleepMs(0);
    }
  }

  /** Until an unchanged picture is due again. Motion, and requests, do not wait for that. */
  async #stillUntil(pipeline: Pipeline, endUs: Micros, wake: Wake): Promise<Micros> {
    for (;;) {
      const nowUs = this.#clock.nowUs();
      const leftMs = leftMsUntil(endUs, nowUs);
      if (leftMs <= 0 || this.#isAsked(pipeline, nowUs)) return nowUs;
      const descriptor = pipeline.pictures.readyDescriptor;
      const isAsleep = descriptor !== undefined && this.#retuning === undefined;
      const waitMs = isAsleep ? 0 : Math.min(leftMs, stillWaitMs);
      if (pipeline.pictures.wait(waitMs)) return this.#clock.nowUs();
      if (isAsleep) await this.#sleep(pipeline, wake, { descriptor, leftMs });
      else await sleepMs(0);
    }
  }

  /** Blocks the thread until there may be a picture, or a message. */
  async #sleep(
    pipeline: Pipeline,
    wake: Wake,
    { descriptor, leftMs }: { descriptor: number; leftMs: number },
  ): Promise<void> {
    wake.announce();
    await sleepMs(0);
    const isAsked = this.#isAsked(pipeline, this.#clock.nowUs()) || this.#retuning !== undefined;
    wake.sleep(descriptor, isAsked ? 0 : leftMs);
  }

  /** Whether there is a request that does not wait for an unchanged picture. */
  #isAsked(pipeline: Pipeline, nowUs: Micros): boolean {
    return (
      this.#isClosing ||
      this.#modeWanted !== undefined ||
      this.#tuningWanted !== undefined ||
      this.#retuned !== undefined ||
      pipeline.patience(nowUs) === 1
    );
  }

  /** Between two frames. If a new encoder is needed, the old one continues while it is opened. */
  #tune(pipeline: Pipeline): void {
    const options = { ...pipeline.options, ...this.#tuningWanted };
    this.#tuningWanted = undefined;
    if (pipeline.follow(options)) return;
    this.#retuning = this.#openBeside(options);
  }

  async #openBeside(options: EncodeOptions): Promise<void> {
    try {
      this.#retuned = { encoder: await openEncoderBeside(options), options };
    } catch (cause) {
      const detail = messageOf(cause);
      const failure = cause instanceof Failure ? { failure: cause.code } : {};
      this.#post({ kind: "kept", warning: "encoder_not_changed", ...failure, detail });
    }
    this.#retuning = undefined;
  }

  async #switchTo({ encoder, options }: Retuned, pipeline: Pipeline): Promise<void> {
    this.#retuned = undefined;
    await this.#drainUntil(pipeline, due(this.#clock.nowUs(), drainUsMax));
    const { width, height } = pipeline.options;
    // Opened for a size that the stream no longer has: the request is repeated for the new one.
    if (width === options.width && height === options.height) {
      const before = pipeline.options;
      pipeline.switchTo(encoder, options);
      this.#reportChange(pipeline, before);
    } else {
      encoder.close();
      const { bitrateKbps, preset, picture } = options;
      this.#tuningWanted = { bitrateKbps, preset, picture, ...this.#tuningWanted };
    }
  }

  #reportChange(pipeline: Pipeline, before: EncodeOptions): void {
    this.#reportReset(encoderChange(before, pipeline.options));
  }

  #reportReset(why: EncoderReset["reason"]): void {
    const encoder = this.#pipeline?.encoderName ?? "";
    this.#post({ kind: "reset", encoder, atUs: this.#clock.nowUs(), reason: why });
  }

  /** Even when `dueUs` has passed, messages get their turn. */
  async #reach(dueUs: Micros): Promise<void> {
    if (this.#clock.nowUs() < dueUs) await sleepUntil(this.#clock, dueUs);
    else await sleepMs(0);
  }

  /** An encoder with threads of its own may take until the next slot, and longer. */
  async #drainUntil(pipeline: Pipeline, dueUs: Micros): Promise<void> {
    while (!pipeline.drain() && this.#clock.nowUs() < dueUs) await sleepMs(1);
  }
}

function leftMsUntil(endUs: Micros, nowUs: Micros): number {
  return Math.floor((endUs - nowUs) / 1000) - slotRestMs;
}

function due(startUs: Micros, offsetUs: number): Micros {
  return Math.round(startUs + offsetUs) as Micros;
}
