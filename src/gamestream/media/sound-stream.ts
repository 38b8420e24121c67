/** Keeps the sound worker of one session. When it dies, the session continues without sound. */
import type { SoundOptions, SoundReport, SoundRequest } from "../../audio/link.ts";
import { log, warn } from "../../base/log.ts";
import { nativeThreads } from "../../base/native-threads.ts";
import { timers } from "../../base/scheduler.ts";
import { workerUrl } from "../../base/worker-url.ts";

/** A file on a disk that hangs holds its worker up; the session's end does not wait for that. */
const closeDeadlineMs = 3000;
/** Workers of one source that may hang at a time. */
const hangingCountMax = 2;

export type SoundStream = {
  /** Resolves when the worker is gone, which takes a packet, or left behind because it hangs. */
  close(): Promise<void>;
};

export function openSound(
  options: SoundOptions,
  onPacket: (opus: Uint8Array) => void,
): SoundStream {
  const name = `sound of ${options.source}`;
  if (nativeThreads.leftCount(name) >= hangingCountMax) {
    warn("gamestream_sound_unresponsive", { source: options.source });
    return { close: () => Promise.resolve() };
  }
  const worker = new Worker(workerUrl("gamestream/media/sound-worker.ts"));
  const thread = nativeThreads.add(name);
  const gone = Promise.withResolvers<void>();
  worker.addEventListener("close", () => {
    thread.end();
    gone.resolve();
  });
  let isClosed = false;
  worker.onmessage = ({ data }: MessageEvent<SoundReport>) => {
    if (isClosed) return;
    if (data.kind === "packet") onPacket(data.bytes);
    else if (data.kind === "sounding") log("gamestream sound is back", { source: options.source });
    else warn("gamestream_sound_silent", { source: options.source, reason: data.reason });
  };
  worker.onerror = (event) => {
    event.preventDefault();
    if (!isClosed) warn("gamestream_sound_ended", { reason: event.message });
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
