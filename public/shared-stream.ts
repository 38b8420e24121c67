/**
 * An event stream of the host, shared by all windows of a browser: it allows six connections per
 * host, and one stream per window would use them up. A shared worker holds the connection; without
 * one, or if it fails, the window opens its own.
 */

/** An event of the stream, or the end of its connection, as forwarded by the worker. */
export type StreamMessage =
  | {
      readonly kind: "event";
      readonly type: string;
      readonly data: string;
      readonly lastEventId: string;
    }
  /** `isClosed` when the browser does not reconnect by itself. */
  | { readonly kind: "error"; readonly isClosed: boolean };

/** What a window asks of the worker. */
export type StreamQuestion =
  | { readonly kind: "open"; readonly address: string; readonly types: readonly string[] }
  | { readonly kind: "close" };

export type FeedEvent = { readonly data: string; readonly lastEventId: string };
export type Stream = { close(): void };

export type Handlers = {
  /** By type. The host sends the first of them at once; so does a stream that is already open. */
  readonly events: Readonly<Record<string, (event: FeedEvent) => void>>;
  /** The connection broke; `isClosed` when it has to be opened again by `openStream`. */
  onError(isClosed: boolean): void;
};

export function openStream(address: string, handlers: Handlers): Stream {
  const script = document.querySelector<HTMLMetaElement>("meta[name=stream-worker]")?.content;
  if (script === undefined || typeof SharedWorker === "undefined") return own(address, handlers);
  try {
    return shared(new SharedWorker(script, { name: "onglass", type: "module" }), address, handlers);
  } catch {
    return own(address, handlers);
  }
}

function own(address: string, { events, onError }: Handlers): Stream {
  const source = new EventSource(address);
  for (const [type, take] of Object.entries(events)) source.addEventListener(type, take);
  source.addEventListener("error", () => onError(source.readyState === EventSource.CLOSED));
  return source;
}

function shared(worker: SharedWorker, address: string, handlers: Handlers): Stream {
  const { port } = worker;
  const ask = (question: StreamQuestion) => port.postMessage(question);
  let instead: Stream | undefined;
  let isClosed = false;
  worker.addEventListener("error", () => {
    if (!isClosed) instead ??= own(address, handlers);
  });
  port.addEventListener("message", ({ data }: MessageEvent<StreamMessage>) => {
    if (isClosed) return;
    if (data.kind === "error") handlers.onError(data.isClosed);
    else handlers.events[data.type]?.(data);
  });
  port.start();
  ask({ kind: "open", address, types: Object.keys(handlers.events) });
  return {
    close: () => {
      isClosed = true;
      ask({ kind: "close" });
      port.close();
      instead?.close();
    },
  };
}
