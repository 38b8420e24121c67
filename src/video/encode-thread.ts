/**
 * Main's end of one encode worker: messages to it, the memory shared with it, and its end. It is
 * never killed: a hanging one is left behind.
 */
import { warn } from "../base/log.ts";
import { type NativeThread, nativeThreads } from "../base/native-threads.ts";
import { timers } from "../base/scheduler.ts";
import { SharedTime } from "../base/shared-time.ts";
import { Wake } from "../base/wake.ts";
import { workerUrl } from "../base/worker-url.ts";
import { activities, cancelledWord, type EncodeReport, type EncodeRequest } from "./link.ts";

/** Notifications to a worker's keeper. */
export type EncodeThreadEvents = {
  onReport(report: EncodeReport): void;
  /** It has thrown. */
  onError(message: string): void;
  /** It has exited. */
  onGone(): void;
  /** The process is about to exit. */
  onHurry(): void;
};

/** Started when it is made; exits when it is asked to close. */
export class EncodeThread {
  readonly #source: string;
  // With the current environment: sources find their desktop by it.
  readonly #worker = new Worker(workerUrl("video/encode-worker.ts"), {
    env: { ...process.env } as Record<string, string>,
  });
  readonly #activity = new Int32Array(new SharedArrayBuffer(2 * Int32Array.BYTES_PER_ELEMENT));
  readonly filmStart = new SharedTime().memory;
  /** The worker may sleep in the kernel while its picture is unchanged. */
  readonly #wake = new Wake();
  readonly #thread: NativeThread;
  readonly #gone = Promise.withResolvers<void>();
  #isGone = false;

  /** @param source identifies the cause if it hangs */
  constructor(source: string, events: EncodeThreadEvents) {
    this.#source = source;
    this.#thread = nativeThreads.add(source, () => events.onHurry());
    this.#worker.onmessage = (event: MessageEvent<EncodeReport>) => events.onReport(event.data);
    this.#worker.onerror = (event) => {
      event.preventDefault();
      events.onError(event.message);
    };
    this.#worker.addEventListener("close", () => {
      this.#isGone = true;
      this.#wake.close();
      this.#thread.end();
      this.#gone.resolve();
      events.onGone();
    });
  }

  /** What the worker is given of the memory that both see. */
  get shared() {
    return {
      activity: this.#activity.buffer,
      filmStart: this.filmStart,
      wake: this.#wake.link,
    };
  }

  /** Whether it is inside the source at this moment. */
  get isInSource(): boolean {
    return this.#activity[0] === activities.capture;
  }

  post(request: EncodeRequest): void {
    this.#worker.postMessage(request);
    if (request.kind !== "release") this.#wake.wake();
  }

  /** Nobody waits for the source any longer. */
  cancel(): void {
    Atomics.store(this.#activity, cancelledWord, 1);
  }

  /** Nobody waits for the worker any longer. It exits as soon as it is no longer blocked. */
  leave(): void {
    if (this.#isGone) return;
    const hanging = this.#thread.leave();
    warn("encode_worker_left", { source: this.#source, hanging });
    this.#worker.unref();
    this.#gone.resolve();
  }

  /** Resolves when it has exited, or was left behind: after the deadline in any case. */
  async ended(deadlineMs: number): Promise<void> {
    const cancel = timers.after(deadlineMs, () => this.leave());
    await this.#gone.promise.finally(cancel);
  }
}
