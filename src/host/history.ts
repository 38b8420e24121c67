/** Connects the history to the sessions, to the recorder's captures and to the API. */

import { hostname } from "node:os";
import { join } from "node:path";
import type { Clock } from "../base/clock.ts";
import type { Gate } from "../base/gate.ts";
import { systemScheduler } from "../base/scheduler.ts";
import { History } from "../history/history.ts";
import type { RetentionLimits } from "../history/retention.ts";
import { HistoryService } from "../keep/history-reads.ts";
import { Keeper } from "../keep/keeper.ts";
import { LiveVerdicts } from "../keep/live-verdicts.ts";
import { LongComparisons } from "../keep/long-comparisons.ts";
import { type OwedSources, owedRows } from "../keep/owed-rows.ts";
import { TroubleWatch } from "../keep/trouble-watch.ts";
import { VerdictService } from "../keep/verdicts.ts";
import type { CaptureMeta } from "../model/capture.ts";
import type { LabelFields } from "../model/checkpoint-label.ts";
import { type Settings, settingsDefault } from "../model/settings.ts";
import type { SettingsFollower } from "../ports/settings.ts";
import type { Recorder } from "../recorder/recorder.ts";
import type { CaptureStore } from "../store/capture-store.ts";
import { rowlessIds } from "../store/rowless.ts";
import { Episodes } from "../telemetry/otlp/episodes.ts";
import { StreamTotals } from "../telemetry/stream-totals.ts";
import type { HostTimeline } from "../timeline/host-timeline.ts";
import { ReadWatch } from "./standing.ts";

/** Looking at thousands of files would delay the first answer. */
const cleanAfterMs = 2000;
const dayMs = 24 * 60 * 60 * 1000;

/** The history, what is kept of it, and the answers about it. */
export type HistoryParts = SettingsFollower & {
  readonly history: History;
  /** Rows of captures, and captures of the past. */
  readonly keeper: Keeper;
  readonly historyReads: HistoryService;
  /** Verdicts of the running sessions. */
  readonly live: LiveVerdicts;
  readonly streamTotals: StreamTotals;
  readonly readWatch: ReadWatch;
  /** Stretches in which a live verdict is not smooth. */
  readonly episodes: Episodes;
};

type Given = {
  readonly directory: string;
  readonly clock: Clock;
  readonly gate: Gate;
  readonly store: CaptureStore;
  readonly timeline: HostTimeline;
  /** The encoder preset that streams have where no setting replaces it. */
  readonly presetAtStart: string | undefined;
  /** A capture was made without arming. */
  onKept(meta: CaptureMeta): void;
  /** Deletes a saved capture, and notifies followers. */
  remove(id: string): Promise<unknown>;
};

/** Expired data is removed after the start: nobody waits for that. */
export async function openHistory(
  { directory, clock, gate, store, timeline, presetAtStart, onKept, remove }: Given,
  parts: AsyncDisposableStack,
): Promise<HistoryParts> {
  const scheduler = systemScheduler();
  const hostName = hostname();
  const history = parts.use(
    await History.open({
      ...{ directory: join(directory, "history"), beside: join(directory, "lock") },
      ...{ clock, scheduler, hostName },
      limits: limitsOf(settingsDefault),
      cleanAfterMs,
      beforeCleaning: async () => {
        await keeper.settleOwed();
        await trouble.saveMissed();
      },
    }),
  );
  // Even when nothing is kept: totals and live verdicts are made of rows and windows.
  gate.setFollowed(true);
  follow(timeline, history);
  const owedFrom = owedIn({ history, hostName, store });
  const keeper: Keeper = parts.use(
    new Keeper({
      ...{ history, vault: store, clock, scheduler, hostName, onKept },
      pathOf: (id) => store.frames.pathOf(id),
      settleRows: (id, marks) => store.settleRows(id, marks),
      owed: () => owedRows(owedFrom),
    }),
  );
  const historyReads = new HistoryService({
    ...{ history, keeper },
    framesPath: (id) => store.frames.filePath(id),
    nowUs: () => clock.nowUs(),
    hostName,
  });
  const trouble: TroubleWatch = parts.use(
    new TroubleWatch({
      ...{ history, keeper, scheduler, remove, nowUs: () => clock.nowUs() },
      list: async () => (await store.list()).captures,
    }),
  );
  history.follow(trouble);
  const episodes = new Episodes(() => clock.nowUs());
  history.follow(episodes);
  const live = new LiveVerdicts({
    ...{ presetAtStart, nowUs: () => clock.nowUs() },
    onTurn: (turn, atUs) => {
      episodes.onTurn(turn, atUs);
      timeline.record({ type: "stream", action: "verdict_turned", ...turn }, atUs);
    },
    onBad: (verdict, atUs) => trouble.onBadVerdict(verdict, atUs),
  });
  const readWatch = new ReadWatch(clock);
  const streamTotals = new StreamTotals();
  for (const one of [live, readWatch, streamTotals]) history.follow(one);
  const applySettings = (settings: Settings) => {
    live.applySettings(settings);
    trouble.applySettings(settings);
    history.setLimits(limitsOf(settings));
  };
  return { history, keeper, historyReads, live, streamTotals, episodes, readWatch, applySettings };
}

function owedIn({
  store,
  ...where
}: Pick<OwedSources, "history" | "hostName"> & Pick<Given, "store">) {
  return {
    ...where,
    rowlessIds: (sinceUnixMs: number) => rowlessIds(store, sinceUnixMs),
    load: (id: string) => store.load(id),
  };
}

/** Reads of the history, and verdicts of its data and of saved captures. */
export function historyParts({
  historyReads,
  store,
  recorder,
  presetNow,
  live,
}: {
  readonly historyReads: HistoryService;
  readonly store: CaptureStore;
  readonly recorder: Recorder;
  presetNow(): string | undefined;
  readonly live: LiveVerdicts;
}): {
  readonly history: HistoryService;
  readonly verdicts: VerdictService;
  readonly comparisons: LongComparisons;
} {
  const hostName = hostname();
  const kept = {
    ...{ history: historyReads, recordings: store, stats: recorder },
    ...{ presetNow, live, hostName },
  };
  const comparisons = new LongComparisons({ recordings: store, history: historyReads });
  return { history: historyReads, verdicts: new VerdictService(kept), comparisons };
}

function limitsOf({ history_days, history_mb }: Settings): RetentionLimits {
  return { ageMsMax: history_days * dayMs, bytesMax: history_mb * 1e6 };
}

function follow(timeline: HostTimeline, history: History): void {
  timeline.follow({
    isOn: () => history.isWriting,
    onEvent: (event, atUs) => history.addEvent(event, atUs),
    onCheckpoint: ({ atUs, id, label, state }) =>
      history.addCheckpoint({ at_us: atUs, id, ...writtenLabel(label), state }),
  });
}

/** A segment has no label where there is none. */
function writtenLabel({ label, ...coded }: LabelFields) {
  return label === null ? coded : { label, ...coded };
}
