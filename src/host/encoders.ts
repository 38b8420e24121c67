/** The encoders of this host, and a warning about one that was requested and is missing. */
import { warn } from "../base/log.ts";
import type { EncoderStatus } from "../model/status.ts";
import type { EncoderChoice } from "../video/encoders.ts";
import { probeEncoders } from "../video/probe.ts";

/** Finds them on first use, and remembers them. Ends with the host. */
export function encoderFinder(
  choice: EncoderChoice,
  parts: AsyncDisposableStack,
): () => Promise<EncoderStatus[]> {
  const ending = new AbortController();
  parts.defer(() => ending.abort());
  let found: Promise<EncoderStatus[]> | undefined;
  return () => {
    found ??= findEncoders(choice, ending.signal);
    return found;
  };
}

async function findEncoders(choice: EncoderChoice, signal: AbortSignal): Promise<EncoderStatus[]> {
  const encoders = await probeEncoders({ choice, signal });
  const isHardware = encoders.some(({ encoder }) => encoder.endsWith(`_${choice}`));
  if (!(choice === "auto" || choice === "x264" || isHardware || signal.aborted)) {
    warn("hardware_encoder_not_opened", { encoder: choice });
  }
  return encoders;
}
