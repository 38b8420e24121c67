/** What a scrape of a host with sixteen sessions of all paths and codecs takes, and how many bytes it has. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { systemClock } from "../../src/base/clock.ts";
import { systemScheduler } from "../../src/base/scheduler.ts";
import { MachineFiles } from "../../src/machine/files.ts";
import { MachineWatch } from "../../src/machine/watch.ts";
import { RecordedTotals } from "../../src/recorder/recorded-totals.ts";
import { messagesType } from "../../src/telemetry/protobuf.ts";
import { TelemetryService } from "../../src/telemetry/service.ts";
import { ask } from "../api/support.ts";
import { FakeStats, fakeHost, session } from "../support/fake-host.ts";
import { busyStreams } from "../support/fake-telemetry.ts";
import { percentile, type Row, spread } from "../support/measure.ts";
import { tempDirectory } from "../support/temp-directory.ts";

const roundCount = 40;
const captureCount = 1000;
const clock = systemClock();

class Recorded extends FakeStats {
  override recordedTotals() {
    return { ...new RecordedTotals().read(), frames_dropped: 3 };
  }
}

export async function benchScrape(): Promise<Row[]> {
  await using directory = await tempDirectory();
  mkdirSync(join(directory.path, "captures"));
  for (let index = 0; index < captureCount; index++) {
    writeFileSync(join(directory.path, "captures", `${index}.json`), "{}");
  }
  const { app } = fakeHost({
    stats: new Recorded(),
    sessions: { ...fakeSessions, sessions: () => Array.from({ length: 16 }, () => session) },
    machine: new MachineWatch({ files: new MachineFiles(), clock, scheduler: systemScheduler() }),
    telemetry: new TelemetryService({
      ...{ clock, streams: busyStreams(2), directory: directory.path, startedUs: clock.nowUs() },
      history: {
        ...{ isOn: true, isStopped: false, droppedCount: 0, overwrittenCount: 0 },
        held: () => ({ bytes: 1e9, segmentCount: 10_000 }),
      },
      certificateEndMs: () => 2e12,
    }),
  });
  return [
    await rowOf(app, "a scrape of 16 sessions, every path and codec, as text", {}),
    await rowOf(app, "the same as protobuf", { accept: messagesType }),
  ];
}

const fakeSessions = {
  requestIdr: () => false,
  setBitrate: () => false,
  disconnect: () => false,
};

async function rowOf(
  app: Parameters<typeof ask>[0],
  what: string,
  headers: Record<string, string>,
): Promise<Row> {
  const wallMs: number[] = [];
  const cpuMs: number[] = [];
  let byteCount = 0;
  for (let round = 0; round < roundCount; round++) {
    const startUs = clock.nowUs();
    const before = process.cpuUsage();
    const answer = await ask(app, "GET /metrics", { headers });
    byteCount = (await answer.arrayBuffer()).byteLength;
    const { user, system } = process.cpuUsage(before);
    wallMs.push((clock.nowUs() - startUs) / 1000);
    cpuMs.push((user + system) / 1000);
  }
  const [first = 0, ...later] = wallMs;
  const measured = `${spread(later)} ms, first ${first.toFixed(0)} ms, CPU p50 ${percentile(cpuMs, 0.5).toFixed(1)} ms, ${(byteCount / 1000).toFixed(1)} KB`;
  return { what, reach: "<= 20 ms, <= 60 KB", measured };
}
