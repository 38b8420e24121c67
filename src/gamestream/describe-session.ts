/** A GameStream session as the operator sees it. */
import { describeInputProblem, type InputProblem } from "../model/input-problem.ts";
import type { Session } from "../model/session.ts";
import type { PacedSender } from "../session/paced-sender.ts";
import type { StreamSession } from "../session/stream-session.ts";
import type { FecLossCounter } from "./media/loss-counter.ts";
import type { SessionFacts } from "./session-options.ts";

export function describeSession(
  { id, launch, settings }: SessionFacts,
  now: {
    readonly core: StreamSession;
    readonly sender: PacedSender;
    readonly losses: FecLossCounter;
    readonly rttUs: number | undefined;
    readonly inputProblem: InputProblem | undefined;
  },
): Session {
  const { core, sender, losses, rttUs, inputProblem } = now;
  return {
    session_id: id,
    kind: "gamestream",
    client: launch.clientName,
    width: settings.width,
    height: settings.height,
    fps: core.control.fps,
    codec: settings.codec,
    encoder: core.encoder,
    bitrate_kbps: core.control.bitrateKbps,
    started_unix_ms: core.startedUnixMs,
    frames_sent: sender.framesSentCount,
    bytes_sent: sender.bytesSentCount,
    packets_sent: sender.packetsSentCount,
    ...(settings.reportsLoss
      ? { packets_lost: losses.packetsDroppedCount, lower_bounds: ["packets_lost"] }
      : {}),
    ...(rttUs === undefined ? {} : { rtt_us: Math.round(rttUs) }),
    ...(inputProblem === undefined ? {} : { input_problem: describeInputProblem(inputProblem) }),
  };
}
