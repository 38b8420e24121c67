/** Collects what a stream yields, keeping copies of the encoded bytes. */

import { Gate } from "../../src/base/gate.ts";
import { reasonText } from "../../src/model/reason.ts";
import type { EncodedFrame, EncodeOptions } from "../../src/video/link.ts";
import { type EncodeStream, openStream } from "../../src/video/stream.ts";

export type KeptFrame = Omit<EncodedFrame, "buffer"> & { readonly bytes: Uint8Array };

export const smallMode = {
  width: 320,
  height: 180,
  fps: 60,
  codec: "h264",
  bitrateKbps: 1000,
  source: "testsrc",
} as const satisfies EncodeOptions;

/** A gate that is always measuring. */
export function openGate(): SharedArrayBuffer {
  const gate = new Gate();
  gate.setPerf(true);
  return gate.memory;
}

export async function openSmall(
  options: Partial<EncodeOptions> = {},
  gate = openGate(),
): Promise<EncodeStream> {
  return await openStream({ ...smallMode, ...options }, { gate });
}

export function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0;
}

/** A stream that gives nothing for so long hangs, on the busiest machine too. */
const silenceMs = 15_000;

/**
 * The next frames until `isEnough`, each released at once. Rejects when the stream ends before, and
 * when it hangs: with how far it came and whether its source was waited for.
 */
export function collect(
  stream: EncodeStream,
  isEnough: (frames: readonly KeptFrame[]) => boolean,
): Promise<KeptFrame[]> {
  const frames: KeptFrame[] = [];
  const { promise, resolve, reject } = Promise.withResolvers<KeptFrame[]>();
  const silence = setTimeout(() => reject(new Error(hangText(stream, frames.length))), silenceMs);
  const subscription = stream.subscribe({
    onFrame: ({ buffer, release, ...facts }) => {
      silence.refresh();
      frames.push({ ...facts, bytes: new Uint8Array(buffer, 0, facts.byteCount).slice() });
      release();
      if (isEnough(frames)) resolve(frames);
    },
    onEnd: (why) => reject(new Error(reasonText(why))),
  });
  return promise.finally(() => {
    clearTimeout(silence);
    subscription[Symbol.dispose]();
  });
}

function hangText({ source, encoder, isWaitingForSource }: EncodeStream, count: number): string {
  const where = isWaitingForSource ? "its source" : "not its source";
  return `"${source}" with ${encoder} hangs after ${count} frames: ${where} is waited for`;
}

export function streamBytes(frames: readonly KeptFrame[]): Uint8Array {
  return Buffer.concat(frames.map(({ bytes }) => bytes));
}
