/** Keeps the sound worker of one stream. When it dies, the stream continues without sound. */

import { type Micros, systemClock } from "../base/clock.ts";
import { log, warn } from "../base/log.ts";
import { nativeThreads } from "../base/native-threads.ts";
import { timers } from "../base/scheduler.ts";
import { workerUrl } from "../base/worker-url.ts";
import type { SoundOptions, SoundReport, SoundRequest } from "./link.ts";
import type { SoundLatency } from "./sound-latency.ts";

/** A file on a hanging disk blocks its worker; the session's end does not wait for that. */
const closeDeadlineMs = 3000;
/** Workers of one source that may hang at the same time. */
const hangingCountMax = 2;

/** The sender of the sound: used in log and warnings. */
export type SoundPath = "gamestream" | "browser";

/**
 * Takes each Opus packet; the bytes belong to the caller.
 * @param atUs when the first of its samples was played at the source, on the one clock
 */
export type PacketTaker = (opus: Uint8Array, atUs: Micros) => void;

/** Who sends the sound, and counts how old it is then. */
export type SoundHandover = {
  readonly path: SoundPath;
  readonly onPacket: PacketTaker;
  readonly latency: SoundLatency;
};

/** The sound of one source, from `openSound` until it is closed. */
export type SoundStream = {
  /**
   * Resolves when the worker is gone, which takes a packet, or was left behind because it hangs.
   */
  close(): Promise<void>;
};

/** Starts a worker that sends packets until it is closed: silence if the source has no sound. */
export function openSound(
  options: SoundOptions,
  { path, onPacket, latency }: SoundHandover,
): SoundStream {
  const name = `sound of ${options.source}`;
  if (nativeThreads.leftCount(name) >= hangingCountMax) {
    warn(`${path}_sound_unresponsive`, { source: options.source });
    return { close: () => Promise.resolve() };
  }
  const worker = new Worker(workerUrl("audio/sound-worker.ts"));
  const thread = nativeThreads.add(name);
  const gone = Promise.withResolvers<void>();
  worker.addEventListener("close", () => {
    thread.end();
    gone.resolve();
  });
  const clock = systemClock();
  let isClosed = false;
  worker.onmessage = ({ data }: MessageEvent<SoundReport>) => {
    if (isClosed) return;
    if (data.kind === "packet") {
      onPacket(data.bytes, data.atUs);
      if (!data.isSilent) latency.add(clock.nowUs() - data.atUs);
    } else if (data.kind === "sounding") log(`${path} sound is back`, { source: options.source });
    else warn(`${path}_sound_silent`, { source: options.source, reason: data.reason });
  };
  worker.onerror = (event) => {
    event.preventDefault();
    if (!isClosed) warn(`${path}_sound_ended`, { reason: event.message });
  };
  worker.postMessage({ kind: "open", options } satisfies SoundRequest);
  return {
    close: async () => {
      isClosed = true;
      worker.postMessage({ kind: "close" } satisfies SoundRequest);
      const cancel = timers.after(closeDeadlineMs, () => {
        const hanging = thread.leave();
        warn("sound_worker_left", { source: options.source, hanging });
        worker.unref();
        gone.resolve();
      });
      await gone.promise.finally(cancel);
    },
  };
}
