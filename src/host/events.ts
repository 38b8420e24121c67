/** Forwards events of the paths to the recorder, the counters, the timeline and the log. */

import { unreachable } from "../base/assert.ts";
import { log, warn, warnOfStranger } from "../base/log.ts";
import type { LogRing } from "../base/log-ring.ts";
import type { GamestreamEvent } from "../gamestream/handle.ts";
import type { History } from "../history/history.ts";
import type { ThreadPriorities } from "../machine/priority.ts";
import type { MachineWatch } from "../machine/watch.ts";
import type { CaptureSession, StatsSample } from "../model/capture.ts";
import type { Ending } from "../model/ending.ts";
import type { Machine } from "../model/machine.ts";
import { reasonFields, reasonText } from "../model/reason.ts";
import type { Session } from "../model/session.ts";
import type { StreamsEvent } from "../moq/streams.ts";
import type { Watching } from "../moq/watching.ts";
import type { NativeEvent } from "../native/host/handle.ts";
import type { Recorder } from "../recorder/recorder.ts";
import type { HostReporter } from "../timeline/reporter.ts";
import type { PathEvent } from "../worker/link.ts";
import type { SourceReports } from "./source-reports.ts";

/** The parts of the host that receive events of the paths. */
export type EventTakers = {
  readonly recorder: Recorder;
  readonly history: History;
  readonly machine: MachineWatch;
  readonly priorities: ThreadPriorities;
  readonly watching: Watching;
  readonly timeline: HostReporter;
  readonly sources: SourceReports;
  readonly recentLog: LogRing;
  readonly failed: PromiseWithResolvers<string>;
};

/** Forwards an event of a path’s worker to the parts it concerns. */
export function takeEvent(
  event: NativeEvent | GamestreamEvent,
  {
    recorder,
    history,
    machine,
    priorities,
    failed,
    watching,
    timeline,
    sources,
    recentLog,
  }: EventTakers,
): void {
  switch (event.kind) {
    case "recording":
      // A session that announces itself to a capture that was stopped meanwhile does so again in
      // the next.
      if (event.captureNumber === recorder.captureNumber()) recorder.registerSession(event.session);
      return;
    case "sample":
      takeSample(event, { recorder, history, machine });
      return;
    case "reached":
      machine.reached(event.session_id, event.address);
      return;
    case "session_started":
      watching.followers.open(event.session.session_id, event.totals);
      begin(event, { history, machine, priorities, timeline });
      return;
    case "session_ended":
      watching.followers.close(event.session.session_id);
      end(event, { history, machine, priorities, timeline });
      return;
    case "happened":
      happen(event, { priorities, timeline });
      return;
    case "warned":
      timeline.warned(event.event);
      return;
    case "logged":
      recentLog.add(event.line);
      return;
    case "source":
      sources.take(event.news);
      return;
    case "client_added":
      log("player paired", { client: event.client.name, id: event.client.id });
      return;
    case "code_closed":
      log("pairing code closed", {});
      return;
    case "pairing_waits":
      log("player is waiting for its PIN", { client: event.pairing.name });
      return;
    case "refused":
      warnOfStranger("player_refused", refusedFields(event));
      return;
    case "failed":
      watching.followers.closeAll();
      warn("path_failed", reasonFields(event.ending));
      failed.resolve(reasonText(event.ending));
      return;
    default:
      unreachable(event);
  }
}

/** A window of a session, with the machine's figures meanwhile. */
export function takeSample(
  { session_id, sample, captureNumber }: TakenSample,
  { recorder, history, machine }: Pick<EventTakers, "recorder" | "history" | "machine">,
): void {
  const whole = withMachine(sample, machine.next(session_id));
  recorder.pushSample(session_id, whole, captureNumber);
  history.addSample({ ...whole, session_id });
}

type TakenSample = {
  readonly session_id: number;
  readonly sample: StatsSample;
  readonly captureNumber: number;
};

/** The measurements of the session's own threads are already in the sample. */
function withMachine(sample: StatsSample, machine: Machine | undefined): StatsSample {
  return machine === undefined ? sample : { ...sample, machine: { ...machine, ...sample.machine } };
}

/** Streams watched by browsers are counted there. */
export function takeStreamsEvent(
  event: StreamsEvent,
  {
    history,
    machine,
    priorities,
    timeline,
    sources,
  }: Pick<EventTakers, "history" | "machine" | "priorities" | "timeline" | "sources">,
): void {
  switch (event.kind) {
    case "session_started":
      begin(event, { history, machine, priorities, timeline });
      return;
    case "session_ended":
      end(event, { history, machine, priorities, timeline });
      return;
    case "source":
      sources.take(event.news);
      return;
    case "happened":
      happen(event, { priorities, timeline });
      return;
    case "resized":
      // Only for the input; the session's log reports it too.
      return;
    default:
      unreachable(event);
  }
}

type SessionTakers = Pick<EventTakers, "history" | "machine" | "priorities" | "timeline">;

function begin(
  { session, rows, threads }: Extract<StreamsEvent, { kind: "session_started" }>,
  { history, machine, priorities, timeline }: SessionTakers,
): void {
  history.startSession(recordedSession(session), rows);
  machine.begin(session.session_id, threads);
  priorities.begin(session.session_id, threads);
  reportStarted(session, timeline);
}

function happen(
  event: Extract<StreamsEvent, { kind: "happened" }>,
  { priorities, timeline }: Pick<SessionTakers, "priorities" | "timeline">,
): void {
  if (event.happenings.some(({ action }) => action === "encoder_reset")) priorities.refresh();
  timeline.happened(event);
}

function end(ended: Ended, { history, machine, priorities, timeline }: SessionTakers): void {
  const { session_id } = ended.session;
  machine.end(session_id);
  priorities.end(session_id);
  history.endSession(session_id);
  reportEnded(ended, timeline);
}

/** The part of a session that captures and the history keep. */
function recordedSession(session: Session): CaptureSession {
  const { session_id, kind, width, height, fps, codec, client } = session;
  return { session_id, kind, width, height, fps, codec, client };
}

function reportStarted(session: Session, timeline: HostReporter): void {
  log("session started", sessionFields(session));
  timeline.connected(session);
}

function reportEnded({ session, ending }: Ended, timeline: HostReporter): void {
  log("session ended", { ...sessionFields(session), reason: reasonText(ending) });
  timeline.disconnected(session, ending);
}

function refusedFields({ kind: _, ...fields }: Extract<PathEvent, { kind: "refused" }>) {
  return fields;
}

type Ended = { readonly session: Session; readonly ending: Ending };

function sessionFields(session: Session) {
  const { session_id, kind, client, width, height, fps, codec } = session;
  return { session_id, kind, client, mode: `${width}x${height}@${fps}`, codec };
}
