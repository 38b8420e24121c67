/**
 * The HTTP and HTTPS ports. One request per connection; over TLS the player's certificate is
 * requested, and a player without one is still answered, as players expect.
 *
 * The runtime's HTTP servers hide the client certificate, so this is a listener of our own.
 */
import type { Socket, TCPSocketListener } from "bun";
import { Failure } from "../../base/failure.ts";
import type { Identity } from "../../base/identity.ts";
import { fingerprintOf } from "../../base/identity.ts";
import { warn } from "../../base/log.ts";
import { Places } from "../../session/places.ts";
import { type HttpRequest, readRequest } from "./request.ts";
import { refusal } from "./xml.ts";

/** A request arrives at once; an answer may wait for the operator to enter a PIN. */
const requestSecondsMax = 10;
const answerSecondsMax = 240;
const connectionCountMax = 64;
/** Per address, so that it cannot take all of them. */
const connectionsPerAddressMax = 16;

export type HttpPeer = {
  readonly address: string;
  /** Our address that the player has reached. */
  readonly localAddress: string;
  readonly isTls: boolean;
  /** SHA-256 of the certificate that it presented over TLS. */
  readonly fingerprint: string | undefined;
  /** Aborted when the player disconnects before it was answered. */
  readonly signal: AbortSignal;
};

/** XML as text, or a PNG. */
export type HttpBody = string | Buffer;
export type HttpHandler = (request: HttpRequest, caller: HttpPeer) => Promise<HttpBody>;

type Connection = {
  held: Buffer;
  isAnswering: boolean;
  fingerprint: string | undefined;
  readonly gone: AbortController;
};

export class HttpServer {
  readonly #handler: HttpHandler;
  readonly #listeners: TCPSocketListener<Connection>[] = [];
  readonly #places = new Places<Socket<Connection>>({
    countMax: connectionCountMax,
    perAddressMax: connectionsPerAddressMax,
  });

  constructor(handler: HttpHandler) {
    this.#handler = handler;
  }

  /** With an identity it is HTTPS. @throws Failure `port_taken` */
  listen(at: { readonly hostname: string; readonly port: number }, identity?: Identity): void {
    const isTls = identity !== undefined;
    const tls = identity && {
      key: identity.keyPem,
      cert: identity.certificatePem,
      requestCert: true,
      rejectUnauthorized: false,
    };
    try {
      const listener = Bun.listen<Connection>({
        hostname: at.hostname,
        port: at.port,
        ...(tls === undefined ? {} : { tls }),
        socket: {
          open: (socket) => this.#open(socket),
          handshake: (socket) => readFingerprint(socket),
          data: (socket, bytes) => this.#receive(socket, bytes, isTls),
          timeout: (socket) => void socket.terminate(),
          close: (socket) => this.#close(socket),
          error: () => undefined,
        },
      });
      this.#listeners.push(listener);
    } catch (cause) {
      throw new Failure("port_taken", `Cannot listen on TCP port "${at.port}"`, { cause });
    }
  }

  close(): void {
    for (const listener of this.#listeners) listener.stop(true);
  }

  #open(socket: Socket<Connection>): void {
    const { remoteAddress: address } = socket;
    socket.data = {
      held: Buffer.alloc(0),
      isAnswering: false,
      fingerprint: undefined,
      gone: new AbortController(),
    };
    socket.timeout(requestSecondsMax);
    this.#places.enter(socket, address)?.terminate();
  }

  #close(socket: Socket<Connection>): void {
    this.#places.leave(socket);
    socket.data.gone.abort();
  }

  #receive(socket: Socket<Connection>, bytes: Buffer, isTls: boolean): void {
    const { data } = socket;
    if (data.isAnswering) return;
    data.held = Buffer.concat([data.held, bytes]);
    const request = readRequest(data.held);
    if (request === "incomplete") return;
    data.isAnswering = true;
    data.held = Buffer.alloc(0);
    if (request === "malformed") {
      socket.end();
      return;
    }
    socket.timeout(answerSecondsMax);
    const { fingerprint, gone } = data;
    const { remoteAddress: address, localAddress } = socket;
    void this.#answer(socket, request, {
      address,
      localAddress,
      isTls,
      fingerprint,
      signal: gone.signal,
    });
  }

  /** The edge of this interface: every error behind it is answered and logged here. */
  async #answer(socket: Socket<Connection>, request: HttpRequest, caller: HttpPeer): Promise<void> {
    let body: HttpBody;
    try {
      body = await this.#handler(request, caller);
    } catch (cause) {
      warn("gamestream_request_failed", { path: request.path, cause });
      body = refusal(500, "The host could not do that");
    }
    if (!caller.signal.aborted) socket.end(messageOf(body));
  }
}

/** The whole answer: status, head and body. */
function messageOf(body: HttpBody): Buffer {
  const type = typeof body === "string" ? "application/xml" : "image/png";
  const head =
    `HTTP/1.1 200 OK\r\nContent-Type: ${type}\r\n` +
    `Content-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n`;
  return Buffer.concat([Buffer.from(head), Buffer.from(body)]);
}

function readFingerprint(socket: Socket<Connection>): void {
  const certificate: unknown = socket.getPeerCertificate();
  if (typeof certificate !== "object" || certificate === null || !("raw" in certificate)) return;
  const { raw } = certificate;
  if (raw instanceof Uint8Array) socket.data.fingerprint = fingerprintOf(raw);
}
