/**
 * Events as marks for the charts of a capture, as JSON: `/recordings/{id}/marks` and
 * `/capture/marks`. A timeline can be large: the parts that marks need are cached for the most
 * recently requested ones.
 */

import { Elysia } from "elysia";
import { eventText } from "../../views/event-text.ts";
import type { Reader } from "../../views/format.ts";
import { clusterMarks, type MarkedMoment, type MarkRange } from "../analysis/mark-clusters.ts";
import { cutText } from "../base/cut-text.ts";
import { markCounts } from "../model/marks.ts";
import { type EventType, eventTypes, type TimelineEvent } from "../model/timeline.ts";
import type { ConsoleParts } from "./parts.ts";
import type { Readers } from "./reader.ts";
import { hidden } from "./route.ts";

/** Two captures that are compared, by two people with different number formats. */
const keptCountMax = 4;
const textLengthMax = 160;
/** Ten days: no capture is longer. */
const timeMsMax = 864_000_000;

export function markRoutes(parts: ConsoleParts, { readers }: { readonly readers: Readers }) {
  const saved = new SavedEvents(parts.recordings);
  return new Elysia({ name: "pages/marks" })
    .get(
      "/capture/marks",
      ({ request }) => answerMarks(happenedNow(parts, readers.of(request)), request),
      hidden,
    )
    .get(
      "/recordings/:id/marks",
      async ({ request, params }) =>
        answerMarks(await saved.of(params.id, readers.of(request)), request),
      hidden,
    );
}

/** Marks of the requested range; 404 if there is nothing they could belong to. */
export function answerMarks(
  happened: readonly MarkedMoment[] | undefined,
  request: Request,
): Response {
  if (happened === undefined) return new Response(null, { status: 404 });
  return Response.json(clusterMarks(happened, readRange(request, happened)));
}

/** An address may contain anything; nonsense becomes the default. */
function readRange(request: Request, happened: readonly MarkedMoment[]): MarkRange {
  const { searchParams } = new URL(request.url);
  const number = (name: string) => {
    const text = searchParams.get(name) ?? "";
    return /^\d{1,9}$/.test(text) ? Math.min(Number(text), timeMsMax) : undefined;
  };
  const kinds = searchParams.get("kinds");
  const fromMs = number("from") ?? 0;
  const toMs = number("to") ?? happened.at(-1)?.t_ms ?? 0;
  const markCount = number("marks") ?? markCounts.standard;
  return {
    fromMs,
    toMs: Math.max(fromMs, toMs),
    kinds: kinds === null ? undefined : readKinds(kinds),
    markCount: Math.min(Math.max(markCount, markCounts.min), markCounts.max),
  };
}

function readKinds(text: string): ReadonlySet<EventType> {
  const names = text.split(",");
  return new Set(eventTypes.filter((type) => names.includes(type)));
}

function happenedNow(
  { stats, timeline }: ConsoleParts,
  reader: Reader,
): MarkedMoment[] | undefined {
  if (!stats.status().armed) return undefined;
  return markedMoments(reader, timeline.reading()?.eventsSince(0) ?? []);
}

/** By time: a worker's late report is recorded after later events. */
export function markedMoments(reader: Reader, events: readonly TimelineEvent[]): MarkedMoment[] {
  const happened: MarkedMoment[] = [];
  for (const { t_ms, event } of events) {
    if (t_ms === undefined) continue;
    const text = () => cutText(eventText(reader, event), textLengthMax);
    happened.push({ t_ms, kind: event.type, text });
  }
  return happened.sort((one, other) => one.t_ms - other.t_ms);
}

/** Without the events themselves, whose bodies can be large. */
function shortened(happened: readonly MarkedMoment[]): MarkedMoment[] {
  return happened.map((one) => {
    const text = one.text();
    return { ...one, text: () => text };
  });
}

type Recordings = ConsoleParts["recordings"];
type Kept = { readonly version: string; readonly happened: readonly MarkedMoment[] };

class SavedEvents {
  readonly #recordings: Recordings;
  /**
   * By the tag of the language and the id: texts are made once for all readers with the same
   * format.
   */
  readonly #kept = new Map<string, Kept>();

  constructor(recordings: Recordings) {
    this.#recordings = recordings;
  }

  /** None for a capture without a timeline; `undefined` when there is no such capture. */
  async of(id: string, reader: Reader): Promise<readonly MarkedMoment[] | undefined> {
    const version = await this.#recordings.version(id);
    if (version === undefined) return undefined;
    const key = `${reader.format.tag} ${id}`;
    const kept = this.#kept.get(key);
    if (kept?.version === version) return kept.happened;
    const timeline = await this.#recordings.loadTimeline(id);
    const happened = shortened(markedMoments(reader, timeline?.events ?? []));
    this.#kept.delete(key);
    this.#kept.set(key, { version, happened });
    for (const oldest of this.#kept.keys()) {
      if (this.#kept.size <= keptCountMax) break;
      this.#kept.delete(oldest);
    }
    return happened;
  }
}
