/**
 * Reports events of the host to the timeline: sessions and streams, changes of settings, and the
 * warnings of the log; and the state of the host, for its checkpoints.
 */

import type { Clock } from "../base/clock.ts";
import { log, onWarning } from "../base/log.ts";
import { version } from "../base/version.ts";
import type { Ending } from "../model/ending.ts";
import { clientActions, type Happened, type Happening } from "../model/happening.ts";
import { reasonFields } from "../model/reason.ts";
import type { Session } from "../model/session.ts";
import type { EncoderStatus } from "../model/status.ts";
import type { HostAction, LogEvent, Timeline } from "../model/timeline.ts";
import { warningEvent } from "../model/warning.ts";
import type { Sessions } from "../ports/sessions.ts";
import type { TimelineJournal } from "../ports/timeline.ts";
import { countersOf, loadNow } from "./host-state.ts";
import { HostTimeline, type ManualStart, type StateChanges } from "./host-timeline.ts";
import type { IsRepeatable } from "./replay-plan.ts";
import { RecordingService } from "./service.ts";
import { recordSettingsChange, type SettingsState } from "./settings.ts";

/** Options of a host's timeline. */
export type ReporterOptions = {
  readonly clock: Clock;
  /** Name of the machine. */
  readonly host: string;
  /** The settings of the command line, until the saved ones are known. */
  readonly settings: SettingsState;
  /** Texts that no recording may hold. */
  readonly secrets: readonly string[];
  readonly isRepeatable: IsRepeatable;
  /** A manual recording has ended. Must not throw or wait. */
  onFinished(timeline: Timeline): void;
  /** A manual recording has begun. */
  onStarted(start: ManualStart): TimelineJournal;
};

/** The parts of a checkpoint, as soon as they exist. */
export type StateSources = {
  readonly sessions?: () => readonly Session[];
  readonly encoders?: readonly EncoderStatus[];
  readonly settings?: SettingsState;
};

type Late = Extract<Happening, { readonly action: "slots_missed" }>;
const lateIntervalUs = 10_000_000;

/** Owns the host's timeline. Listens to the log until it is disposed. */
export class HostReporter implements Disposable {
  readonly events: HostTimeline;
  readonly service: RecordingService;
  readonly #warnings: Disposable;
  #settings: SettingsState;
  #sessions: () => readonly Session[] = () => [];
  #encoders: readonly EncoderStatus[] = [];
  #lateLoggedUs = Number.NEGATIVE_INFINITY;

  constructor({ settings, isRepeatable, ...options }: ReporterOptions) {
    this.#settings = settings;
    this.events = new HostTimeline({ ...options, state: (changes) => this.#state(changes) });
    this.service = new RecordingService(this.events, isRepeatable);
    this.#warnings = onWarning((code, fields) => this.warned(warningEvent(code, fields)));
  }

  setSources({ sessions, encoders, settings }: StateSources): void {
    this.#settings = settings ?? this.#settings;
    this.#sessions = sessions ?? this.#sessions;
    this.#encoders = encoders ?? this.#encoders;
  }

  /** A warning of the log, here or in a worker. */
  warned(event: LogEvent): void {
    this.events.record(event);
  }

  connected(session: Session): void {
    this.events.record({ ...sessionEvent("connected", session), reason: "" });
    const others = this.#sessions().filter((one) => one.session_id !== session.session_id);
    const label = { code: "session_connected", values: { session: session.session_id } } as const;
    this.events.note(label, { sessions: [...others, session] });
  }

  disconnected(session: Session, ending: Ending): void {
    this.events.record({ ...sessionEvent("disconnected", session), ...reasonFields(ending) });
    const others = this.#sessions().filter((one) => one.session_id !== session.session_id);
    const label = {
      code: "session_disconnected",
      values: { session: session.session_id },
    } as const;
    this.events.note(label, { sessions: others });
  }

  /** At most 0.1 s after the first of them from a worker, 1 s from a browser's stream. */
  happened({ session_id, happenings, leftOutCount }: Happened): void {
    this.events.leftOut(leftOutCount);
    for (const happening of happenings) {
      this.events.record(eventOf(session_id, happening), happening.atUs);
      if (happening.action === "slots_missed") this.#logLate(session_id, happening);
      if (happening.action === "bitrate_changed") {
        this.events.note({ code: "bitrate_after", values: { session: session_id } });
      }
    }
  }

  /** In the log too, at most every 10 s: the timeline has all of them, but only while it records. */
  #logLate(session_id: number, { atUs, slots, ms, source }: Late): void {
    if (atUs - this.#lateLoggedUs < lateIntervalUs) return;
    this.#lateLoggedUs = atUs;
    const missed = { session_id, missed_slots: slots, ms };
    if (source === undefined) log("host too slow for the frame rate", missed);
    else log("source does not answer", { source, ...missed });
  }

  /** `after` is in force when this is called. */
  onSettingsChanged(before: SettingsState, after: SettingsState, actor: string): void {
    this.#settings = after;
    recordSettingsChange(this.events, { before, after, actor });
  }

  /**
   * The same sessions; a changed bitrate leaves a checkpoint and an event. Its path reports when it
   * is in force.
   */
  recordBitrates(sessions: Sessions): Sessions {
    return {
      sessions: () => sessions.sessions(),
      requestIdr: (id) => sessions.requestIdr(id),
      disconnect: (id) => sessions.disconnect(id),
      setBitrate: (id, kbps) => {
        const before = sessions.sessions();
        const session = before.find((one) => one.session_id === id);
        if (session === undefined || !sessions.setBitrate(id, kbps)) return false;
        const label = { code: "bitrate_before", values: { session: id } } as const;
        this.events.note(label, { sessions: before });
        this.events.record({
          type: "state_change",
          key: `sessions.${id}.bitrate_kbps`,
          old: session.bitrate_kbps,
          new: kbps,
          caused_by: "operator",
        });
        return true;
      },
    };
  }

  [Symbol.dispose](): void {
    this.#warnings[Symbol.dispose]();
  }

  #state(changes: StateChanges): unknown {
    const sessions = this.#sessions();
    return {
      version,
      settings: changes.settings ?? this.#settings,
      encoders: this.#encoders,
      sessions: changes.sessions ?? sessions,
      counters: countersOf(sessions),
      load: loadNow(),
    };
  }
}

function sessionEvent(action: "connected" | "disconnected", session: Session) {
  const { session_id, client, viewers, codec, width, height, fps } = session;
  const mode = `${width}x${height}@${fps}`;
  const watched = viewers === undefined ? {} : { viewers };
  return { type: "session", action, session_id, client, ...watched, codec, mode } as const;
}

function eventOf(session_id: number, { atUs: _, ...happening }: Happening): HostAction {
  const isClients = clientActions.some((action) => action === happening.action);
  const type = isClients ? "client" : "stream";
  const why = "reason" in happening && happening.reason ? reasonFields(happening.reason) : {};
  // Distinguished by their actions, right above.
  return { type, session_id, ...happening, ...why } as HostAction;
}
