/** Timings and size of the timeline. Asserts nothing. */
import { systemClock } from "../../src/base/clock.ts";
import { checkpointCountMax, eventCountMax, type HostAction } from "../../src/model/timeline.ts";
import { EventRecorder } from "../../src/timeline/event-recorder.ts";
import { HostTimeline } from "../../src/timeline/host-timeline.ts";
import { readTimeline } from "../../src/timeline/read-timeline.ts";
import type { Row } from "../support/measure.ts";
import { noJournal } from "../support/timeline-parts.ts";

const clock = systemClock();

type Report = (what: string, reach: string, measured: string) => void;

/** Texts made new each time, as those of real events are. */
function callOf(n: number): HostAction {
  return {
    type: "api_call",
    id: `call-${n}`,
    method: "POST",
    route: "/api/v1/sessions/:id/bitrate",
    path: `/api/v1/sessions/${n % 16}/bitrate`,
    body: { bitrate_kbps: 5000 + n },
    status: 204,
    duration_us: 300 + (n % 50),
    actor: "token",
    answer_sha256: n.toString(16).padStart(64, "0"),
    answer_shape: "nothing",
  };
}

function streamOf(n: number): HostAction {
  return { type: "stream", action: "loss_burst", session_id: n % 16, packets: 7, ms: 500 };
}

function stateOf(n: number) {
  const session = (id: number) => ({
    ...{ session_id: id, kind: "native", client: `player ${n}`, width: 1920, height: 1080 },
    ...{ fps: 60, codec: "h264", encoder: "libx264", bitrate_kbps: 10_000 + n },
    ...{ started_unix_ms: 1_782_504_843_000 + n, frames_sent: n, bytes_sent: n * 9000 },
    ...{ packets_sent: n * 12, packets_lost: n, rtt_us: 400 },
  });
  const settings = { revision: n, values: { source: "testsrc", encoder_preset: "ultrafast" } };
  return { version: "0.1.0", settings, sessions: [1, 2, 3, 4].map(session), load: { cpu: n / 7 } };
}

/** A recorder that is full, of the largest events that come often. */
function benchSize(say: Report): EventRecorder {
  const recorder = new EventRecorder({ clock, host: "bench" });
  Bun.gc(true);
  const before = process.memoryUsage();
  recorder.start("bench");
  for (let n = 0; n < eventCountMax; n++) recorder.record(callOf(n));
  for (let n = 0; n < checkpointCountMax; n++)
    recorder.checkpoint(`c${n}`, { label: "label" }, stateOf(n));
  Bun.gc(true);
  const after = process.memoryUsage();
  const held = `${recorder.eventCount()} events, ${recorder.checkpointCount()} checkpoints`;
  const grown = (name: "heapUsed" | "rss") =>
    `${((after[name] - before[name]) / 2 ** 20).toFixed(1)} MB`;
  say(`${held}: heap`, "<= 64 MB", grown("heapUsed"));
  say(`${held}: resident`, "", grown("rss"));
  return recorder;
}

function benchRecord(say: Report, recorder: EventRecorder): void {
  const calls = Array.from({ length: 20_000 }, (_, n) => callOf(n));
  const streams = Array.from({ length: 20_000 }, (_, n) => streamOf(n));
  say(
    "record a stream event, recorder full",
    "<= 2 us",
    best(20_000, (n) => recorder.record(streams[n] ?? streamOf(n))),
  );
  say(
    "record a call, recorder full",
    "<= 2 us",
    best(20_000, (n) => recorder.record(calls[n] ?? callOf(n))),
  );
  const idle = new HostTimeline({ clock, host: "bench", state: () => ({}), secrets: ["token"] });
  say(
    "record on a host that records nothing",
    "",
    best(20_000, (n) => idle.record(streams[n] ?? streamOf(n))),
  );
}

/** Through the whole line: flood gate, bounds, a capture with the text for its journal. */
function benchHost(say: Report): void {
  let bestUs = Number.POSITIVE_INFINITY;
  for (let run = 0; run < 5; run++) {
    const host = new HostTimeline({ clock, host: "bench", state: () => ({}), secrets: ["token"] });
    let bytes = 0;
    const journal = noJournal((entry) => {
      bytes += JSON.stringify(entry).length;
    });
    host.beginCapture({ startedUnixMs: clock.wallMs(), startedUs: clock.nowUs(), journal });
    const startUs = clock.nowUs();
    // As many as the gate lets through at once.
    for (let n = 0; n < 2000; n++) host.record(callOf(n));
    bestUs = Math.min(bestUs, (clock.nowUs() - startUs) / 2000);
    if (bytes < 2000 * 100) throw new Error("Bug: not everything was recorded");
  }
  say("make and record a call, capture with journal's text", "", `${bestUs.toFixed(2)} us`);
}

function benchRanges(say: Report, recorder: EventRecorder): void {
  const begin = clock.wallMs() - 3_600_000;
  const ranges: readonly (readonly [string, () => unknown])[] = [
    ["events of a range of time", () => recorder.eventsBetween(begin, begin + 7_200_000)],
    ["events since an index", () => recorder.eventsSince(recorder.eventCount() / 2)],
    ["events between checkpoints", () => recorder.eventsBetweenCheckpoints("c0", "c999")],
  ];
  for (const [what, ask] of ranges) say(what, "<= 5 ms", best(100, ask));
}

function benchTransfer(say: Report, recorder: EventRecorder): void {
  let text = "";
  const exporting = best(3, () => {
    text = JSON.stringify(recorder.export());
  });
  say("export as text", "", exporting);
  say("export in bytes", "", String(text.length));
  const bytes = Buffer.from(text);
  say(
    "import, every field checked",
    "",
    best(3, () => readTimeline(bytes)),
  );
}

/** The best of five runs: what else the machine does only adds to it. */
function best(rounds: number, work: (round: number) => unknown): string {
  let bestUs = Number.POSITIVE_INFINITY;
  for (let run = 0; run < 5; run++) {
    const startUs = clock.nowUs();
    for (let round = 0; round < rounds; round++) work(round);
    bestUs = Math.min(bestUs, (clock.nowUs() - startUs) / rounds);
  }
  return bestUs < 1000 ? `${bestUs.toFixed(2)} us` : `${(bestUs / 1000).toFixed(2)} ms`;
}

/** Recording, holding, asking for ranges, and taking it elsewhere. */
export function benchTimeline(): Row[] {
  const rows: Row[] = [];
  const say: Report = (what, reach, measured) => void rows.push({ what, reach, measured });
  const recorder = benchSize(say);
  benchRanges(say, recorder);
  benchTransfer(say, recorder);
  benchRecord(say, recorder);
  benchHost(say);
  return rows;
}
