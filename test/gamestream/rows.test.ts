/** Rows of a GameStream session, from its encode worker to main. */
import { expect, test } from "bun:test";
import { RowReader } from "../../src/frames/row-reader.ts";
import type { StatsSample } from "../../src/model/capture.ts";
import { startTestHost } from "../support/gamestream-client/host.ts";
import { Player } from "../support/gamestream-client/player.ts";
import { until } from "../support/until.ts";
import { workedSample } from "../support/worked-sample.ts";

const stages = ["capture", "encode", "packetize", "send"] as const;

test("a window's sample of a Moonlight session is what its rows say, to the last digit", async () => {
  await using host = await startTestHost();
  host.gate.setFollowed(true);
  const http = await host.pairedPlayer("player");
  using player = await Player.play({ basePort: host.basePort, http });
  const samples = () => host.events.flatMap((each) => (each.kind === "sample" ? [each] : []));
  await until(() => samples().length > 0, { what: "a window is over" });
  const started = host.events.flatMap((each) => (each.kind === "session_started" ? [each] : []))[0];
  if (started === undefined) throw new Error("The session has not begun");
  const sample = samples()[0]?.sample;
  await until(() => player.frames.length > (sample?.frame_count ?? 0) + 5, {
    what: "frames follow",
  });
  const { written } = new RowReader(started.rows, 1).read(Number.POSITIVE_INFINITY);
  const worked = workedSample(written, stages, sample);
  for (const [name, value] of Object.entries(worked)) {
    expect({ [name]: sample?.[name as keyof StatsSample] }).toEqual({ [name]: value });
  }
}, 30_000);
