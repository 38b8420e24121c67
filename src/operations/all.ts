/** Every operation of the API, in the order of its description. */
import * as access from "./access.ts";
import * as archive from "./archive.ts";
import * as compare from "./compare.ts";
import * as experiments from "./experiments.ts";
import * as frames from "./frames.ts";
import * as host from "./host.ts";
import * as imports from "./import.ts";
import { linkProbe } from "./link-probe.ts";
import * as links from "./links.ts";
import * as log from "./log.ts";
import type { Operation } from "./operation.ts";
import * as players from "./players.ts";
import * as recordings from "./recordings.ts";
import * as replay from "./replay.ts";
import * as series from "./series.ts";
import * as sessions from "./sessions.ts";
import * as settings from "./settings.ts";
import * as share from "./share.ts";
import * as stats from "./stats.ts";
import * as timeline from "./timeline.ts";
import * as trial from "./trial.ts";
import * as verdict from "./verdict.ts";
import * as watch from "./watch.ts";

export const operations: readonly Operation[] = [
  stats.statsCaptureStart,
  stats.statsCaptureStop,
  stats.statsCaptureStatus,
  stats.statsCaptureLive,
  stats.statsStream,
  series.statsCaptureSeries,
  series.statsRecordingSeries,
  frames.statsCaptureFrames,
  frames.statsCaptureOverview,
  frames.statsCaptureKeep,
  verdict.statsCaptureVerdict,
  recordings.statsRecordingsList,
  recordings.statsRecordingGet,
  recordings.statsRecordingTimeline,
  imports.statsImportProgress,
  imports.statsRecordingImport,
  share.statsRecordingShare,
  share.statsRecordingShareList,
  frames.statsRecordingFrames,
  frames.statsRecordingOverview,
  verdict.statsRecordingVerdict,
  recordings.statsRecordingChange,
  recordings.statsRecordingDelete,
  recordings.statsRecordingBeforeAfter,
  compare.statsCompare,
  frames.historyState,
  series.historySeries,
  frames.historyFrames,
  frames.historyOverview,
  verdict.historyVerdict,
  host.health,
  host.hostStatus,
  log.logLines,
  host.sourcesList,
  host.doctor,
  sessions.sessionsList,
  sessions.sessionGet,
  sessions.sessionDisconnect,
  sessions.sessionIdr,
  sessions.sessionBitrate,
  settings.settingsGet,
  settings.settingsChange,
  trial.settingsTrialStart,
  trial.settingsTrialGet,
  trial.settingsTrialUndo,
  experiments.experimentStart,
  experiments.experimentsList,
  experiments.experimentGet,
  experiments.experimentRemove,
  players.clientsList,
  players.clientDelete,
  players.clientChange,
  players.pairingStart,
  players.pairingGet,
  players.pairingWaiting,
  players.pairingPin,
  players.pairingRefuse,
  players.pairingCancel,
  archive.archiveStatus,
  archive.archiveList,
  archive.archiveOpen,
  access.tokensList,
  access.tokenCreate,
  access.tokenRevoke,
  links.linksList,
  links.linkCreate,
  links.linkRevoke,
  timeline.timelineStatus,
  timeline.timelineStart,
  timeline.timelineStop,
  timeline.timelineCheckpoint,
  timeline.timelineEvents,
  timeline.timelineCheckpoints,
  timeline.timelineBetween,
  timeline.timelineReplaySequence,
  timeline.timelineExport,
  timeline.timelineImport,
  timeline.timelineResume,
  timeline.timelineStream,
  replay.timelineReplay,
  replay.timelineReplayGet,
  replay.timelineReplayStep,
  replay.timelineReplayCancel,
  watch.streamsList,
  watch.streamOpen,
  watch.streamResize,
  watch.streamClose,
  watch.moqTicket,
  watch.moqClock,
  linkProbe,
  host.counters,
  host.metrics,
];
