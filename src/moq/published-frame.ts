/**
 * Hot path: one encoded frame on its way to any number of viewers. It is settled when each of its
 * viewers has received or skipped it.
 */
import { Time, Varint } from "@moq/net";
import type { Micros } from "../base/clock.ts";
import type { EncodedFrame } from "../video/link.ts";

/** A frame shared by all viewers, until each has received or skipped it. */
export class PublishedFrame {
  /** Capture time as a varint of microseconds, then the access unit. */
  readonly payload: Uint8Array;
  readonly timestamp: Time.Timestamp;
  readonly isKey: boolean;
  readonly isRepeat: boolean;
  readonly isMeasured: boolean;
  readonly byteCount: number;
  readonly captureStartUs: Micros;
  readonly captureUs: number;
  readonly submitUs: number;
  readonly encodeUs: number;
  readonly cpuWaitUs: number | undefined;
  readonly sourceAgeUs: number | undefined;
  readonly quantiser: number | undefined;
  readonly quality: number | undefined;
  /** When it came out of the channel from the encoder. */
  readonly arrivedUs: Micros;
  /** When the last viewer so far received it; 0 when none did. */
  sentUs = 0;
  readonly slot: number;
  readonly dueUs: Micros;
  /** It has at least one viewer. */
  wasQueued = false;
  readonly #onSettled: (frame: PublishedFrame) => void;
  /** One for its publisher, so that it cannot settle before all viewers have it queued. */
  #waitingCount = 1;

  /** Copies the unit out of the frame's buffer, which goes back to the encoder. */
  constructor(
    frame: EncodedFrame,
    { arrivedUs, onSettled }: { arrivedUs: Micros; onSettled: (frame: PublishedFrame) => void },
  ) {
    const stamp = Varint.encode(frame.captureStartUs);
    this.payload = new Uint8Array(stamp.byteLength + frame.byteCount);
    this.payload.set(stamp);
    this.payload.set(new Uint8Array(frame.buffer, 0, frame.byteCount), stamp.byteLength);
    this.timestamp = Time.Timestamp.fromMicros(frame.captureStartUs);
    this.slot = frame.slot;
    this.dueUs = frame.dueUs;
    this.isKey = frame.isKey;
    this.isRepeat = frame.isRepeat;
    this.isMeasured = frame.isMeasured;
    this.byteCount = frame.byteCount;
    this.captureStartUs = frame.captureStartUs;
    this.captureUs = frame.captureUs;
    this.submitUs = frame.submitUs;
    this.encodeUs = frame.encodeUs;
    this.cpuWaitUs = frame.cpuWaitUs;
    this.sourceAgeUs = frame.sourceAgeUs;
    this.quantiser = frame.quantiser;
    this.quality = frame.quality;
    this.arrivedUs = arrivedUs;
    this.#onSettled = onSettled;
  }

  /** A viewer queues it; `sent` or `skip` follows once. */
  queued(): void {
    this.wasQueued = true;
    this.#waitingCount += 1;
  }

  sent(nowUs: Micros): void {
    this.sentUs = nowUs;
    this.#settle();
  }

  skip(): void {
    this.#settle();
  }

  /** No further viewer queues it. */
  published(): void {
    this.#settle();
  }

  #settle(): void {
    this.#waitingCount -= 1;
    if (this.#waitingCount === 0) this.#onSettled(this);
  }
}
