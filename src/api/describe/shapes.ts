/** The shapes of `model` under the names that routes and the OpenAPI document call them by. */
import { type TObject, Type } from "@sinclair/typebox";
import { Elysia } from "elysia";
import {
  Capture,
  CaptureMeta,
  CaptureSession,
  StageTiming,
  StatsSample,
  StatsStatus,
} from "../../model/capture.ts";
import { ComparedMetric, Comparison, SideDifference } from "../../model/comparison.ts";
import {
  CounterFrame,
  CounterLevel,
  CounterReport,
  CounterSet,
  CounterTier,
} from "../../model/counters.ts";
import { Client, PairingCode, PinEntry, WaitingPlayer } from "../../model/player.ts";
import { Problem } from "../../model/problem.ts";
import { ReplayAnswer, ReplayCall, ReplayRequest, ReplayRun } from "../../model/replay.ts";
import { Series, SeriesMark, SeriesSession } from "../../model/series.ts";
import { BitrateChange, Session } from "../../model/session.ts";
import { Settings, SettingsChange } from "../../model/settings.ts";
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
import {
  HostClock,
  StreamRequest,
  ViewerReport,
  WatchStream,
  WatchTicket,
} from "../../model/watch.ts";

export const shapes = new Elysia({ name: "shapes" }).model({
  BitrateChange,
  Capture: open(Capture),
  CaptureMeta: open(CaptureMeta),
  CaptureSession: open(CaptureSession),
  Client: open(Client),
  CounterFrame: open(CounterFrame),
  CounterLevel: open(CounterLevel),
  CounterReport: open(CounterReport),
  CounterSet: open(CounterSet),
  CounterTier: open(CounterTier),
  EncoderStatus: open(EncoderStatus),
  HostClock: open(HostClock),
  GamestreamStatus: open(GamestreamStatus),
  HostStatus: open(HostStatus),
  PairingCode: open(PairingCode),
  PinEntry,
  Problem: open(Problem),
  RecordingChange: open(RecordingChange),
  Series: open(Series),
  SeriesMark: open(SeriesMark),
  SeriesSession: open(SeriesSession),
  Session: open(Session),
  Settings: open(Settings),
  SettingsChange,
  SideDifference: open(SideDifference),
  StageTiming: open(StageTiming),
  StatsSample: open(StatsSample),
  StatsStatus: open(StatsStatus),
  ApiCallEvent: open(eventShapes.api_call),
  ClientEvent: open(eventShapes.client),
  LogEvent: open(eventShapes.log),
  SessionEvent: open(eventShapes.session),
  StateChangeEvent: open(eventShapes.state_change),
  StreamEvent: open(eventShapes.stream),
  UiActionEvent: open(eventShapes.ui_action),
  CheckpointRequest,
  ComparedMetric: open(ComparedMetric),
  Comparison: open(Comparison),
  EventPage: open(EventPage),
  ReplayAnswer: open(ReplayAnswer),
  ReplayCall: open(ReplayCall),
  ReplayRequest,
  ReplayRun: open(ReplayRun),
  Timeline: open(Timeline),
  TimelineCheckpoint: open(TimelineCheckpoint),
  TimelineEvent: open(TimelineEvent),
  TimelineImport: open(TimelineImport),
  TimelineRecording: open(TimelineRecording),
  TimelineStart,
  TimelineState: open(TimelineState),
  StreamRequest,
  ViewerReport: open(ViewerReport),
  WaitingPlayer: open(WaitingPlayer),
  WatchStream: open(WatchStream),
  WatchTicket: open(WatchTicket),
});

/**
 * The names alone, for the types of routes; `apiRoutes` brings the shapes themselves, once. Each
 * `use` of an instance with shapes works out all of them anew: over all routes that was a third of
 * the time until the first answer.
 */
export const shapeNames = new Elysia({ name: "shape names" }) as unknown as typeof shapes;

/**
 * Answers may have further fields: a capture on disk can come from a later version. The framework
 * would refuse them, or drop them, unless told so.
 */
function open<T extends TObject>(schema: T): T {
  return { ...schema, additionalProperties: true };
}

export function listOf<T extends TObject>(schema: T, description: string) {
  return Type.Array(open(schema), { description });
}

/** An answer without a body. */
export function done(): Response {
  return new Response(null, { status: 204 });
}
