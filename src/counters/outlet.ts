/** The publisher of a level's counts, as this room needs it. */
import type { CounterFrame } from "../model/counters.ts";

/** Where counts are published as broadcasts. */
export type Outlet = {
  /** Announces a broadcast with these tracks; `undefined` when the path is refused. */
  open(path: string, tracks: readonly string[]): OutletBroadcast | undefined;
};

/** All broadcasts of a host, or all connections: an entry for each, by name. */
export type NodeFrame = Readonly<Record<string, object>>;

/** One published level, until it is closed. */
export type OutletBroadcast = {
  /** A track keeps its last frame for later subscribers. */
  write(track: string, frame: CounterFrame | NodeFrame): void;
  /** Unannounces; a frame written just before may not arrive any more. */
  close(): void;
};
