/** Keeps the sound worker of one session. When it dies, the session goes on without sound. */
import type { SoundOptions, SoundReport, SoundRequest } from "../audio/link.ts";
import { warn } from "../base/log.ts";
import { workerUrl } from "../base/worker-url.ts";

/** The loop notices within a packet that it is to end. */
const closeDeadlineMs = 2000;

export type SoundStream = { close(): void };

export function openSound(
  options: SoundOptions,
  onPacket: (opus: Uint8Array) => void,
): SoundStream {
  const worker = new Worker(workerUrl("gamestream/sound-worker.ts"));
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
      const deadline = setTimeout(() => worker.terminate(), closeDeadlineMs);
      worker.addEventListener("close", () => clearTimeout(deadline));
    },
  };
}
