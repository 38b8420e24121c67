/**
 * What a subscription reads: groups in order, frames in order, each requested when the connection
 * has room for it. So a slow peer blocks nobody, and its feeder sees what has been delivered.
 */
import type { Group } from "@moq/net";

/** A group being sent to one viewer. */
export type OutgoingGroup = {
  readonly sequence: number;
  /**
   * The next frame, `undefined` at the group's end. The request means that the previous frame has
   * been passed to the socket.
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

/** A broadcast, as announced to every connection. */
export type BroadcastSource = {
  readonly path: string;
  readonly tracks: readonly TrackSource[];
};
