/**
 * Finds out which encoders this host can open, in a separate process: a crashing driver does no
 * harm, and the memory of FFmpeg's code (some 50 MB) is freed.
 */
import { type Static, Type } from "@sinclair/typebox";
import { Value } from "@sinclair/typebox/value";
import { warn } from "../base/log.ts";
import { askOwnProcess, type ProcessLimits } from "../base/own-command.ts";
import { codecs } from "../model/capture.ts";
import { EncoderStatus } from "../model/status.ts";
import { type EncoderChoice, encodersFor } from "./encoders.ts";

const limits: ProcessLimits = { deadlineMs: 15_000, answerBytesMax: 65_536 };
const Answer = Type.Array(EncoderStatus);

/** `signal` ends the probe's process. */
export type ProbeOptions = { readonly choice: EncoderChoice; readonly signal: AbortSignal };

/**
 * One status a codec, in the order of `codecs`; none is available when the probe itself failed or
 * was ended by the signal.
 */
export async function probeEncoders(options: ProbeOptions): Promise<EncoderStatus[]> {
  try {
    return await ask(options);
  } catch (cause) {
    if (!options.signal.aborted) warn("encoders_not_probed", { cause });
    return codecs.map((codec) => {
      return { codec, encoder: encodersFor(codec, "x264")[0]?.name ?? "", available: false };
    });
  }
}

async function ask({ signal, choice }: ProbeOptions): Promise<Static<typeof Answer>> {
  const words = ["encoders", "--json", "--encoder", choice];
  const answer = await askOwnProcess(words, { ...limits, signal });
  if (!Value.Check(Answer, answer)) throw new Error("its process gave an unexpected answer");
  return answer;
}
