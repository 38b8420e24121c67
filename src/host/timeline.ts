/**
 * What happens in the host, brought to the timeline: sessions and streams, changes of settings, and
 * the warnings of the log; and how things stand, for its checkpoints.
 */
import { availableParallelism, freemem, hostname, loadavg } from "node:os";
import type { Clock } from "../base/clock.ts";
import { log, onWarning, warningText } from "../base/log.ts";
import { version } from "../base/version.ts";
import type { Config } from "../config.ts";
import type { Ending } from "../model/ending.ts";
import { clientActions, type Happened, type Happening } from "../model/happening.ts";
import { reasonFields } from "../model/reason.ts";
import type { Session } from "../model/session.ts";
import type { EncoderStatus } from "../model/status.ts";
import type { HostAction, Timeline } from "../model/timeline.ts";
import { isRepeatable } from "../operations/route.ts";
import type { Sessions } from "../ports/sessions.ts";
import { HostTimeline, type StateChanges } from "../timeline/host-timeline.ts";
import { RecordingService } from "../timeline/service.ts";
import { recordSettingsChange, type Settings } from "../timeline/settings.ts";

type Options = {
  readonly clock: Clock;
  readonly config: Config;
  readonly token: string;
  /** A recording by hand has ended. */
  onFinished(timeline: Timeline): void;
};

/** What checkpoints look at, once it is there. */
type Known = {
  readonly sessions?: () => readonly Session[];
  readonly encoders?: readonly EncoderStatus[];
  readonly settings?: Settings;
};

type Late = Extract<Happening, { readonly action: "slots_missed" }>;
const lateIntervalUs = 10_000_000;

export class HostEvents implements Disposable {
  readonly events: HostTimeline;
  readonly service: RecordingService;
  readonly #warnings: Disposable;
  #settings: Settings;
  #sessions: () => readonly Session[] = () => [];
  #encoders: readonly EncoderStatus[] = [];
  #lateSaidUs = Number.NEGATIVE_INFINITY;

  constructor({ clock, config, token, onFinished }: Options) {
    const { source, encoderPreset, perf } = config;
    const values = { source, encoder_preset: encoderPreset ?? null, perf };
    this.#settings = { revision: 0, values };
    this.events = new HostTimeline({
      clock,
      host: hostname(),
      state: (changes) => this.#state(changes),
      secrets: [token],
      onFinished,
    });
    this.service = new RecordingService(this.events, isRepeatable);
    this.#warnings = onWarning((event, fields) => {
      this.warned(warningText(event, fields));
    });
  }

  know({ sessions, encoders, settings }: Known): void {
    this.#settings = settings ?? this.#settings;
    this.#sessions = sessions ?? this.#sessions;
    this.#encoders = encoders ?? this.#encoders;
  }

  /** Here, or in a worker. */
  warned(message: string): void {
    this.events.record({ type: "log", level: "warn", message });
  }

  connected(session: Session): void {
    this.events.record({ ...sessionEvent("connected", session), reason: "" });
    const others = this.#sessions().filter((one) => one.session_id !== session.session_id);
    const label = `session ${session.session_id} connected`;
    this.events.note("connect", label, { sessions: [...others, session] });
  }

  disconnected(session: Session, ending: Ending): void {
    this.events.record({ ...sessionEvent("disconnected", session), ...reasonFields(ending) });
    const others = this.#sessions().filter((one) => one.session_id !== session.session_id);
    const label = `session ${session.session_id} disconnected`;
    this.events.note("disconnect", label, { sessions: others });
  }

  /** From a worker a tenth of a second after the first of it at most, from a browser's stream a second. */
  happened({ session_id, happenings, leftOutCount }: Happened): void {
    this.events.leftOut(leftOutCount);
    for (const happening of happenings) {
      this.events.record(eventOf(session_id, happening), happening.atUs);
      if (happening.action === "slots_missed") this.#sayLate(session_id, happening);
      if (happening.action === "bitrate_changed") {
        this.events.note("after", `after bitrate of session ${session_id}`);
      }
    }
  }

  /** In the log as well, now and then: the timeline has all of it, but only while it records. */
  #sayLate(session_id: number, { atUs, slots, ms }: Late): void {
    if (atUs - this.#lateSaidUs < lateIntervalUs) return;
    this.#lateSaidUs = atUs;
    log("host too slow for the frame rate", { session_id, missed_slots: slots, ms });
  }

  /** For whoever owns the runtime settings: `after` is in force when this is called. */
  onSettingsChanged(before: Settings, after: Settings, actor: string): void {
    this.#settings = after;
    recordSettingsChange(this.events, { before, after, actor });
  }

  /** The same sessions; a bitrate that is changed leaves a checkpoint and a trace. Its path says when it is done. */
  watchSessions(sessions: Sessions): Sessions {
    return {
      sessions: () => sessions.sessions(),
      requestIdr: (id) => sessions.requestIdr(id),
      disconnect: (id) => sessions.disconnect(id),
      setBitrate: (id, kbps) => {
        const before = sessions.sessions();
        const session = before.find((one) => one.session_id === id);
        if (session === undefined || !sessions.setBitrate(id, kbps)) return false;
        this.events.note("before", `before bitrate of session ${id}`, { sessions: before });
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

/** Totals of the sessions that play. */
function countersOf(sessions: readonly Session[]) {
  const sum = (read: (session: Session) => number | undefined) =>
    sessions.reduce((total, session) => total + (read(session) ?? 0), 0);
  return {
    frames_sent: sum((session) => session.frames_sent),
    bytes_sent: sum((session) => session.bytes_sent),
    packets_sent: sum((session) => session.packets_sent),
    packets_lost: sum((session) => session.packets_lost),
  };
}

function loadNow() {
  const { user, system } = process.cpuUsage();
  return {
    load_average_1m: loadavg()[0] ?? 0,
    cpu_count: availableParallelism(),
    process_cpu_us: user + system,
    process_memory_bytes: process.memoryUsage.rss(),
    free_memory_bytes: freemem(),
  };
}

function sessionEvent(action: "connected" | "disconnected", session: Session) {
  const { session_id, client, codec, width, height, fps } = session;
  const mode = `${width}x${height}@${fps}`;
  return { type: "session", action, session_id, client, codec, mode } as const;
}

function eventOf(session_id: number, { atUs: _, ...happening }: Happening): HostAction {
  const isClients = clientActions.some((action) => action === happening.action);
  const type = isClients ? "client" : "stream";
  const why = "reason" in happening && happening.reason ? reasonFields(happening.reason) : {};
  // Told apart by their actions, right above.
  return { type, session_id, ...happening, ...why } as HostAction;
}
