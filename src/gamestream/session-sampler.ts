/** The sampler of a session, joined to what main is told. */
import type { Gate } from "../base/gate.ts";
import { log } from "../base/log.ts";
import type { CodecName } from "../model/capture.ts";
import type { Session } from "../model/session.ts";
import type { HostEvent } from "./host-link.ts";
import { Sampler, type Totals } from "./sampler.ts";

const kind = "gamestream";

export function openSampler(session: {
  readonly id: number;
  readonly codec: CodecName;
  readonly reportsLoss: boolean;
  readonly gate: Gate;
  totals(): Totals;
  describe(): Session;
  onEvent(event: HostEvent): void;
}): Sampler {
  const { id, reportsLoss, gate, totals, onEvent } = session;
  return new Sampler({
    gate,
    reportsLoss,
    totals,
    onRecording: (captureNumber) => {
      const { session_id, width, height, fps, client } = session.describe();
      const { codec } = session;
      const recording = { session_id, kind, width, height, fps, codec, client } as const;
      onEvent({ kind: "recording", captureNumber, session: recording });
    },
    onSample: (captureNumber, sample) =>
      onEvent({ kind: "sample", captureNumber, session_id: id, sample }),
    onWindow: (sample) => log("window", { ...sample, session_id: id }),
  });
}
