/** A recorder, a history and a keeper on one data directory and one clock that a test moves. */
import { join } from "node:path";
import { Gate } from "../../src/base/gate.ts";
import { SharedSequence } from "../../src/base/shared-sequence.ts";
import { HistoryService } from "../../src/keep/history-reads.ts";
import { Keeper } from "../../src/keep/keeper.ts";
import { type OwedSources, owedRows } from "../../src/keep/owed-rows.ts";
import type { CaptureMeta } from "../../src/model/capture.ts";
import { Recorder } from "../../src/recorder/recorder.ts";
import { CaptureStore } from "../../src/store/capture-store.ts";
import { rowlessIds } from "../../src/store/rowless.ts";
import { openHistory, Playing, session } from "./history-parts.ts";
import { ManualScheduler } from "./manual-scheduler.ts";
import { sampleOf } from "./recorder-parts.ts";
import { timelineOn } from "./timeline-parts.ts";

/** @param rowCountMax of one file of rows */
export async function keepIn(
  directory: string,
  limits?: { ageMsMax: number; bytesMax: number },
  rowCountMax?: number,
) {
  const scheduler = new ManualScheduler();
  const { clock } = scheduler;
  const parts = new AsyncDisposableStack();
  const opened = await openHistory(join(directory, "history"), {
    scheduler,
    beforeCleaning: () => keeper.settleOwed(),
    ...(limits === undefined ? {} : { limits }),
  });
  const { history } = parts.use(opened);
  const store = new CaptureStore(join(directory, "captures"));
  await store.prepare();
  const kept: CaptureMeta[] = [];
  const owedFrom: OwedSources = {
    ...{ history, hostName: "here" },
    rowlessIds: (sinceUnixMs) => rowlessIds(store, sinceUnixMs),
    load: (id) => store.load(id),
  };
  const keeper: Keeper = parts.use(
    new Keeper({
      ...{ history, vault: store, clock, scheduler, hostName: "here" },
      pathOf: (id) => store.frames.pathOf(id),
      settleRows: (id, marks) => store.settleRows(id, marks),
      owed: () => owedRows(owedFrom),
      onKept: (meta) => kept.push(meta),
      ...(rowCountMax === undefined ? {} : { rowCountMax }),
    }),
  );
  const recorder = parts.use(
    new Recorder({
      ...{ gate: new Gate(), clock, vault: store, hostName: "here", rows: keeper },
      journalDirectory: join(directory, "journal"),
      sessionIds: new SharedSequence(),
      timeline: timelineOn(clock),
    }),
  );
  const service = new HistoryService({
    ...{ history, keeper },
    framesPath: (id) => store.frames.filePath(id),
    nowUs: () => clock.nowUs(),
    hostName: "here",
  });
  const sample = (session_id: number) => {
    recorder.pushSample(session_id, sampleOf({}));
    history.addSample(sampleOf({ session_id }));
  };
  return {
    ...{ scheduler, clock, history, store, keeper, recorder, service, kept, sample },
    [Symbol.asyncDispose]: () => parts.disposeAsync(),
  };
}

/** A session whose rows the history reads. */
export function begin(
  { history }: Awaited<ReturnType<typeof keepIn>>,
  id: number,
  memory: SharedArrayBuffer,
): void {
  history.startSession(session(id), memory);
}

/** The same, with frames to be played. */
export function beginPlaying(parts: Awaited<ReturnType<typeof keepIn>>, id: number): Playing {
  const playing = new Playing(parts.scheduler);
  begin(parts, id, playing.memory);
  return playing;
}
