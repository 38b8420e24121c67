/**
 * The recorder's events as server-sent events, one stream a connection. An `id` is the number of the
 * capture and the index of the last sample sent, `7:41`, or the number alone while nothing of it was
 * sent: a client that comes back with it gets the samples from there on, none missing, none twice.
 * What it missed is read from the live capture as fast as it takes it; what comes new waits in a
 * bounded queue, and who does not keep up is cut off (and may come back with its id).
 */
import { unreachable } from "../base/assert.ts";
import { Failure } from "../base/failure.ts";
import type { StatsSample } from "../model/capture.ts";
import type { RecordingChange } from "../model/stream.ts";
import type { Parts, Stats, StatsEvent } from "./parts.ts";

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
  readonly #parts: Pick<Parts, "stats">;
  readonly #limits: StreamLimits;
  readonly #open = new Set<EventStream>();
  /** Connections that did not read fast enough. */
  cutCount = 0;

  constructor(parts: Pick<Parts, "stats">, limits: StreamLimits = limitsDefault) {
    this.#parts = parts;
    this.#limits = limits;
  }

  get openCount(): number {
    return this.#open.size;
  }

  /** @throws Failure `too_many` */
  open(lastEventId: string | undefined): Response {
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

/** How far a client has got: `index` of the last sample it has, absent when it has none. */
type Position = { readonly captureNumber: number; readonly index?: number | undefined };

class EventStream {
  readonly #stats: Stats;
  readonly #limits: StreamLimits;
  readonly #whenClosed: (cut: boolean) => void;
  readonly #resources = new DisposableStack();
  #controller: ReadableStreamDefaultController<Uint8Array> | undefined;
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
    const captureNumber = this.#stats.captureNumber();
    const sampleCount = this.#stats.status().sample_count;
    this.#catchUpFrom = firstMissed({ position, captureNumber, sampleCount });
    const sentCount = this.#catchUpFrom ?? sampleCount;
    this.#sendStatus(captureNumber, sentCount);
    this.#resources.use(this.#stats.subscribe((event) => this.#pass(event)));
    const ping = setInterval(() => this.#send(": ping\n\n"), this.#limits.pingMs);
    this.#resources.defer(() => clearInterval(ping));
  }

  #pass(event: StatsEvent): void {
    switch (event.kind) {
      case "status":
        // A capture that has just begun is a new place to come back to; a stop leaves the old one.
        if (event.status.sample_count === 0) this.#catchUpFrom = undefined;
        this.#sendStatus(
          this.#stats.captureNumber(),
          this.#catchUpFrom ?? event.status.sample_count,
        );
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

  #sendStatus(captureNumber: number, sentCount: number): void {
    const id = captureNumber === 0 ? "" : `id: ${idText(captureNumber, sentCount)}\n`;
    this.#send(`${id}event: status\ndata: ${JSON.stringify(this.#stats.status())}\n\n`);
  }

  #sampleText({ index, sample }: { index: number; sample: StatsSample }): string {
    const id = idText(this.#stats.captureNumber(), index + 1);
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

function idText(captureNumber: number, sentCount: number): string {
  return sentCount === 0 ? `${captureNumber}` : `${captureNumber}:${sentCount - 1}`;
}

/** An id that is none of ours is as good as none. */
function readPosition(text: string | undefined): Position | undefined {
  const match = /^(\d{1,10})(?::(\d{1,6}))?$/.exec(text ?? "");
  if (match === null) return undefined;
  const index = match[2] === undefined ? undefined : Number(match[2]);
  return { captureNumber: Number(match[1]), index };
}

type Missed = {
  readonly position: Position | undefined;
  readonly captureNumber: number;
  readonly sampleCount: number;
};

/** Of another capture than the client last saw, it has missed everything. */
function firstMissed({ position, captureNumber, sampleCount }: Missed): number | undefined {
  if (position === undefined || captureNumber === 0) return undefined;
  const isSame = position.captureNumber === captureNumber;
  const from = isSame && position.index !== undefined ? position.index + 1 : 0;
  return from < sampleCount ? from : undefined;
}
