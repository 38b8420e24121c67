/** An encode stream whose frames a test makes itself. */
import type { Micros } from "../../src/base/clock.ts";
import { SharedTime } from "../../src/base/shared-time.ts";
import { ending } from "../../src/model/ending.ts";
import type { EncoderReset, Tuning } from "../../src/video/link.ts";
import { shareFrame } from "../../src/video/shared-frame.ts";
import type { Consumer, EncodeStream } from "../../src/video/stream.ts";
import type { ManualClock } from "./manual-clock.ts";

/** The start of a unit of x264: a sequence parameter set of constrained baseline, level 3.1. */
export const keyUnit = new Uint8Array([0, 0, 0, 1, 0x67, 0x42, 0xc0, 0x1f, 0xda, 0, 0, 1, 0x65, 1]);
export const deltaUnit = new Uint8Array([0, 0, 0, 1, 0x41, 2, 3]);

export class FakeStream implements EncodeStream {
  readonly encoder = "fake";
  readonly source = "testsrc";
  isWaitingForSource = false;
  readonly filmStart = new SharedTime().memory;
  readonly bitrates: number[] = [];
  readonly tunings: Tuning[] = [];
  readonly modes: { width: number; height: number; fps: number }[] = [];
  idrCount = 0;
  /** Slots without a frame so far. */
  missedCount = 0;
  releasedCount = 0;
  isClosed = false;
  readonly #consumers = new Set<Consumer>();
  readonly #clock: ManualClock;
  #index = 0;

  constructor(clock: ManualClock) {
    this.#clock = clock;
  }

  subscribe(consumer: Consumer): Disposable {
    this.#consumers.add(consumer);
    return { [Symbol.dispose]: () => void this.#consumers.delete(consumer) };
  }

  requestIdr(): void {
    this.idrCount += 1;
  }

  setBitrate(bitrateKbps: number): void {
    this.tune({ bitrateKbps });
  }

  tune(tuning: Tuning): void {
    this.tunings.push(tuning);
    if (tuning.bitrateKbps !== undefined) this.bitrates.push(tuning.bitrateKbps);
  }

  setMode(mode: { width: number; height: number; fps: number }): void {
    this.modes.push(mode);
  }

  close(): Promise<void> {
    this.isClosed = true;
    return Promise.resolve();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  fail(detail: string): void {
    for (const consumer of [...this.#consumers])
      consumer.onEnd(ending("stream_failed", { source: "fake", failure: "internal", detail }));
  }

  reset(reason: EncoderReset["reason"]): void {
    const atUs = this.#clock.nowUs() as Micros;
    for (const consumer of [...this.#consumers]) consumer.onReset?.({ atUs, reason });
  }

  /** A frame that has taken 1 ms to capture, 2 to submit, 3 to encode, 1 in the channel. */
  push(isKey: boolean, unit: Uint8Array = isKey ? keyUnit : deltaUnit): void {
    const frame = {
      buffer: unit.slice().buffer,
      byteCount: unit.byteLength,
      index: this.#index,
      slot: this.#index + this.missedCount,
      dueUs: (this.#clock.nowUs() - 7000) as Micros,
      isKey,
      isRepeat: false,
      captureStartUs: (this.#clock.nowUs() - 7000) as Micros,
      isMeasured: true,
      captureUs: 1000,
      submitUs: 2000,
      encodeUs: 3000,
      droppedCount: 0,
      missedCount: this.missedCount,
    };
    this.#index += 1;
    const giveBack = () => {
      this.releasedCount += 1;
    };
    const shared = shareFrame(frame, { count: this.#consumers.size, giveBack });
    for (const consumer of [...this.#consumers]) consumer.onFrame(shared);
  }
}
