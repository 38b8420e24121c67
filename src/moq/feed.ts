/**
 * What a subscription reads: groups in order, frames in order, each asked for when the connection
 * has room for it. So a slow peer holds up nobody, and its feeder sees what it has taken.
 */
import type { Group } from "@moq/net";

/** A group on its way to one viewer. */
export type OutgoingGroup = {
  readonly sequence: number;
  /**
   * The next frame, `undefined` at the group's end. Asking means that the frame before has been
   * handed to the socket.
   */
  next(): Promise<Group.Frame | undefined>;
  /** The peer wants no more of this group. */
  cancel(): void;
};

/** One subscription's view of a track. */
export type BroadcastFeed = {
  /** The next group, `undefined` when the track has ended. */
  next(): Promise<OutgoingGroup | undefined>;
  /** The subscription is over; a waiting `next` resolves with `undefined`. */
  close(): void;
};

/** A track that any number of connections serve. */
export type TrackSource = {
  readonly name: string;
  /** Units per second of its frames' timestamps. */
  readonly timescale: number;
  /** `peerId` distinguishes connections. */
  open(peerId: number): BroadcastFeed;
};

/** A broadcast as it is announced to every connection. */
export type BroadcastSource = {
  readonly path: string;
  readonly tracks: readonly TrackSource[];
};
