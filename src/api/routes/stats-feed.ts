/**
 * The recorder's events as server-sent events, one stream a connection. An `id` is the capture's
 * number and start (a number alone comes again after a restart) and the index of the last sample
 * sent, `7-1782504843000:41`; without index while nothing of it was sent. A client that comes back
 * with it while that capture records gets the samples from there on, none missing, none twice.
 * What it missed is read from the live capture as fast as it takes it; what comes new waits in a
 * bounded queue, and who does not keep up is cut off (and may come back with its id).
 */
import { unreachable } from "../../base/assert.ts";
import { Failure } from "../../base/failure.ts";
import type { StatsSample } from "../../model/capture.ts";
import type { RecordingChange } from "../../model/stream.ts";
import type { Stats, StatsEvent } from "../../ports/stats.ts";

export type StreamLimits = {
  readonly streamCountMax: number;
  readonly queueBytesMax: number;
  /** A connection that is silent for longer than 30 s would be closed on the way. */
  readonly pingMs: number;
};

const limitsDefault: StreamLimits = {
  streamCountMax: 32,
  queueBytesMax: 256 * 1024,
  pingMs: 10_000,
};

export class EventStreams {
  readonly #parts: { readonly stats: Stats };
  readonly #limits: StreamLimits;
  readonly #open = new Set<EventStream>();
  /** Connections that did not read fast enough. */
  cutCount = 0;

  constructor(parts: { readonly stats: Stats }, limits: StreamLimits = limitsDefault) {
    this.#parts = parts;
    this.#limits = limits;
  }

  get openCount(): number {
    return this.#open.size;
  }

  /** @throws Failure `too_many` */
  open({ lastEventId }: { lastEventId: string | undefined }): Response {
    if (this.#open.size >= this.#limits.streamCountMax) {
      const text = `Cannot open the event stream: ${this.#open.size} are open, which is the limit`;
      throw new Failure("too_many", text);
    }
    const stream = new EventStream(this.#parts.stats, this.#limits, (cut) => {
      this.#open.delete(stream);
      if (cut) this.cutCount += 1;
    });
    this.#open.add(stream);
    return new Response(stream.body(readPosition(lastEventId)), {
      headers: { "content-type": "text/event-stream" },
    });
  }
}

/** How far a client has got in which capture: the samples it has of it. */
type Position = { readonly captureKey: string; readonly sampleCount: number };

class EventStream {
  readonly #stats: Stats;
  readonly #limits: StreamLimits;
  readonly #whenClosed: (cut: boolean) => void;
  readonly #resources = new DisposableStack();
  #controller: ReadableStreamDefaultController<Uint8Array> | undefined;
  /** Of the capture that the samples sent are of; "" before the first. */
  #captureKey = "";
  /** First sample of the live capture that is still to be read from it; absent when none is. */
  #catchUpFrom: number | undefined;

  constructor(stats: Stats, limits: StreamLimits, whenClosed: (cut: boolean) => void) {
    this.#stats = stats;
    this.#limits = limits;
    this.#whenClosed = whenClosed;
  }

  body(position: Position | undefined): ReadableStream<Uint8Array> {
    return new ReadableStream<Uint8Array>(
      {
        start: (controller) => this.#start(controller, position),
        pull: () => this.#catchUp(),
        cancel: () => this.#close(false),
      },
      new ByteLengthQueuingStrategy({ highWaterMark: this.#limits.queueBytesMax }),
    );
  }

  /** Nothing can happen between reading the position and listening: both are in one turn. */
  #start(controller: ReadableStreamDefaultController<Uint8Array>, position?: Position): void {
    this.#controller = controller;
    const { sample_count: sampleCount } = this.#stats.status();
    this.#captureKey = keyOf(this.#stats);
    this.#catchUpFrom = firstMissed({ position, captureKey: this.#captureKey, sampleCount });
    this.#sendStatus();
    this.#resources.use(this.#stats.subscribe((event) => this.#pass(event)));
    const ping = setInterval(() => this.#send(": ping\n\n"), this.#limits.pingMs);
    this.#resources.defer(() => clearInterval(ping));
  }

  #pass(event: StatsEvent): void {
    switch (event.kind) {
      case "status":
        this.#follow();
        this.#sendStatus();
        return;
      case "sample":
        // While older ones are being read from the live capture, this one is found there in turn.
        if (this.#catchUpFrom === undefined) this.#send(this.#sampleText(event));
        return;
      case "added":
        this.#sendRecording({ action: "added", id: event.meta.id, meta: event.meta });
        return;
      case "removed":
        this.#sendRecording({ action: "removed", id: event.id });
        return;
      default:
        unreachable(event);
    }
  }

  /** Called by the runtime whenever the client has taken something of what was queued. */
  #catchUp(): void {
    const from = this.#catchUpFrom;
    const roomBytes = this.#controller?.desiredSize ?? 0;
    // More comes off the queue before it is half empty: there will be another call.
    if (from === undefined || roomBytes < this.#limits.queueBytesMax / 2) return;
    const missed = this.#stats.live(from)?.samples ?? [];
    let text = "";
    let count = 0;
    for (const sample of missed) {
      if (text.length > this.#limits.queueBytesMax / 8) break;
      text += this.#sampleText({ index: from + count, sample });
      count += 1;
    }
    this.#catchUpFrom = count < missed.length ? from + count : undefined;
    if (count > 0) this.#send(text);
  }

  /** A capture that has just begun is a new place to come back to; one that ends leaves the old. */
  #follow(): void {
    const captureKey = keyOf(this.#stats);
    if (captureKey === "" || captureKey === this.#captureKey) return;
    this.#captureKey = captureKey;
    this.#catchUpFrom = undefined;
  }

  #sendStatus(): void {
    const status = this.#stats.status();
    const id = idOf(this.#captureKey, this.#catchUpFrom ?? status.sample_count);
    const place = status.armed ? `id: ${id}\n` : "";
    this.#send(`${place}event: status\ndata: ${JSON.stringify(status)}\n\n`);
  }

  #sampleText({ index, sample }: { index: number; sample: StatsSample }): string {
    const id = idOf(this.#captureKey, index + 1);
    return `id: ${id}\nevent: sample\ndata: ${JSON.stringify(sample)}\n\n`;
  }

  #sendRecording(change: RecordingChange): void {
    this.#send(`event: recording\ndata: ${JSON.stringify(change)}\n\n`);
  }

  #send(text: string): void {
    const controller = this.#controller;
    if (controller === undefined) return;
    controller.enqueue(Buffer.from(text));
    if ((controller.desiredSize ?? 0) > 0) return;
    // Closing in order would keep the queue; an error drops it and the connection with it.
    controller.error(new Error("Cannot keep the event stream: its reader is too slow"));
    this.#close(true);
  }

  #close(cut: boolean): void {
    if (this.#controller === undefined) return;
    this.#controller = undefined;
    this.#resources.dispose();
    this.#whenClosed(cut);
  }
}

/** "" when nothing records. */
function keyOf(stats: Stats): string {
  const captureNumber = stats.captureNumber();
  return captureNumber === 0 ? "" : `${captureNumber}-${stats.status().started_unix_ms}`;
}

function idOf(captureKey: string, sentCount: number): string {
  return sentCount === 0 ? captureKey : `${captureKey}:${sentCount - 1}`;
}

/** An id that is none of ours is as good as none. */
function readPosition(text: string | undefined): Position | undefined {
  const [, captureKey, index] = /^(\d{1,10}-\d{1,15})(?::(\d{1,6}))?$/.exec(text ?? "") ?? [];
  if (captureKey === undefined) return undefined;
  return { captureKey, sampleCount: index === undefined ? 0 : Number(index) + 1 };
}

type Missed = {
  readonly position: Position | undefined;
  readonly captureKey: string;
  readonly sampleCount: number;
};

/** Of another capture than the client last saw, it has missed everything. */
function firstMissed({ position, captureKey, sampleCount }: Missed): number | undefined {
  if (position === undefined || captureKey === "") return undefined;
  const from = position.captureKey === captureKey ? position.sampleCount : 0;
  return from < sampleCount ? from : undefined;
}
