/** Playing in the browser: the right to it, and where pages send input. */
import type { Server } from "bun";

/** The right to play one stream, while it lasts. */
export type PlayRight = {
  /** Checked for each message. */
  isGood(): boolean;
  /** A browser that came by a link; absent for the operator. */
  readonly guest?: string;
  /**
   * Runs `onOver` once when it is over, at once if it already is. The returned call cancels that.
   */
  whenOver(onOver: () => void): () => void;
};

/** Where pages send input. */
export type PlayConnections = {
  /** Makes a WebSocket of the request. @throws Failure when it may not become one */
  upgrade(request: Request, server: Server<unknown>): void;
};
