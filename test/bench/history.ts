/** What the history costs: on the disk, in memory, when something is kept of it, and at a start. */
import { heapStats } from "bun:jsc";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setImmediate } from "node:timers/promises";
import { systemClock } from "../../src/base/clock.ts";
import { formatSegmentName } from "../../src/history/segment-names.ts";
import { begin, keepIn } from "../support/keep-parts.ts";
import { type Row, spread } from "../support/measure.ts";
import { Noise, NoisyRows } from "../support/noisy-rows.ts";
import { openSmall } from "../support/stream.ts";
import { tempDirectory } from "../support/temp-directory.ts";
import { firstAnswerMs, shippedCommand } from "./console.ts";

const clock = systemClock();
const minuteRows = 3600;
const segmentBytes = 100_000;
const hourMinutes = 60;
/** A stream by itself, to hold the stop of a capture against. */
const aloneMs = 20_000;

/** A history of three hours of 60 fps, by a clock that is moved: disk, memory, and what is kept. */
export async function benchHistory(): Promise<Row[]> {
  await using directory = await tempDirectory();
  await using parts = await keepIn(directory.path);
  const { recorder, history, keeper, scheduler } = parts;
  await recorder.start();
  const rows = new NoisyRows(scheduler, new Noise(7));
  const id = recorder.registerSession({ kind: "native", ...mode });
  begin(parts, id, rows.memory);
  const heapMb: number[] = [];
  for (let minute = 1; minute <= 3 * hourMinutes; minute++) {
    for (let window = 0; window < 30; window++) {
      rows.play(minuteRows / 30);
      parts.sample(id);
    }
    await history.flush();
    if (minute % hourMinutes === 0) heapMb.push(await heapNowMb());
  }
  await history.cleaned();
  const bytes = history.held().bytes;
  const [keptMs, wholeMs]: [number[], number[]] = [[], []];
  for (let turn = 0; turn < 5; turn++) {
    const startUs = clock.nowUs();
    const { id: kept } = await keeper.keepLast(30, { origin: "kept" });
    keptMs.push((clock.nowUs() - startUs) / 1000);
    await keeper.rowsSettled(kept);
    wholeMs.push((clock.nowUs() - startUs) / 1000);
  }
  const stop = await stopBeside(parts);
  return [
    {
      what: "history on the disk, an hour of 60 fps",
      reach: "<= 15 MB",
      measured: `${(bytes / 3 / 1e6).toFixed(2)} MB`,
    },
    {
      what: "heap with history after 1, 2, 3 hours",
      reach: "flat",
      measured: `${heapMb.map((mb) => mb.toFixed(1)).join(", ")} MB`,
    },
    {
      what: "the last 30 s kept",
      reach: "<= 300 ms",
      measured: `${spread(keptMs, 0)} ms; with its rows written, at low priority, ${spread(wholeMs, 0)} ms`,
    },
    ...stop,
  ];
}

const mode = { width: 1280, height: 720, fps: 60, codec: "h264", client: "bench" } as const;

type Parts = Awaited<ReturnType<typeof keepIn>>;

/** Stops a capture of three hours while a stream runs in the same process. */
async function stopBeside({ recorder, keeper, scheduler }: Parts): Promise<Row[]> {
  await using stream = await openSmall();
  const seen = { frameCount: 0, missedCount: 0 };
  using _frames = stream.subscribe({
    onFrame: (frame) => {
      seen.frameCount += 1;
      seen.missedCount = frame.missedCount;
      frame.release();
    },
    onEnd: () => undefined,
  });
  await Bun.sleep(1000);
  const alone = await missedWhile(seen, () => Bun.sleep(aloneMs));
  const before = { ...seen };
  const startUs = clock.nowUs();
  const meta = await recorder.stop();
  const stopMs = (clock.nowUs() - startUs) / 1000;
  // What players report of the last rows is waited for, by the clock that is moved.
  scheduler.advanceMs(5000);
  await keeper.rowsSettled(meta?.id ?? "");
  const wholeMs = (clock.nowUs() - startUs) / 1000;
  await Bun.sleep(200);
  const beside = missedSince(seen, before);
  return [
    {
      what: "a capture of three hours stopped",
      reach: "<= 2 s, none missed",
      measured: `${stopMs.toFixed(0)} ms, its 648,000 rows written after ${wholeMs.toFixed(0)} ms; ${beside} of a stream beside it missed, ${alone} without it`,
    },
  ];
}

type Seen = { frameCount: number; missedCount: number };

async function missedWhile(seen: Seen, work: () => Promise<unknown>): Promise<string> {
  const before = { ...seen };
  await work();
  return missedSince(seen, before);
}

function missedSince(seen: Seen, before: Readonly<Seen>): string {
  const missed = seen.missedCount - before.missedCount;
  return `${missed} of ${missed + seen.frameCount - before.frameCount} slots`;
}

/** First answers with a week of segments in the data directory, and without, in turns. */
export async function benchHistoryStart(): Promise<Row[]> {
  await using directory = await tempDirectory();
  const [none, week] = [join(directory.path, "none"), join(directory.path, "week")];
  await fillWeek(join(week, "history"));
  const { command, built } = await shippedCommand();
  const [withoutMs, withMs]: [number[], number[]] = [[], []];
  for (let turn = 0; turn < 6; turn++) {
    const [noneMs, weekMs] = [
      await firstAnswerMs(command, none),
      await firstAnswerMs(command, week),
    ];
    // The first ones made certificates and unpacked FFmpeg.
    if (turn === 0) continue;
    withoutMs.push(noneMs);
    withMs.push(weekMs);
  }
  return [
    {
      what: `first answer with 7 days of history (${built === undefined ? "checkout" : "executable"})`,
      reach: "<= 120 ms",
      measured: `${spread(withMs, 0)} ms; without ${spread(withoutMs, 0)} ms`,
    },
  ];
}

/** As a host leaves it that streamed without a pause. */
async function fillWeek(path: string): Promise<void> {
  await mkdir(path, { recursive: true });
  const count = 7 * 24 * hourMinutes;
  const bytes = new Uint8Array(segmentBytes);
  const nowMs = clock.wallMs();
  for (let number = 0; number < count; number++) {
    const beginMs = number * 60_000;
    const beginUnixMs = nowMs - (count - number) * 60_000;
    await writeFile(join(path, formatSegmentName({ run: 1, number, beginMs, beginUnixMs })), bytes);
  }
}

async function heapNowMb(): Promise<number> {
  await setImmediate();
  Bun.gc(true);
  return heapStats().heapSize / 1e6;
}
