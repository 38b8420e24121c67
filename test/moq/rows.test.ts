/** Rows of a broadcast that is watched, from its encode worker to main. */
import { expect, test } from "bun:test";
import { RowReader } from "../../src/frames/row-reader.ts";
import type { StatsSample } from "../../src/model/capture.ts";
import { readTrack } from "../support/moq-client.ts";
import { until } from "../support/until.ts";
import { smallRequest, WatchHost } from "../support/watch-host.ts";
import { workedSample } from "../support/worked-sample.ts";

const stages = ["capture", "submit", "encode", "send"] as const;

test("a window's sample of a broadcast is what its rows say, to the last digit", async () => {
  await using host = new WatchHost();
  host.gate.setFollowed(true);
  const { broadcast } = await host.streams.open(smallRequest);
  const video = readTrack(await host.connect(), broadcast, "video");
  await until(() => host.samples.length > 0, { what: "a window is over" });
  const sample = host.samples[0];
  const count = video.frames.length;
  await until(() => video.frames.length > count + 5, { what: "frames follow" });
  const started = host.events.flatMap((each) => (each.kind === "session_started" ? [each] : []))[0];
  if (started === undefined) throw new Error("The session has not begun");
  const { written } = new RowReader(started.rows, 1).read(Number.POSITIVE_INFINITY);
  const worked = workedSample(written, stages, sample);
  for (const [name, value] of Object.entries(worked)) {
    expect({ [name]: sample?.[name as keyof StatsSample] }).toEqual({ [name]: value });
  }
}, 30_000);
