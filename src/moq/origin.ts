/**
 * The broadcasts of this host and the connections that see them. Every connection has its own
 * wrapper for every broadcast, since closing a connection closes everything published on it; the
 * tracks behind the wrappers are shared.
 */
import { Broadcast, Path } from "@moq/net";
import type { Counters } from "../counters/counters.ts";
import type { BroadcastGuard, TrackGuard } from "../counters/guards.ts";
import type { Tier } from "../model/counters.ts";
import type { BroadcastSource } from "./feed.ts";
import { ServedTrack } from "./served-track.ts";

/** Destination of broadcasts: a connection of the library. */
export type PeerConnection = {
  readonly id: number;
  readonly tier: Tier;
  /** Broadcasts that it may see; all of them if absent. */
  readonly sees?: ((path: string) => boolean) | undefined;
  publish(path: Path.Valid, broadcast: Broadcast.Producer): void;
};

type Shell = { readonly producer: Broadcast.Producer; readonly guard: BroadcastGuard };

export const broadcastCountMax = 4096;

/** The broadcasts of this host, by path. The announcer of one closes it. */
export class Origin {
  readonly #counters: () => Counters;
  readonly #sources = new Map<string, BroadcastSource>();
  readonly #peers = new Map<PeerConnection, Map<string, Shell>>();

  /** `counters` is resolved late: the counters publish through this very origin. */
  constructor(counters: () => Counters) {
    this.#counters = counters;
  }

  /** Announces it to everyone. `false` when the path is taken or there are 4,096 broadcasts. */
  publish(source: BroadcastSource): boolean {
    if (this.#sources.has(source.path) || this.#sources.size >= broadcastCountMax) return false;
    this.#sources.set(source.path, source);
    for (const [peer, shells] of this.#peers) this.#attach(source, peer, shells);
    return true;
  }

  unpublish(source: BroadcastSource): void {
    if (this.#sources.get(source.path) !== source) return;
    this.#sources.delete(source.path);
    for (const shells of this.#peers.values()) {
      closeShell(shells.get(source.path));
      shells.delete(source.path);
    }
  }

  attach(peer: PeerConnection): void {
    const shells = new Map<string, Shell>();
    this.#peers.set(peer, shells);
    for (const source of [...this.#sources.values()]) this.#attach(source, peer, shells);
  }

  detach(peer: PeerConnection): void {
    const shells = this.#peers.get(peer);
    this.#peers.delete(peer);
    for (const shell of shells?.values() ?? []) closeShell(shell);
  }

  #attach(source: BroadcastSource, peer: PeerConnection, shells: Map<string, Shell>): void {
    if (peer.sees?.(source.path) === false) return;
    const counter = this.#counters().broadcast({ path: source.path, tier: peer.tier });
    const producer = new Broadcast.Producer();
    const viewer = new Viewer(() => counter.viewer());
    for (const track of source.tracks) {
      const count = () => viewer.following(counter.track("publisher"));
      producer.insertTrack(new ServedTrack({ source: track, peerId: peer.id, count }));
    }
    shells.set(source.path, { producer, guard: counter.open("publisher") });
    void refuseUnknown(producer);
    peer.publish(Path.from(source.path), producer);
  }
}

/** One peer of one broadcast: a viewer while it has a subscription. */
class Viewer {
  readonly #begin: () => () => void;
  #count = 0;
  #end: (() => void) | undefined;

  constructor(begin: () => () => void) {
    this.#begin = begin;
  }

  /** Counts the subscription that this guard counts, until it is closed. */
  following(guard: TrackGuard): TrackGuard {
    if (this.#count === 0) this.#end = this.#begin();
    this.#count += 1;
    guard.onClosed = () => {
      this.#count -= 1;
      if (this.#count === 0) this.#end?.();
    };
    return guard;
  }
}

function closeShell(shell: Shell | undefined): void {
  shell?.producer.close();
  shell?.guard.close();
}

/** A nonexistent track: without an answer its subscriber would wait, and we would keep it. */
async function refuseUnknown(producer: Broadcast.Producer): Promise<void> {
  for (;;) {
    const request = await producer.requested();
    if (request === undefined) return;
    request.reject(new Error("there is no such track"));
  }
}
