/** A GameStream session as the operator sees it. */
import type { Session } from "../model/session.ts";
import type { StreamTuning } from "../session/stream-tuning.ts";
import type { LossLedger } from "./media/loss-counter.ts";
import type { VideoSender } from "./media/video-sender.ts";
import type { SessionFacts } from "./session-options.ts";

export function describeSession(
  { id, launch, settings }: SessionFacts,
  now: {
    readonly tuning: StreamTuning;
    readonly sender: VideoSender;
    readonly ledger: LossLedger;
    readonly encoder: string;
    readonly startedUnixMs: number;
    readonly rttUs: number | undefined;
  },
): Session {
  const { tuning, sender, ledger, encoder, startedUnixMs, rttUs } = now;
  return {
    session_id: id,
    kind: "gamestream",
    client: launch.clientName,
    width: settings.width,
    height: settings.height,
    fps: tuning.fps,
    codec: settings.codec,
    encoder,
    bitrate_kbps: tuning.bitrateKbps,
    started_unix_ms: startedUnixMs,
    frames_sent: sender.framesSentCount,
    bytes_sent: sender.bytesSentCount,
    packets_sent: sender.packetsSentCount,
    ...(settings.reportsLoss
      ? { packets_lost: ledger.packetsDroppedCount, lower_bounds: ["packets_lost"] }
      : {}),
    ...(rttUs === undefined ? {} : { rtt_us: Math.round(rttUs) }),
  };
}
