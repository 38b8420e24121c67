/** Playing in the browser: who may, and where their pages send input. */
import type { Server } from "bun";

/** The right to play one stream, as long as it lasts. */
export type PlayRight = {
  /** Asked for each message. */
  isGood(): boolean;
  /** A browser that came by a link; absent for the operator. */
  readonly guest?: string;
  /** Runs `onOver` once when it is over, at once when it is over already. The answer takes it back. */
  whenOver(onOver: () => void): () => void;
};

/** Where pages send input. */
export type PlayConnections = {
  /** Makes a WebSocket of the request. @throws Failure when it may not become one */
  upgrade(request: Request, server: Server<unknown>): void;
};
