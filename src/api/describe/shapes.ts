/** The shapes of `model` under the names that the OpenAPI document calls them by. */
import { Elysia } from "elysia";
import { AccessToken, AccessTokenRequest, NewAccessToken } from "../../model/access-token.ts";
import { ArchivedCapture, ArchiveOpening, ArchiveStatus } from "../../model/archive.ts";
import {
  Capture,
  CaptureMeta,
  CaptureSession,
  StageTiming,
  StatsSample,
  StatsStatus,
} from "../../model/capture.ts";
import { CaptureChange } from "../../model/capture-note.ts";
import { ComparedMetric, Comparison, SideDifference } from "../../model/comparison.ts";
import {
  CounterFrame,
  CounterLevel,
  CounterReport,
  CounterSet,
  CounterTier,
} from "../../model/counters.ts";
import { DoctorFinding } from "../../model/doctor.ts";
import { Experiment, ExperimentRequest } from "../../model/experiment.ts";
import { Distribution, FramesOverview } from "../../model/frames-overview.ts";
import { FramesPage, HistorySession, HistoryState, KeepRequest } from "../../model/frames-page.ts";
import { NewStreamLink, StreamLink, StreamLinkRequest } from "../../model/link.ts";
import { LogLine, LogPage } from "../../model/log-line.ts";
import { Machine } from "../../model/machine.ts";
import {
  Client,
  ClientChange,
  PairingCode,
  PinEntry,
  PinResult,
  WaitingPlayer,
} from "../../model/player.ts";
import { Problem } from "../../model/problem.ts";
import { ImportProgress, RecordingImport } from "../../model/recording-import.ts";
import { ReplayAnswer, ReplayCall, ReplayRequest, ReplayRun } from "../../model/replay.ts";
import {
  ComparedRun,
  RunComparison,
  RunDifference,
  RunDistribution,
  RunLead,
  RunMetric,
} from "../../model/run-comparison.ts";
import { Series, SeriesMark, SeriesSession } from "../../model/series.ts";
import { BitrateChange, Session } from "../../model/session.ts";
import { Settings, SettingsChange } from "../../model/settings.ts";
import { Replaced, ShareList } from "../../model/share.ts";
import { ListedSourceShape } from "../../model/source-list.ts";
import { ChosenSource, PassedSource } from "../../model/source-state.ts";
import { EncoderStatus, GamestreamStatus, HostStatus } from "../../model/status.ts";
import { RecordingChange } from "../../model/stream.ts";
import {
  CheckpointRequest,
  EventPage,
  eventShapes,
  Timeline,
  TimelineCheckpoint,
  TimelineEvent,
  TimelineImport,
  TimelineRecording,
  TimelineStart,
  TimelineState,
} from "../../model/timeline.ts";
import { Trial, TrialRequest } from "../../model/trial.ts";
import {
  Cadence,
  Cause,
  Evidence,
  FrameProfile,
  SettingChange,
  Verdict,
} from "../../model/verdict.ts";
import {
  HostClock,
  StreamRequest,
  StreamSize,
  ViewerReport,
  WatchStream,
  WatchTicket,
} from "../../model/watch.ts";
import { openShape } from "../../operations/schema.ts";

export const shapes = new Elysia({ name: "shapes" }).model({
  AccessToken: openShape(AccessToken),
  AccessTokenRequest,
  NewAccessToken: openShape(NewAccessToken),
  StreamLink: openShape(StreamLink),
  StreamLinkRequest,
  NewStreamLink: openShape(NewStreamLink),
  ArchivedCapture: openShape(ArchivedCapture),
  ArchiveOpening,
  ArchiveStatus: openShape(ArchiveStatus),
  BitrateChange,
  Cadence: openShape(Cadence),
  Capture: openShape(Capture),
  CaptureChange,
  CaptureMeta: openShape(CaptureMeta),
  CaptureSession: openShape(CaptureSession),
  Client: openShape(Client),
  ClientChange,
  CounterFrame: openShape(CounterFrame),
  CounterLevel: openShape(CounterLevel),
  CounterReport: openShape(CounterReport),
  CounterSet: openShape(CounterSet),
  CounterTier: openShape(CounterTier),
  DoctorFinding: openShape(DoctorFinding),
  EncoderStatus: openShape(EncoderStatus),
  FrameProfile: openShape(FrameProfile),
  Experiment: openShape(Experiment),
  ExperimentRequest,
  Distribution: openShape(Distribution),
  FramesOverview: openShape(FramesOverview),
  ListedSource: openShape(ListedSourceShape),
  FramesPage: openShape(FramesPage),
  HistorySession: openShape(HistorySession),
  HistoryState: openShape(HistoryState),
  HostClock: openShape(HostClock),
  KeepRequest,
  LogLine: openShape(LogLine),
  LogPage: openShape(LogPage),
  Machine: openShape(Machine),
  GamestreamStatus: openShape(GamestreamStatus),
  HostStatus: openShape(HostStatus),
  ChosenSource: openShape(ChosenSource),
  PassedSource: openShape(PassedSource),
  PairingCode: openShape(PairingCode),
  PinEntry,
  Problem: openShape(Problem),
  RecordingChange: openShape(RecordingChange),
  ImportProgress: openShape(ImportProgress),
  RecordingImport: openShape(RecordingImport),
  Replaced: openShape(Replaced),
  ShareList: openShape(ShareList),
  Series: openShape(Series),
  SeriesMark: openShape(SeriesMark),
  SeriesSession: openShape(SeriesSession),
  Session: openShape(Session),
  Settings: openShape(Settings),
  SettingsChange,
  ComparedRun: openShape(ComparedRun),
  RunComparison: openShape(RunComparison),
  RunDifference: openShape(RunDifference),
  RunDistribution: openShape(RunDistribution),
  RunLead: openShape(RunLead),
  RunMetric: openShape(RunMetric),
  SideDifference: openShape(SideDifference),
  StageTiming: openShape(StageTiming),
  StatsSample: openShape(StatsSample),
  StatsStatus: openShape(StatsStatus),
  ApiCallEvent: openShape(eventShapes.api_call),
  ClientEvent: openShape(eventShapes.client),
  LogEvent: openShape(eventShapes.log),
  SessionEvent: openShape(eventShapes.session),
  StateChangeEvent: openShape(eventShapes.state_change),
  StreamEvent: openShape(eventShapes.stream),
  UiActionEvent: openShape(eventShapes.ui_action),
  SettingChange: openShape(SettingChange),
  Cause: openShape(Cause),
  CheckpointRequest,
  ComparedMetric: openShape(ComparedMetric),
  Comparison: openShape(Comparison),
  EventPage: openShape(EventPage),
  Evidence: openShape(Evidence),
  ReplayAnswer: openShape(ReplayAnswer),
  ReplayCall: openShape(ReplayCall),
  ReplayRequest,
  ReplayRun: openShape(ReplayRun),
  Timeline: openShape(Timeline),
  TimelineCheckpoint: openShape(TimelineCheckpoint),
  TimelineEvent: openShape(TimelineEvent),
  TimelineImport: openShape(TimelineImport),
  TimelineRecording: openShape(TimelineRecording),
  TimelineStart,
  TimelineState: openShape(TimelineState),
  StreamRequest,
  StreamSize,
  ViewerReport: openShape(ViewerReport),
  PinResult: openShape(PinResult),
  WaitingPlayer: openShape(WaitingPlayer),
  Trial: openShape(Trial),
  TrialRequest,
  Verdict: openShape(Verdict),
  WatchStream: openShape(WatchStream),
  WatchTicket: openShape(WatchTicket),
});
