/** Finds out which encoders this host can open, in a worker: an encoder that crashes harms nothing. */
import { warn } from "../base/log.ts";
import { workerUrl } from "../base/worker-url.ts";
import { codecs } from "../model/capture.ts";
import type { EncoderStatus } from "../model/status.ts";
import { encoderFor } from "./encoders.ts";
import type { EncodeReport, EncodeRequest } from "./link.ts";

const deadlineMs = 15_000;

/** One status a codec, in the order of `codecs`; none is available when the probe itself failed. */
export async function probeEncoders(): Promise<EncoderStatus[]> {
  const worker = new Worker(workerUrl("video/encode-worker.ts"));
  const { promise, resolve, reject } = Promise.withResolvers<readonly EncoderStatus[]>();
  worker.onmessage = ({ data }: MessageEvent<EncodeReport>) => {
    if (data.kind === "probed") resolve(data.encoders);
    if (data.kind === "failed") reject(new Error(data.reason));
  };
  worker.onerror = (event) => {
    event.preventDefault();
    reject(new Error(event.message));
  };
  const late = () => reject(new Error(`its worker did not answer within ${deadlineMs} ms`));
  const deadline = setTimeout(late, deadlineMs);
  worker.postMessage({ kind: "probe" } satisfies EncodeRequest);
  try {
    return [...(await promise)];
  } catch (cause) {
    warn("encoders could not be probed", { cause });
    return codecs.map((codec) => ({ codec, encoder: encoderFor(codec).name, available: false }));
  } finally {
    clearTimeout(deadline);
    worker.terminate();
  }
}
