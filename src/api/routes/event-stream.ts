/**
 * Server-sent events, one stream per connection, for any feed. A feed defines what is sent: at
 * first, whenever something happens, and what a client missed since the id that it returns with.
 * The latter is read as fast as the client takes it; new events wait in a bounded queue, and a
 * client that does not keep up is cut off (and may return with its id).
 */
import { Failure } from "../../base/failure.ts";
import { every, timers } from "../../base/scheduler.ts";

/** How much an event stream may buffer for a slow reader, and how often it pings. */
export type StreamLimits = {
  readonly streamCountMax: number;
  readonly queueBytesMax: number;
  /** A connection that is silent for longer than 30 s would be closed on the way. */
  readonly pingMs: number;
};

export const pingMsDefault = 10_000;

/** One client's view of the events. */
export type StreamFeed = {
  /**
   * Sends the first state by `send` and from then on what happens. Nothing happens while this runs.
   * @param lastEventId of a client that returns; an unknown one is ignored
   * @returns stops listening
   */
  begin(send: (text: string) => void, lastEventId: string | undefined): Disposable;
  /**
   * The next part of what the client missed, an event more than `lengthMax` characters; "" when all
   * was sent.
   */
  missed(lengthMax: number): string;
};

/** The streams of one kind: counted, and limited in number. */
export class EventStreams {
  readonly #limits: StreamLimits;
  readonly #what: string;
  #openCount = 0;
  /** Connections that did not read fast enough. */
  cutCount = 0;

  /** @param what as in "Cannot open the event stream" */
  constructor(what: string, limits: StreamLimits) {
    this.#what = what;
    this.#limits = limits;
  }

  get openCount(): number {
    return this.#openCount;
  }

  /** @throws Failure `too_many` */
  open(feed: StreamFeed, lastEventId: string | undefined): Response {
    if (this.#openCount >= this.#limits.streamCountMax) {
      const text = `Cannot open ${this.#what}: ${this.#openCount} are open, which is the limit`;
      throw new Failure("too_many", text);
    }
    this.#openCount += 1;
    const stream = new EventStream(feed, {
      limits: this.#limits,
      what: this.#what,
      onClosed: (isCut) => {
        this.#openCount -= 1;
        if (isCut) this.cutCount += 1;
      },
    });
    return new Response(stream.body(lastEventId), {
      headers: { "content-type": "text/event-stream" },
    });
  }
}

/** An event as its bytes on the wire, as text. */
export function eventText(event: string, data: unknown, id?: string): string {
  const place = id === undefined ? "" : `id: ${id}\n`;
  return `${place}event: ${event}\ndata: ${JSON.stringify(data)}\n\n`;
}

type Options = {
  readonly limits: StreamLimits;
  readonly what: string;
  onClosed(isCut: boolean): void;
};

class EventStream {
  readonly #feed: StreamFeed;
  readonly #options: Options;
  readonly #resources = new DisposableStack();
  #controller: ReadableStreamDefaultController<Uint8Array> | undefined;

  constructor(feed: StreamFeed, options: Options) {
    this.#feed = feed;
    this.#options = options;
  }

  body(lastEventId: string | undefined): ReadableStream<Uint8Array> {
    return new ReadableStream<Uint8Array>(
      {
        start: (controller) => this.#start(controller, lastEventId),
        pull: () => this.#catchUp(),
        cancel: () => this.#close(false),
      },
      new ByteLengthQueuingStrategy({ highWaterMark: this.#options.limits.queueBytesMax }),
    );
  }

  #start(
    controller: ReadableStreamDefaultController<Uint8Array>,
    lastEventId: string | undefined,
  ): void {
    this.#controller = controller;
    const send = (text: string) => this.#send(text);
    try {
      this.#resources.use(this.#feed.begin(send, lastEventId));
    } catch (cause) {
      this.#close(false);
      throw cause;
    }
    const { pingMs } = this.#options.limits;
    this.#resources.defer(every(timers, pingMs, () => send(": ping\n\n")));
  }

  /** Called by the runtime whenever the client has taken something from the queue. */
  #catchUp(): void {
    const { queueBytesMax } = this.#options.limits;
    // More leaves the queue before it is half empty: there will be another call.
    if ((this.#controller?.desiredSize ?? 0) < queueBytesMax / 2) return;
    const missed = this.#feed.missed(queueBytesMax / 8);
    if (missed !== "") this.#send(missed);
  }

  #send(text: string): void {
    const controller = this.#controller;
    if (controller === undefined) return;
    controller.enqueue(Buffer.from(text));
    if ((controller.desiredSize ?? 0) > 0) return;
    // Closing in order would keep the queue; an error drops it and the connection with it.
    controller.error(new Error(`Cannot keep ${this.#options.what}: its reader is too slow`));
    this.#close(true);
  }

  #close(isCut: boolean): void {
    if (this.#controller === undefined) return;
    this.#controller = undefined;
    this.#resources.dispose();
    this.#options.onClosed(isCut);
  }
}
