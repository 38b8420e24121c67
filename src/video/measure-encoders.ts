/**
 * What this machine's encoders can sustain: each codec encodes the test picture as fast as it can
 * for about a second. In a separate process, after `prepareAddon`.
 */
import { type Clock, systemClock } from "../base/clock.ts";
import { messageOf } from "../base/error-text.ts";
import { sleepMs } from "../base/timer.ts";
import { type CodecName, codecs } from "../model/capture.ts";
import { type Encoder, openEncoder } from "./encoder.ts";
import type { EncoderChoice } from "./encoders.ts";
import { openSource } from "./sources/open.ts";

/** The result of one codec's encoder. */
export type EncoderMeasure = {
  readonly codec: CodecName;
} & (
  | { readonly encoder: string; readonly frameUs: number; readonly firstMs: number }
  /** None opens; with the reason. */
  | { readonly problem: string }
);

const mode = { width: 1280, height: 720, fps: 60, bitrateKbps: 10_000 };
const measureUs = 1_000_000;
/** An encoder that needs a second picture before it returns one would be waited for forever. */
const pictureUsMax = 2_000_000;
/** The first frames fill buffers and caches. */
const warmCount = 5;

/** One for each codec, in the order of `codecs`; about four seconds in all. */
export async function measureEncoders(choice: EncoderChoice): Promise<EncoderMeasure[]> {
  const clock = systemClock();
  const measures: EncoderMeasure[] = [];
  for (const codec of codecs) {
    try {
      measures.push(await measureOne({ codec, choice, clock }));
    } catch (cause) {
      const problem = messageOf(cause);
      measures.push({ codec, problem });
    }
  }
  return measures;
}

async function measureOne({
  codec,
  choice,
  clock,
}: {
  readonly codec: CodecName;
  readonly choice: EncoderChoice;
  readonly clock: Clock;
}): Promise<EncoderMeasure> {
  const beginUs = clock.nowUs();
  const encoder = openEncoder({ ...mode, codec, encoder: choice });
  const source = openSource("testsrc", mode);
  let [outCount, workUs, firstUs] = [0, 0, 0];
  try {
    for (let frame = 0; clock.nowUs() - beginUs < measureUs || outCount <= warmCount; frame++) {
      source.capture(frame, clock.nowUs());
      const startUs = clock.nowUs();
      encoder.prepare(source.frame, frame === 0);
      encoder.send(source.frame);
      await received(encoder, clock);
      outCount += 1;
      if (firstUs === 0) firstUs = clock.nowUs() - beginUs;
      if (outCount > warmCount) workUs += clock.nowUs() - startUs;
    }
  } finally {
    encoder.close();
    source.close();
  }
  const frameUs = workUs / (outCount - warmCount);
  return { codec, encoder: encoder.name, frameUs, firstMs: Math.round(firstUs / 1000) };
}

async function received(encoder: Encoder, clock: Clock): Promise<void> {
  const untilUs = clock.nowUs() + pictureUsMax;
  while (!encoder.receive()) {
    if (clock.nowUs() > untilUs) throw new Error("it returns no frames");
    await sleepMs(1);
  }
}
