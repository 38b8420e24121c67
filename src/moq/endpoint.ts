/**
 * The MoQ endpoint: a WebSocket on the console's listener, over which any client of the library
 * sees announcements and subscribes. Admission is decided at the upgrade, by a function passed in.
 * A misbehaving peer only loses its connection.
 */

import { Connection } from "@moq/net";
import QmuxSession, { selectSubprotocol } from "@moq/qmux";
import { ConnectionPlaces } from "../base/connection-places.ts";
import { Failure } from "../base/failure.ts";
import type { FailureCode } from "../base/failure-codes.ts";
import { timers } from "../base/scheduler.ts";
import type { Counters } from "../counters/counters.ts";
import type { Tier } from "../model/counters.ts";
import type { SocketEvents } from "../ports/sockets.ts";
import { Ingress } from "./ingress.ts";
import type { Origin, PeerConnection } from "./origin.ts";
import { type ServerSocket, SocketPipe } from "./socket-pipe.ts";

/** Two per player with sound: one for the picture, one for the sound. */
export const connectionCountMax = 256;
/** Of those, the shares of all people who came by a link, and of one of their browsers. */
export const guestCountMax = 224;
export const perGuestMax = 12;
/** From the upgrade until the session is established. */
const handshakeMs = 10_000;
const versions = ["moq-lite-05", "moq-lite-04", "moq-lite-03"];
const wire = {
  protocols: versions,
  versions: Object.fromEntries(versions.map((version) => [version, null])),
  requireProtocol: true,
};

/** For the listener: options of its sockets. */
export const socketLimits = {
  maxPayloadLength: 256 * 1024,
  // Each send waits for room, so at most one message is buffered beyond this.
  backpressureLimit: 64 * 1024,
  closeOnBackpressureLimit: false,
  perMessageDeflate: false,
  sendPings: true,
  idleTimeout: 30,
} as const;

/** The part of the runtime's server that is needed. */
type Upgrader = {
  upgrade(
    request: Request,
    options: { headers: Record<string, string>; data: SocketEvents<ServerSocket> },
  ): boolean;
};

/**
 * A right that may end while a connection is open.
 * @returns a call that cancels the notification
 */
export type Right = (onOver: () => void) => () => void;

/** The right of a connection. */
export type MoqAdmission = {
  /** Whose traffic it is. */
  readonly tier: Tier;
  /** Until when; absent: as long as the connection lasts. */
  readonly right?: Right | undefined;
  /** Broadcasts that it may see; all of them if absent. */
  readonly sees?: ((path: string) => boolean) | undefined;
  /** A browser that came by a link; absent for the operator. */
  readonly guest?: string | undefined;
};

type Peer = MoqAdmission & { readonly protocol: string; readonly url: URL };

type Options = {
  readonly origin: Origin;
  readonly counters: () => Counters;
  /** Throws a `Failure` if the request is not admitted. */
  admit(request: Request): MoqAdmission;
  /**
   * A viewer's report. `peerId` is that of its subscriptions; `relayed` the broadcast that it
   * claims to watch through a relay, if it may see it.
   */
  onReport(peerId: number, payload: Uint8Array, relayed: string | undefined): void;
  /** The connection has ended, and nothing more arrives from it. */
  onGone(peerId: number): void;
};

/** Serves the broadcasts of an origin over WebSocket. One per host. */
export class MoqEndpoint {
  readonly #options: Options;
  readonly #closers = new Set<() => void>();
  readonly #places = new ConnectionPlaces({
    ...{ countMax: connectionCountMax, guestCountMax, perGuestMax },
  });
  #peerCount = 0;

  constructor(options: Options) {
    this.#options = options;
  }

  get connectionCount(): number {
    return this.#closers.size;
  }

  /**
   * Makes a WebSocket of the request.
   * @throws Failure `malformed`, `too_many`, or what `admit` throws
   */
  upgrade(request: Request, server: Upgrader): void {
    const admission = this.#options.admit(request);
    const protocol = selectSubprotocol(request.headers.get("sec-websocket-protocol"), wire);
    if (protocol === undefined) {
      throw refusal("malformed", `it has to offer one of ${versions.join(", ")}`);
    }
    const leave = this.#places.take(admission.guest);
    if (leave === undefined) throw refusal("too_many", "too many are open");
    const headers = { "sec-websocket-protocol": protocol };
    const events = this.#socketEvents({ ...admission, protocol, url: new URL(request.url) });
    const close: typeof events.close = (...ended) => {
      leave();
      events.close(...ended);
    };
    if (server.upgrade(request, { headers, data: { ...events, close } })) return;
    leave();
    throw refusal("malformed", "it is not a WebSocket handshake");
  }

  /** Ends all connections. */
  stop(): void {
    for (const close of [...this.#closers]) close();
  }

  #socketEvents(peer: Peer): SocketEvents<ServerSocket> {
    let pipe: SocketPipe | undefined;
    return {
      open: (socket) => {
        pipe = new SocketPipe(socket, peer.protocol);
        void this.#run(pipe, socket, peer);
      },
      message: (_socket, message) => pipe?.receive(message),
      drain: () => pipe?.drained(),
      close: (_socket, code, reason) => pipe?.ended(code, reason),
    };
  }

  async #run(pipe: SocketPipe, socket: ServerSocket, asked: Peer): Promise<void> {
    const { protocol, url, right } = asked;
    const close = () => socket.close(1001);
    this.#closers.add(close);
    const cancel = timers.after(handshakeMs, () => socket.terminate());
    const forget = right?.(close);
    try {
      const session = QmuxSession.accept(pipe, { protocol });
      // Rejected when the peer disconnects without notice; that is not our error.
      session.closed.catch(() => undefined);
      await session.ready;
      const connection = await Connection.accept(session, url);
      cancel();
      await this.#serve(connection, asked);
    } catch {
      socket.terminate();
    } finally {
      cancel();
      forget?.();
      this.#closers.delete(close);
    }
  }

  /** Until the connection ends, however it does. */
  async #serve(connection: Connection.Established, { tier, sees, url }: Peer): Promise<void> {
    const { origin, counters, onReport, onGone } = this.#options;
    this.#peerCount += 1;
    const peerId = this.#peerCount;
    const peer: PeerConnection = {
      id: peerId,
      ...{ tier, sees },
      publish: (path, broadcast) => connection.publish(path, broadcast),
    };
    const leave = counters().session(tier);
    origin.attach(peer);
    const named = url.searchParams.get("reports") ?? undefined;
    const ingress = new Ingress({
      connection,
      tier,
      counters: counters(),
      onFrame: (payload) => {
        const isSeen = named !== undefined && sees?.(named) !== false;
        onReport(peerId, payload, isSeen ? named : undefined);
      },
    });
    void ingress.run();
    try {
      await connection.closed;
    } finally {
      leave();
      ingress.close();
      origin.detach(peer);
      onGone(peerId);
    }
  }
}

function refusal(code: FailureCode, reason: string): Failure {
  return new Failure(code, `Cannot open the connection: ${reason}`);
}
