/**
 * What happens as server-sent events, one stream a connection. An `id` is the recording's key and
 * the index of the last event sent, `capture-1782504843000:41`. A client that comes back with it
 * while that recording can be read gets the events from there on, as far as they are held. What it
 * missed is read as fast as it takes it; who does not keep up with what is new is cut off.
 */
import { unreachable } from "../../base/assert.ts";
import { Failure } from "../../base/failure.ts";
import type { TimelineEvent, TimelineSource } from "../../model/timeline.ts";
import type { TimelineChange, TimelineReading, Timelines } from "../../ports/timeline.ts";

type Limits = {
  readonly streamCountMax: number;
  readonly queueBytesMax: number;
  /** A connection that is silent for longer than 30 s would be closed on the way. */
  readonly pingMs: number;
};

const limitsDefault: Limits = { streamCountMax: 32, queueBytesMax: 512 * 1024, pingMs: 10_000 };
const batchCount = 100;

type Asked = { readonly lastEventId: string | undefined; readonly of?: string | undefined };

export class TimelineStreams {
  readonly #parts: { readonly timeline: Timelines };
  readonly #limits: Limits;
  #openCount = 0;

  constructor(parts: { readonly timeline: Timelines }, limits: Limits = limitsDefault) {
    this.#parts = parts;
    this.#limits = limits;
  }

  get openCount(): number {
    return this.#openCount;
  }

  /** @throws Failure `too_many`, `out_of_range` */
  open({ lastEventId, of }: Asked): Response {
    if (this.#openCount >= this.#limits.streamCountMax) {
      const text = `Cannot open the timeline's stream: ${this.#openCount} are open, which is the limit`;
      throw new Failure("too_many", text);
    }
    if (of !== undefined && of !== "capture" && of !== "manual") {
      const text = 'Cannot use "of" of the query: a stream takes capture or manual';
      throw new Failure("out_of_range", text);
    }
    this.#openCount += 1;
    const stream = new TimelineStream(this.#parts.timeline, {
      limits: this.#limits,
      of,
      whenClosed: () => {
        this.#openCount -= 1;
      },
    });
    return new Response(stream.body(readPosition(lastEventId)), {
      headers: { "content-type": "text/event-stream" },
    });
  }
}

type Position = { readonly key: string; readonly index: number };
type Options = {
  readonly limits: Limits;
  readonly of: TimelineSource | undefined;
  whenClosed(): void;
};

class TimelineStream {
  readonly #timeline: Timelines;
  readonly #options: Options;
  readonly #resources = new DisposableStack();
  #controller: ReadableStreamDefaultController<Uint8Array> | undefined;
  /** Next event that is still to be read from the recording; absent when all that is held was sent. */
  #catchUpFrom: number | undefined;

  constructor(timeline: Timelines, options: Options) {
    this.#timeline = timeline;
    this.#options = options;
  }

  body(position: Position | undefined): ReadableStream<Uint8Array> {
    return new ReadableStream<Uint8Array>(
      {
        start: (controller) => this.#start(controller, position),
        pull: () => this.#catchUp(),
        cancel: () => this.#close(),
      },
      new ByteLengthQueuingStrategy({ highWaterMark: this.#options.limits.queueBytesMax }),
    );
  }

  #start(controller: ReadableStreamDefaultController<Uint8Array>, position?: Position): void {
    this.#controller = controller;
    const reading = this.#reading();
    if (position !== undefined && reading !== undefined && position.key === this.#keyOf(reading)) {
      this.#catchUpFrom = position.index + 1;
    }
    this.#sendState();
    this.#resources.use(this.#timeline.subscribe((change) => this.#pass(change)));
    const ping = setInterval(() => this.#send(": ping\n\n"), this.#options.limits.pingMs);
    this.#resources.defer(() => clearInterval(ping));
  }

  #pass(change: TimelineChange): void {
    switch (change.kind) {
      case "status":
        this.#sendState();
        return;
      case "event":
        // While older ones are being read from the recording, this one is found there in turn.
        if (this.#isShown(change.of) && this.#catchUpFrom === undefined) {
          this.#send(this.#eventText(change.event));
        }
        return;
      case "checkpoint":
        if (this.#isShown(change.of)) {
          this.#send(`event: checkpoint\ndata: ${JSON.stringify(change.checkpoint)}\n\n`);
        }
        return;
      default:
        unreachable(change);
    }
  }

  /** Called by the runtime whenever the client has taken something of what was queued. */
  #catchUp(): void {
    const from = this.#catchUpFrom;
    const roomBytes = this.#controller?.desiredSize ?? 0;
    if (from === undefined || roomBytes < this.#options.limits.queueBytesMax / 2) return;
    const missed = this.#reading()?.eventsSince(from) ?? [];
    let text = "";
    let sentCount = 0;
    for (const event of missed.slice(0, batchCount)) {
      if (text.length > this.#options.limits.queueBytesMax / 8) break;
      text += this.#eventText(event);
      sentCount += 1;
    }
    const last = missed[sentCount - 1];
    this.#catchUpFrom =
      last !== undefined && sentCount < missed.length ? last.index + 1 : undefined;
    if (text !== "") this.#send(text);
  }

  #source(): TimelineSource {
    const { capture } = this.#timeline.status();
    return this.#options.of ?? (capture?.recording === true ? "capture" : "manual");
  }

  #reading(): TimelineReading | undefined {
    return this.#timeline.reading(this.#source());
  }

  #isShown(of: TimelineSource): boolean {
    return of === this.#source();
  }

  #keyOf({ startedUnixMs }: TimelineReading): string {
    return `${this.#source()}-${startedUnixMs}`;
  }

  #eventText(event: TimelineEvent): string {
    const reading = this.#reading();
    const id = reading === undefined ? "" : `id: ${this.#keyOf(reading)}:${event.index}\n`;
    return `${id}event: event\ndata: ${JSON.stringify(event)}\n\n`;
  }

  #sendState(): void {
    this.#send(`event: state\ndata: ${JSON.stringify(this.#timeline.status())}\n\n`);
  }

  #send(text: string): void {
    const controller = this.#controller;
    if (controller === undefined) return;
    controller.enqueue(Buffer.from(text));
    if ((controller.desiredSize ?? 0) > 0) return;
    // Closing in order would keep the queue; an error drops it and the connection with it.
    controller.error(new Error("Cannot keep the timeline's stream: its reader is too slow"));
    this.#close();
  }

  #close(): void {
    if (this.#controller === undefined) return;
    this.#controller = undefined;
    this.#resources.dispose();
    this.#options.whenClosed();
  }
}

/** An id that is none of ours is as good as none. */
function readPosition(text: string | undefined): Position | undefined {
  const [, key, index] = /^((?:capture|manual)-\d{1,15}):(\d{1,16})$/.exec(text ?? "") ?? [];
  return key === undefined ? undefined : { key, index: Number(index) };
}
