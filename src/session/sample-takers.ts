/** A session's sampler reports captures and samples to main, and windows to the log. */
import { log } from "../base/log.ts";
import type { PathEvent, RecordingSession } from "../worker/link.ts";
import type { SampleTakers } from "./window-sampler.ts";

/**
 * Reports the samples of one session of a worker to main, and logs them when the performance log is
 * on.
 */
export function sampleTakers(session: {
  readonly id: number;
  /** The state when a capture begins. */
  describe(): RecordingSession;
  onEvent(event: PathEvent): void;
}): SampleTakers {
  const { id, onEvent } = session;
  return {
    onRecording: (captureNumber) => {
      const { session_id, kind, width, height, fps, codec, client } = session.describe();
      const facts = { session_id, kind, width, height, fps, codec, client };
      onEvent({ kind: "recording", captureNumber, session: facts });
    },
    onSample: (captureNumber, sample) =>
      onEvent({ kind: "sample", captureNumber, session_id: id, sample }),
    onWindow: (sample) => log("window", { ...sample, session_id: id }),
  };
}
