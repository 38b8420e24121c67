/** Streams for browsers, and the endpoint they come from. */
import type { Server } from "bun";
import type { EndedStream, StreamRequest, WatchStream, WatchViewer } from "../model/watch.ts";

/** The streams of browsers. */
export type WatchStreams = {
  streams(): readonly WatchStream[];
  /** `undefined` when there is none with this id, or it ended long ago. */
  ended(sessionId: number): EndedStream | undefined;
  /** The stream that runs with these very settings; none is started. */
  find(request: StreamRequest): WatchStream | undefined;
  /** What asks for this very stream; `undefined` when none runs with this id. */
  requestFor(sessionId: number): StreamRequest | undefined;
  viewers(sessionId: number): readonly WatchViewer[];
  /** The stream that runs with these very settings, else a new one. @throws Failure that says why not */
  open(request: StreamRequest): Promise<WatchStream>;
  /** For all who watch it, without a break. `undefined` when there is none with this id. @throws Failure */
  resize(
    sessionId: number,
    size: { readonly width: number; readonly height: number },
  ): WatchStream | undefined;
  /** False when there is none with this id. */
  close(sessionId: number): Promise<boolean>;
};

/** Where MoQ clients connect. */
export type MoqConnections = {
  /** Makes a WebSocket of the request. @throws Failure when it may not become one */
  upgrade(request: Request, server: Server<unknown>): void;
  /** What is opened with it ends with the right of the request that asked. @throws Failure `too_many` */
  issueTicket(request?: Request): { readonly ticket: string; readonly expires_s: number };
  /** The clock that frames are stamped with. */
  nowUs(): number;
  /** Of the relay that browsers may watch through; `undefined` where there is none. */
  readonly relayOrigin: string | undefined;
  /** Whole, with the token for viewers as it is now. @throws Error where its file cannot be used */
  relayAddress(): Promise<{ readonly url?: string } | undefined>;
};
