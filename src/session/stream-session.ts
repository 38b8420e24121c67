/**
 * The common part of any path's session, around its encode stream: control of the stream, key frame
 * requests, samples, totals, and the log of events. A path adds its player.
 */
import type { Clock } from "../base/clock.ts";
import { StopWatch } from "../base/stop-watch.ts";
import { threadId } from "../base/thread-id.ts";
import type { Ending } from "../model/ending.ts";
import type { Happened } from "../model/happening.ts";
import { type Reason, reason } from "../model/reason.ts";
import type { Tuning } from "../video/link.ts";
import type { EncodeStream, SharedFrame } from "../video/stream.ts";
import type { SessionThreads } from "../worker/link.ts";
import type { FrameRecord } from "./frame-record.ts";
import { KeyFrames } from "./key-frames.ts";
import { PictureFollower } from "./picture-follower.ts";
import type { StreamPicture } from "./picture-ladder.ts";
import { RowRecorder } from "./row-recorder.ts";
import { SentTotals } from "./sent-totals.ts";
import { SessionLog } from "./session-log.ts";
import { StreamControl } from "./stream-control.ts";
import type { TuningFacts } from "./stream-tuning.ts";
import { sessionTickMs } from "./tick.ts";
import type { WindowSampler } from "./window-sampler.ts";

/** The path's parameters for its session. */
export type StreamSessionOptions = TuningFacts & {
  readonly clock: Clock;
  /** Minimum distance of key frame requests to the encoder; 100 ms if left out. */
  readonly keyFrameIntervalUs?: number;
  readonly sampler: WindowSampler;
  /** Events besides numbers: with a tick, and at the end. */
  onHappened(taken: Omit<Happened, "session_id">): void;
  /**
   * The encoder changes its picture from its next key frame on, because of its bitrate. Left out by
   * a path whose players cannot follow: their picture stays as requested.
   */
  onPicture?(picture: StreamPicture, why: Reason): void;
};

/** Reports of a path's sender. */
export type FrameEvents = {
  /** Before a frame that will be sent is processed. */
  onTaken(frame: { readonly isMeasured: boolean }, takenUs: number): void;
  /** After the last of it; the record may be reused at once. */
  onSent(record: FrameRecord): void;
  /** It will not be sent, and nothing is missing without it. */
  onUnsent(record: FrameRecord): void;
  /** The same, but the stream has a gap that only a key frame repairs. */
  onDropped(record: FrameRecord): void;
};

/** The consumer of the stream's frames. */
export type FrameTaker = {
  /** Per frame: every frame must be released once. */
  onFrame(frame: SharedFrame): void;
  /** The encoder was opened again: the next key frame begins with other parameters. */
  onReset?(): void;
  /** The source's own picture has this size now. */
  readonly onResized?:
    | ((size: { readonly width: number; readonly height: number }) => void)
    | undefined;
  /** No frame follows. */
  onEnd(why: Ending): void;
};

const keyFrameIntervalUsDefault = 100_000;

/** The part of a session that all paths have. */
export class StreamSession {
  readonly log = new SessionLog();
  /** Totals sent, for counters in another thread. */
  readonly totals = new SentTotals();
  /** The fate of each slot, for the history in another thread. */
  readonly rows: RowRecorder;
  readonly startedUnixMs: number;
  readonly control: StreamControl;
  readonly keyFrames: KeyFrames;
  /** For the path's sender: the fate of each frame. */
  readonly frameEvents: FrameEvents;
  /** Frames that were lost before they came out of the encoder's channel. */
  lostCount = 0;
  readonly #options: StreamSessionOptions;
  /**
   * Detects that the process was stopped; made when the session runs, since only `end` closes it.
   */
  #stopWatch: StopWatch | undefined;
  readonly #picture: PictureFollower | undefined;
  #stream: EncodeStream | undefined;
  #subscription: Disposable | undefined;
  #isEnded = false;

  constructor(options: StreamSessionOptions) {
    const { clock, keyFrameIntervalUs: intervalUs = keyFrameIntervalUsDefault } = options;
    const { log } = this;
    this.#options = options;
    this.startedUnixMs = clock.wallMs();
    this.rows = new RowRecorder(options.sampler.path);
    this.control = new StreamControl({ ...options, log });
    this.keyFrames = new KeyFrames({ clock, log, intervalUs, ask: () => this.#askKeyFrame() });
    this.frameEvents = this.#makeFrameEvents();
    this.#picture = this.#makePictureFollower();
  }

  /** For main: the memory that it reads, and the threads that it monitors. */
  get shared(): {
    readonly totals: SharedArrayBuffer;
    readonly rows: SharedArrayBuffer;
    readonly threads: SessionThreads;
  } {
    const threads = { encode: this.#stream?.threadId, send: threadId() };
    return { totals: this.totals.memory, rows: this.rows.memory, threads };
  }

  /** FFmpeg's name of the encoder; empty before there is one. */
  get encoder(): string {
    return this.#stream?.encoder ?? "";
  }

  /** The encode stream is open, with this tuning. Closing it stays with the caller. */
  attach(stream: EncodeStream, opened: Required<Tuning>): void {
    this.#stream = stream;
    this.control.attach(stream, opened);
  }

  /** Frames flow from the next key frame on, to one consumer; calling it twice changes nothing. */
  subscribe(taker: FrameTaker): void {
    if (this.#isEnded) return;
    this.#subscription ??= this.#stream?.subscribe({
      onFrame: (frame) => {
        this.#onFrame(frame);
        taker.onFrame(frame);
      },
      onUnsent: (slots) => this.rows.onUnsent(slots),
      onReset: ({ atUs, reason: why }) => {
        this.keyFrames.reset();
        this.log.add({ atUs, action: "encoder_reset", reason: why });
        taker.onReset?.();
      },
      onResized: ({ atUs, width, height }) => {
        this.log.add({ atUs, action: "source_resized", width, height });
        taker.onResized?.({ width, height });
      },
      onAbsence: ({ atUs, why, ms }) =>
        this.log.add(
          why === undefined
            ? { atUs, action: "source_back", ms }
            : { atUs, action: "source_gone", reason: reason(why) },
        ),
      onEnd: (why) => taker.onEnd(why),
    });
  }

  /**
   * A few times a second, off the frame path. True when its picture stands still: the next tick may come later.
   * @param meantMs how long after the last tick this one was meant to come
   */
  tick(nowUs: number, meantMs = sessionTickMs): boolean {
    if (this.#isEnded) return true;
    this.keyFrames.advance(nowUs);
    if (this.control.settings.bitrate_follows_link) this.#picture?.tick(nowUs);
    else this.#picture?.release();
    this.#checkStopped(nowUs, meantMs * 1000);
    const { sampler } = this.#options;
    const stream = this.#stream;
    const waitsFor = stream?.isWaitingForSource === true ? stream.source : undefined;
    // First: it knows when this tick was meant to come.
    sampler.tick(nowUs, meantMs * 1000);
    this.log.onTick(nowUs, waitsFor, sampler.missedBy(nowUs));
    this.rows.tick(nowUs, this.control.fps);
    this.reportLog();
    return sampler.isAtRest(nowUs);
  }

  /** Reports now instead of at the next tick. */
  reportLog(): void {
    const taken = this.log.take();
    if (taken !== undefined) this.#options.onHappened(taken);
  }

  /** No frame is accepted any more. The remaining reports are sent; once. */
  end(): void {
    if (this.#isEnded) return;
    this.#isEnded = true;
    this.#stopWatch?.close();
    this.#subscription?.[Symbol.dispose]();
    const nowUs = this.#options.clock.nowUs();
    this.#options.sampler.end(nowUs);
    this.rows.end(nowUs, this.control.fps);
    this.reportLog();
  }

  #checkStopped(nowUs: number, meantUs: number): void {
    this.#stopWatch ??= new StopWatch();
    const stoppedUs = this.#stopWatch.check(nowUs, meantUs);
    if (stoppedUs === 0) return;
    this.log.onStopped(stoppedUs, nowUs);
    this.#options.sampler.onStopped(stoppedUs);
  }

  #makePictureFollower(): PictureFollower | undefined {
    const { onPicture } = this.#options;
    if (onPicture === undefined) return undefined;
    return new PictureFollower({
      asked: () => this.control.askedPicture,
      onPicture: (picture, change) =>
        onPicture(picture, this.control.followBitrate(picture, change)),
    });
  }

  #makeFrameEvents(): FrameEvents {
    const { rows } = this;
    const { sampler } = this.#options;
    return {
      onTaken: (frame, takenUs) => sampler.onTaken(frame, takenUs),
      onSent: (record) => {
        this.totals.add(record.byteCount, record.isKey);
        sampler.onFrame(record);
        rows.onFrame(record);
      },
      onUnsent: (record) => {
        sampler.onFrame(record);
        rows.onFrame(record);
      },
      onDropped: (record) => {
        sampler.onFrame(record);
        rows.onFrame(record);
        this.keyFrames.request("host");
      },
    };
  }

  /** Hot path. */
  #onFrame(frame: SharedFrame): void {
    const { clock, sampler } = this.#options;
    const nowUs = clock.nowUs();
    this.lostCount = frame.droppedCount;
    sampler.onArrival(frame);
    this.rows.onArrival(frame);
    this.#picture?.onFrame(frame);
    this.log.onFrame(frame, this.keyFrames.isNextRegular, nowUs);
    if (frame.isKey) this.keyFrames.came(nowUs);
    else this.keyFrames.advance(nowUs);
  }

  #askKeyFrame(): boolean {
    if (this.#stream === undefined || this.#isEnded) return false;
    this.#stream.requestIdr();
    return true;
  }
}
