/** Streams for browsers, and the endpoint they come from. */
import type { Server } from "bun";
import type { EndedStream, StreamRequest, WatchStream, WatchViewer } from "../model/watch.ts";

/** The streams of browsers. */
export type WatchStreams = {
  streams(): readonly WatchStream[];
  /** `undefined` when there is none with this id, or it ended long ago. */
  ended(sessionId: number): EndedStream | undefined;
  /** The running stream with exactly these settings; none is started. */
  find(request: StreamRequest): WatchStream | undefined;
  /** The request for this very stream; `undefined` when none runs with this id. */
  requestFor(sessionId: number): StreamRequest | undefined;
  viewers(sessionId: number): readonly WatchViewer[];
  /**
   * The running stream with exactly these settings, otherwise a new one.
   * @throws Failure with the reason
   */
  open(request: StreamRequest): Promise<WatchStream>;
  /**
   * For everyone who watches it, without interruption. `undefined` when there is none with this id.
   * @throws Failure
   */
  resize(
    sessionId: number,
    size: { readonly width: number; readonly height: number },
  ): WatchStream | undefined;
  /** False when there is none with this id. */
  close(sessionId: number): Promise<boolean>;
};

/** The endpoint for MoQ clients. */
export type MoqConnections = {
  /** Makes a WebSocket of the request. @throws Failure when it may not become one */
  upgrade(request: Request, server: Server<unknown>): void;
  /** Connections opened with it end with the right of the request. @throws Failure `too_many` */
  issueTicket(request?: Request): { readonly ticket: string; readonly expires_s: number };
  /** The clock that frames are stamped with. */
  nowUs(): number;
  /** Address of the relay that browsers may use; `undefined` if there is none. */
  readonly relayOrigin: string | undefined;
  /** Complete, with the current token for viewers. @throws Error if its file cannot be used */
  relayAddress(): Promise<{ readonly url?: string } | undefined>;
};
