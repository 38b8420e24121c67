/** Keeps the sound worker of one session. When it dies, the session goes on without sound. */
import type { SoundOptions, SoundReport, SoundRequest } from "../../audio/link.ts";
import { warn } from "../../base/log.ts";
import { workerUrl } from "../../base/worker-url.ts";

export type SoundStream = {
  /** Resolves when the worker is gone: it notices within a packet that it is to end. */
  close(): Promise<void>;
};

export function openSound(
  options: SoundOptions,
  onPacket: (opus: Uint8Array) => void,
): SoundStream {
  const worker = new Worker(workerUrl("gamestream/media/sound-worker.ts"));
  const gone = Promise.withResolvers<void>();
  worker.addEventListener("close", () => gone.resolve());
  let isClosed = false;
  worker.onmessage = ({ data }: MessageEvent<SoundReport>) => {
    if (isClosed) return;
    if (data.kind === "packet") onPacket(data.bytes);
    else warn("gamestream sound is silent", { source: options.source, reason: data.reason });
  };
  worker.onerror = (event) => {
    event.preventDefault();
    if (!isClosed) warn("gamestream sound ended", { reason: event.message });
  };
  worker.postMessage({ kind: "open", options } satisfies SoundRequest);
  return {
    close: () => {
      isClosed = true;
      worker.postMessage({ kind: "close" } satisfies SoundRequest);
      return gone.promise;
    },
  };
}
