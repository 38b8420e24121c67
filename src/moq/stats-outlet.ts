/** Publishes the levels of the counters as broadcasts that any client can subscribe to. */
import type { Outlet } from "../counters/outlet.ts";
import { LatestTrack } from "./latest-track.ts";
import type { Origin } from "./origin.ts";

/** Publishes counts as broadcasts of the origin. */
export function statsOutlet(origin: Origin): Outlet {
  return {
    open(path, names) {
      const tracks = new Map(names.map((name) => [name, new LatestTrack(name)]));
      const source = { path, tracks: [...tracks.values()] };
      if (!origin.publish(source)) return undefined;
      return {
        write: (name, frame) => tracks.get(name)?.write(frame),
        close: () => {
          for (const track of tracks.values()) track.end();
          origin.unpublish(source);
        },
      };
    },
  };
}
