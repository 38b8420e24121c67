/**
 * The content of a journal: one JSON object per line, each with a single key that identifies it.
 * The first is the head; the last may be torn, because the host was killed while writing it.
 */
import { type Static, Type } from "@sinclair/typebox";
import { depthOf } from "../base/json-depth.ts";
import { parseJson } from "../base/parse-json.ts";
import { isRecord } from "../base/record.ts";
import { type Capture, CaptureSession, StatsSample } from "../model/capture.ts";
import { shapeCheck } from "../model/shape-check.ts";
import {
  checkpointCountMax,
  eventCountMax,
  type Timeline,
  TimelineCheckpoint,
  TimelineEvent,
} from "../model/timeline.ts";
import { dateText, isDateText, unixMs } from "../model/unix-ms.ts";
import type { TimelineEntry } from "../ports/timeline.ts";
import { sampleCountMax, sessionCountMax } from "./live-capture.ts";
import { makeMeta } from "./meta.ts";

const JournalHead = Type.Object({
  version: Type.Literal(1),
  started_unix_ms: unixMs("Start by the wall clock"),
  host: Type.String(),
  /** Id of the recording, if it is a manual one with only events. */
  timeline_id: Type.Optional(Type.String({ maxLength: 128 })),
});
const JournalEnd = Type.Object({ duration_ms: Type.Integer({ minimum: 0 }) });

/** A line of a journal that the recorder writes, besides those of the timeline. */
export type JournalEntry =
  | { readonly head: Static<typeof JournalHead> }
  | { readonly session: CaptureSession }
  | { readonly sample: StatsSample }
  | { readonly truncated: true }
  | { readonly end: Static<typeof JournalEnd> };

/** The readable part of a journal. */
export type ParsedJournal = {
  /** `undefined` when the head is missing or damaged. */
  readonly capture: Capture | undefined;
  /** Without events and checkpoints if none were kept; `undefined` without a capture. */
  readonly timeline: Timeline | undefined;
  /** Unreadable lines, except a torn last one. */
  readonly damagedLineCount: number;
};

const isHead = shapeCheck(JournalHead).Check;
const isSession = shapeCheck(CaptureSession).Check;
const isSample = shapeCheck(StatsSample).Check;
const isEnd = shapeCheck(JournalEnd).Check;
const isEvent = shapeCheck(TimelineEvent).Check;
const isCheckpoint = shapeCheck(TimelineCheckpoint).Check;

/** One line, with its line break. */
export function formatEntry(entry: JournalEntry | TimelineEntry): string {
  return `${JSON.stringify(entry)}\n`;
}

/** Makes a capture of the readable lines, `recovered: true` in its meta. Never throws. */
export function parseJournal(text: string): ParsedJournal {
  const [first = "", ...lines] = text.split("\n").slice(0, -1);
  const head = parseLine(first)?.head;
  if (!isHead(head)) {
    const damagedLineCount = first === "" ? 0 : 1;
    return { capture: undefined, timeline: undefined, damagedLineCount };
  }
  const found = new Findings();
  for (const line of lines) found.add(parseLine(line));
  const { damagedLineCount } = found;
  return { capture: found.capture(head), timeline: found.timeline(head), damagedLineCount };
}

class Findings {
  damagedLineCount = 0;
  readonly #sessions: CaptureSession[] = [];
  readonly #samples: StatsSample[] = [];
  readonly #events: TimelineEvent[] = [];
  readonly #checkpoints: TimelineCheckpoint[] = [];
  #isTruncated = false;
  #endMs = 0;

  add(entry: Record<string, unknown> | undefined): void {
    if (isSample(entry?.sample)) this.#addSample(entry.sample);
    else if (isEvent(entry?.event) && isDateText(entry.event.timestamp)) {
      this.#events.push(entry.event);
    } else if (isCheckpoint(entry?.checkpoint) && isDateText(entry.checkpoint.timestamp)) {
      this.#checkpoints.push(entry.checkpoint);
    } else if (isSession(entry?.session)) this.#addSession(entry.session);
    else if (isEnd(entry?.end)) this.#endMs = entry.end.duration_ms;
    else if (entry?.truncated === true) this.#isTruncated = true;
    else this.damagedLineCount += 1;
  }

  capture(head: Static<typeof JournalHead>): Capture {
    const meta = makeMeta({
      startedUnixMs: head.started_unix_ms,
      durationMs: Math.max(this.#endMs, this.#samples.at(-1)?.t_ms ?? 0),
      sessions: this.#sessions,
      sampleCount: this.#samples.length,
      isTruncated: this.#isTruncated,
      isRecovered: true,
      host: head.host,
    });
    return { meta, samples: this.#samples };
  }

  /** The newest within the caps, as they would have been held in memory. */
  timeline(head: Static<typeof JournalHead>): Timeline {
    const events = this.#events.slice(-eventCountMax);
    const checkpoints = this.#checkpoints.slice(-checkpointCountMax);
    return {
      version: 1,
      kind: "timeline",
      id: head.timeline_id ?? "recovered",
      started_at: dateText(head.started_unix_ms),
      host: head.host,
      events_dropped: this.#events.length - events.length,
      checkpoints_dropped: this.#checkpoints.length - checkpoints.length,
      recovered: true,
      events,
      checkpoints,
    };
  }

  #addSample(sample: StatsSample): void {
    if (this.#samples.length < sampleCountMax) this.#samples.push(sample);
    else this.#isTruncated = true;
  }

  #addSession(session: CaptureSession): void {
    if (this.#sessions.length < sessionCountMax) this.#sessions.push(session);
  }
}

/** Our own data is never nested deeper; anything deeper could not be written again. */
const lineDepthMax = 64;

function parseLine(line: string): Record<string, unknown> | undefined {
  if (line.length > 2 * lineDepthMax && depthOf(Buffer.from(line)) > lineDepthMax) return undefined;
  const value = parseJson(line);
  return isRecord(value) ? value : undefined;
}
