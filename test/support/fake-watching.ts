/** One stream for browsers, empty counts of the real kind, and an endpoint that takes nobody. */
import { Failure } from "../../src/base/failure.ts";
import { Counters } from "../../src/counters/counters.ts";
import type { WatchStream } from "../../src/model/watch.ts";
import type { HostParts } from "../../src/ports/host-parts.ts";
import { ManualClock } from "./manual-clock.ts";

export const watchStream: WatchStream = {
  session_id: 5,
  broadcast: "live/5.hang",
  source: "testsrc",
  width: 1280,
  height: 720,
  fps: 60,
  codec: "h264",
  encoder: "libx264",
  bitrate_kbps: 5000,
  started_unix_ms: 1_782_504_843_000,
  viewers: 2,
  frames: 600,
  bytes: 1_000_000,
  skipped: 3,
};

export function fakeWatching(): Pick<HostParts, "streams" | "moq" | "counters"> {
  const clock = new ManualClock();
  const outlet = { open: () => undefined };
  return {
    streams: {
      streams: () => [watchStream],
      ended: () => undefined,
      find: () => undefined,
      requestFor: () => undefined,
      viewers: () => [],
      open: () => Promise.resolve(watchStream),
      resize: (id, size) =>
        id === watchStream.session_id ? { ...watchStream, ...size } : undefined,
      close: (id) => Promise.resolve(id === watchStream.session_id),
    },
    moq: {
      upgrade: () => {
        throw new Failure("unauthorized", "Cannot open the connection: nobody may");
      },
      issueTicket: () => ({ ticket: "a-ticket", expires_s: 30 }),
      nowUs: () => clock.nowUs(),
      relayOrigin: undefined,
      relayAddress: () => Promise.resolve(undefined),
    },
    counters: new Counters({ outlet, clock, scheduler: { after: () => () => undefined } }),
  };
}
