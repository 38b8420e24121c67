/**
 * A track as one connection serves it to its peer: the library asks it for groups and frames, it
 * takes them from a feed and counts what was delivered. A frame counts when the library requests
 * the next one, which it does after the bytes went to the socket.
 *
 * This is the one place that knows how the library reads tracks: it calls `recvGroup` of what
 * `subscribe` gives and `readFrame` of each group, and nothing else of their contents.
 */
import { Group, Track } from "@moq/net";
import type { TrackGuard } from "../counters/guards.ts";
import type { BroadcastFeed, OutgoingGroup, TrackSource } from "./feed.ts";

type Options = {
  readonly source: TrackSource;
  readonly peerId: number;
  /** Counts one subscription of this peer to the track. */
  readonly count: () => TrackGuard;
};

/** A track as one subscriber gets it. */
export class ServedTrack extends Track.Producer {
  readonly #options: Options;

  constructor(options: Options) {
    super(options.source.name);
    this.#options = options;
    this.accept({ timescale: options.source.timescale as Track.Info["timescale"] });
  }

  override subscribe(subscription?: Track.Subscription): Track.Subscriber {
    const subscriber = super.subscribe(subscription);
    const { source, peerId, count } = this.#options;
    const feed = source.open(peerId);
    const guard = count();
    subscriber.recvGroup = () => receive(feed, guard);
    const over = () => {
      feed.close();
      guard.close();
    };
    void subscriber.closed.then(over, over);
    return subscriber;
  }
}

async function receive(
  feed: BroadcastFeed,
  guard: TrackGuard,
): Promise<Group.Consumer | undefined> {
  const outgoing = await feed.next();
  return outgoing === undefined ? undefined : serve(outgoing, guard);
}

function serve(outgoing: OutgoingGroup, guard: TrackGuard): Group.Consumer {
  const group = new Group.Producer(outgoing.sequence).consume();
  let isOpen = false;
  let byteCount: number | undefined;
  group.readFrame = async () => {
    if (!isOpen) guard.group();
    isOpen = true;
    if (byteCount !== undefined) {
      guard.frame();
      guard.bytes(byteCount);
      byteCount = undefined;
    }
    const frame = await outgoing.next();
    byteCount = frame?.payload.byteLength;
    return frame;
  };
  const over = () => outgoing.cancel();
  void group.closed.then(over, over);
  return group;
}
