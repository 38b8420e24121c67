/**
 * A capture made from a range of the history: samples, sessions, events and checkpoints, like those
 * of an armed capture.
 */
import type { HistoryPart } from "../history/read-range.ts";
import type { Capture, CaptureSession, StatsSample } from "../model/capture.ts";
import { shapeCheck } from "../model/shape-check.ts";
import {
  checkpointCountMax,
  eventCountMax,
  type Timeline,
  type TimelineCheckpoint,
  TimelineEvent,
} from "../model/timeline.ts";
import { dateText, unixMsMax } from "../model/unix-ms.ts";
import { sampleCountMax, sessionCountMax } from "../recorder/live-capture.ts";
import { makeMeta } from "../recorder/meta.ts";

const isEvent = shapeCheck(TimelineEvent);

/** On the monotonic clock of the run. */
export type KeptRange = { readonly fromUs: number; readonly toUs: number };

/** A capture made from the history, and the events meanwhile. */
export type KeptCapture = { readonly capture: Capture; readonly timeline: Timeline };

/** @returns `undefined` when the history has neither a sample nor a known row of the range */
export async function keptCapture(
  parts: AsyncIterable<HistoryPart>,
  range: KeptRange,
  hostName: string,
): Promise<KeptCapture | undefined> {
  const findings = new Findings(range);
  for await (const part of parts) findings.add(part);
  return findings.isEmpty ? undefined : findings.result(hostName);
}

/**
 * The same of one session, to look at: there need not be a sample yet. A stretch of three hours has
 * at most a sample per second, twice the limit of a capture.
 */
export async function heldCapture(
  parts: AsyncIterable<HistoryPart>,
  range: KeptRange,
  of: { readonly session: CaptureSession; readonly hostName: string; readonly beganUnixMs: number },
): Promise<KeptCapture> {
  const findings = new Findings(range, 2 * sampleCountMax);
  for await (const part of parts) findings.add(part);
  return findings.result(of.hostName, of);
}

class Findings {
  readonly samples: StatsSample[] = [];
  readonly #range: KeptRange;
  readonly #sampleCountMax: number;
  readonly #known = new Map<number, CaptureSession>();
  readonly #sessionIds = new Set<number>();
  readonly #events: TimelineEvent[] = [];
  readonly #checkpoints: TimelineCheckpoint[] = [];
  #startedUnixMs: number | undefined;
  #eventCount = 0;
  #isTruncated = false;

  constructor(range: KeptRange, samplesMax = sampleCountMax) {
    this.#range = range;
    this.#sampleCountMax = samplesMax;
  }

  /** No session has a sample or a row in it. */
  get isEmpty(): boolean {
    return this.#sessionIds.size === 0;
  }

  add(part: HistoryPart): void {
    const { head } = part;
    const sinceBeginMs = (this.#range.fromUs - head.begin_us) / 1000;
    this.#startedUnixMs ??= Math.min(
      Math.max(0, Math.round(head.begin_unix_ms + sinceBeginMs)),
      unixMsMax,
    );
    for (const id of new Set(part.rows.columns.session_id)) this.#sessionIds.add(id);
    for (const session of part.sessions) this.#known.set(session.session_id, session);
    for (const { at_us, sample } of part.samples) this.#addSample(at_us, sample);
    for (const { at_us, event } of part.events) this.#addEvent(at_us, event);
    for (const { at_us, id, label, state, ...coded } of part.checkpoints) {
      const place = { ...this.#timeOf(at_us), event_index: this.#eventCount };
      this.#checkpoints.push({ id, label: label ?? null, ...coded, state, ...place });
    }
  }

  result(
    hostName: string,
    known?: { readonly session: CaptureSession; readonly beganUnixMs: number },
  ): KeptCapture {
    const startedUnixMs = known?.beganUnixMs ?? this.#startedUnixMs ?? 0;
    const sessions = known
      ? [known.session]
      : [...this.#sessionIds].flatMap((id) => this.#known.get(id) ?? []);
    const meta = makeMeta({
      startedUnixMs,
      durationMs: Math.max(0, Math.floor((this.#range.toUs - this.#range.fromUs) / 1000)),
      sessions: sessions.slice(0, sessionCountMax),
      sampleCount: this.samples.length,
      isTruncated: this.#isTruncated,
      isRecovered: false,
      host: hostName,
    });
    return {
      capture: { meta, samples: this.samples },
      timeline: this.#timeline(startedUnixMs, hostName),
    };
  }

  /** The newest within the caps, as they would have been held in memory. */
  #timeline(startedUnixMs: number, hostName: string): Timeline {
    const events = this.#events.slice(-eventCountMax);
    const checkpoints = this.#checkpoints.slice(-checkpointCountMax);
    return {
      version: 1,
      kind: "timeline",
      id: "kept",
      started_at: dateText(startedUnixMs),
      host: hostName,
      events_dropped: this.#events.length - events.length,
      checkpoints_dropped: this.#checkpoints.length - checkpoints.length,
      events,
      checkpoints,
    };
  }

  #addSample(atUs: number, sample: StatsSample): void {
    if (this.samples.length >= this.#sampleCountMax) {
      this.#isTruncated = true;
      return;
    }
    const { t_ms } = this.#timeOf(atUs);
    this.samples.push({ ...sample, t_ms });
    this.#sessionIds.add(sample.session_id);
  }

  /** One written by a later version in another form is left out. */
  #addEvent(atUs: number, event: unknown): void {
    const recorded: unknown = { index: this.#eventCount, ...this.#timeOf(atUs), event };
    // Checked here; the type is only narrower in how it names the events.
    if (isEvent.Check(recorded)) this.#events.push(recorded as TimelineEvent);
    this.#eventCount += 1;
  }

  #timeOf(atUs: number): { readonly t_ms: number; readonly timestamp: string } {
    const t_ms = Math.max(0, Math.floor((atUs - this.#range.fromUs) / 1000));
    return { t_ms, timestamp: dateText((this.#startedUnixMs ?? 0) + t_ms) };
  }
}
