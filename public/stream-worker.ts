/**
 * The shared worker that holds one connection for each event stream of the host, for all windows
 * that follow it. A later window gets the last event of the first type at once, as the host would
 * send it. The connection ends with the last window.
 */
import type { StreamMessage, StreamQuestion } from "./shared-stream.ts";

class SharedStream {
  readonly #source: EventSource;
  readonly #ports = new Set<MessagePort>();
  readonly #onEnded: () => void;
  #first: StreamMessage | undefined;

  constructor(address: string, types: readonly string[], onEnded: () => void) {
    this.#onEnded = onEnded;
    this.#source = new EventSource(address);
    for (const type of types) {
      this.#source.addEventListener(type, ({ data, lastEventId }: MessageEvent<string>) => {
        const message = { kind: "event", type, data, lastEventId } as const;
        if (type === types[0]) this.#first = message;
        this.#tell(message);
      });
    }
    this.#source.addEventListener("error", () => this.#takeError());
  }

  add(port: MessagePort): void {
    this.#ports.add(port);
    const isOpen = this.#source.readyState === EventSource.OPEN;
    if (isOpen && this.#first !== undefined) port.postMessage(this.#first);
  }

  remove(port: MessagePort): void {
    this.#ports.delete(port);
    if (this.#ports.size > 0) return;
    this.#source.close();
    this.#onEnded();
  }

  #takeError(): void {
    const isClosed = this.#source.readyState === EventSource.CLOSED;
    // The window that opens it again gets a new one.
    if (isClosed) this.#onEnded();
    this.#tell({ kind: "error", isClosed });
  }

  #tell(message: StreamMessage): void {
    for (const port of this.#ports) port.postMessage(message);
  }
}

const streams = new Map<string, SharedStream>();

function open(address: string, types: readonly string[]): SharedStream {
  const known = streams.get(address);
  if (known !== undefined) return known;
  const stream: SharedStream = new SharedStream(address, types, () => {
    if (streams.get(address) === stream) streams.delete(address);
  });
  streams.set(address, stream);
  return stream;
}

function serve(port: MessagePort): void {
  let followed: SharedStream | undefined;
  const leave = () => {
    followed?.remove(port);
    followed = undefined;
  };
  port.addEventListener("message", ({ data }: MessageEvent<StreamQuestion>) => {
    leave();
    if (data.kind === "close") return;
    followed = open(data.address, data.types);
    followed.add(port);
  });
  // A window that closed without notice; not every browser reports that.
  port.addEventListener("close", leave);
  port.start();
}

globalThis.addEventListener("connect", (event: Event) => {
  const [port] = event instanceof MessageEvent ? event.ports : [];
  if (port !== undefined) serve(port);
});
