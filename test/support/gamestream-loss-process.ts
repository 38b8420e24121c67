/**
 * A host and a player in the network namespace that this runs in, with a capture armed for some
 * seconds. Prints one line of JSON: what the samples say, what the player saw. The one who starts it
 * makes the namespace, and the loss.
 */

import { startTestHost } from "./gamestream-client/host.ts";
import { Player } from "./gamestream-client/player.ts";
import { until } from "./until.ts";

const sampleCount = Number(process.argv[2] ?? 10);
const basePort = 41_000;

await using host = await startTestHost({ basePort });
const http = await host.pairedPlayer("player");
host.gate.open(1);
const player = await Player.play({ basePort, http, bitrateKbps: 20_000, fps: 60 });
const samples = () =>
  host.events.flatMap((event) => (event.kind === "sample" ? [event.sample] : []));
await until(() => samples().length >= sampleCount, {
  what: "the samples are there",
  deadlineMs: 120_000,
});
const sum = (
  field: "packets_dropped" | "send_dropped" | "fec_recovered" | "frames_lost" | "fec_reports",
) => samples().reduce((total, sample) => total + (sample[field] ?? 0), 0);
process.stdout.write(
  `${JSON.stringify({
    packets_dropped: sum("packets_dropped"),
    send_dropped: sum("send_dropped"),
    fec_recovered: sum("fec_recovered"),
    frames_lost: sum("frames_lost"),
    fec_reports: sum("fec_reports"),
    lower_bounds: samples()[0]?.lower_bounds ?? [],
    frames: player.frames.length,
    rebuilt: player.video.rebuiltCount,
    lost_frames: player.video.lostFrameCount,
  })}\n`,
);
player.kill();
