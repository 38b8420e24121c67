/**
 * A WebSocket of the server as the pair of streams for the session layer. Sends wait while the
 * socket is full; a peer that sends faster than it is read loses the connection.
 */

/** The part of the runtime's socket that is needed. */
export type ServerSocket = {
  /** Bytes sent, -1 when they wait for room, 0 when they were dropped. */
  send(bytes: Uint8Array): number;
  close(code?: number, reason?: string): void;
  terminate(): void;
};

type Closed = { readonly closeCode: number; readonly reason: string };

/** Received but not read: the flow control allows a peer 1 MiB. */
const unreadBytesMax = 8 * 1024 * 1024;

/** One WebSocket as the streams that the library expects. Bounded. */
export class SocketPipe {
  readonly url = "";
  readonly opened;
  readonly closed: Promise<Closed>;
  readonly #socket: ServerSocket;
  readonly #end = Promise.withResolvers<Closed>();
  #controller: ReadableStreamDefaultController<Uint8Array> | undefined;
  #room: PromiseWithResolvers<void> | undefined;
  #isEnded = false;

  constructor(socket: ServerSocket, protocol: string) {
    this.#socket = socket;
    this.closed = this.#end.promise;
    const readable = new ReadableStream<Uint8Array>(
      {
        start: (controller) => {
          this.#controller = controller;
        },
        cancel: () => socket.close(),
      },
      new ByteLengthQueuingStrategy({ highWaterMark: unreadBytesMax }),
    );
    const writable = new WritableStream<Uint8Array>({
      write: (bytes) => this.#write(bytes),
      close: () => socket.close(),
      abort: () => socket.close(),
    });
    this.opened = Promise.resolve({ readable, writable, extensions: "", protocol });
  }

  /** The runtime may use the message's memory again: it is copied. */
  receive(message: string | Uint8Array): void {
    if (this.#isEnded || this.#controller === undefined) return;
    if (typeof message === "string") {
      this.#socket.close(unsupportedData, "this protocol has no text");
      return;
    }
    // The reader takes an empty chunk for an error; it contains nothing anyway.
    if (message.byteLength === 0) return;
    if ((this.#controller.desiredSize ?? 0) < message.byteLength) {
      this.#socket.terminate();
      return;
    }
    this.#controller.enqueue(new Uint8Array(message));
  }

  /** The socket has room again. */
  drained(): void {
    this.#room?.resolve();
    this.#room = undefined;
  }

  /** The socket is closed. */
  ended(closeCode: number, reason: string): void {
    if (this.#isEnded) return;
    this.#isEnded = true;
    this.#controller?.close();
    this.drained();
    this.#end.resolve({ closeCode, reason });
  }

  /** Called by the session; only some codes may be sent. */
  close(info: { closeCode?: number; reason?: string } = {}): void {
    const { closeCode = 1000, reason } = info;
    const isSendable = closeCode === 1000 || (closeCode >= 3000 && closeCode <= 4999);
    if (!this.#isEnded) this.#socket.close(isSendable ? closeCode : 1000, reason);
  }

  async #write(bytes: Uint8Array): Promise<void> {
    if (this.#isEnded) throw new Error("Cannot send: the socket is closed");
    const sent = this.#socket.send(bytes);
    if (sent === 0) throw new Error("Cannot send: the socket dropped the message");
    if (sent !== -1) return;
    this.#room ??= Promise.withResolvers<void>();
    await this.#room.promise;
  }
}

const unsupportedData = 1003;
