/**
 * The Timeline page, for the current or latest recording and saved captures; and adding a marker.
 */
import { Elysia } from "elysia";
import type { Reader } from "../../views/format.ts";
import { html } from "../../views/html.ts";
import { momentSection } from "../../views/moment.ts";
import { problemPage } from "../../views/problem.ts";
import { recordedSection } from "../../views/recorded.ts";
import { openToReplay, replaySection } from "../../views/replay.ts";
import { markForm, markNotice, type TimelineView, timelinePage } from "../../views/timeline.ts";
import { compareAround } from "../analysis/comparison.ts";
import { Failure } from "../base/failure.ts";
import type { ReplayRun } from "../model/replay.ts";
import {
  type EventType,
  eventTypes,
  type Timeline,
  type TimelineCheckpoint,
  type TimelineEvent,
} from "../model/timeline.ts";
import { timelineCheckpoint } from "../operations/timeline.ts";
import { act } from "./acting.ts";
import { differences } from "./difference.ts";
import { heldOf } from "./history.ts";
import { goTo, isPartRequest, type PageMaker, parameter, partResponse } from "./html-response.ts";
import { momentOf } from "./moment.ts";
import type { ConsoleParts } from "./parts.ts";
import type { Readers } from "./reader.ts";
import { recordedRoutes } from "./recorded.ts";
import { hidden } from "./route.ts";

type Tools = { readonly page: PageMaker; readonly readers: Readers };

/** A page stays quick; the API gives everything. */
const eventCountMax = 500;
const checkpointCountMax = 100;
/** This far around a moment, in both directions. */
const aroundMs = 5000;
const sideSeconds = 30;
const settleMs = 2000;

export function timelineRoutes(parts: ConsoleParts, tools: Tools) {
  return new Elysia({ name: "pages/timeline" })
    .get("/timeline", ({ request }) => showCurrent(parts, tools, { request }), hidden)
    .use(
      recordedRoutes(parts, {
        readers: tools.readers,
        showFault: (request, fault, status) =>
          showCurrent(parts, tools, { request, fault, status }),
      }),
    )
    .post("/timeline/mark", ({ request }) => mark(parts, tools, request), hidden)
    .get(
      "/recordings/:id/timeline",
      ({ request, params }) => showSaved(parts, tools, { request, id: params.id }),
      hidden,
    )
    .get(
      "/history/:id/timeline",
      ({ request, params }) => showHeld(parts, tools, { request, id: params.id }),
      hidden,
    );
}

/** The current or latest recording, or the one that the address names; with `fault`, the error. */
function showCurrent(
  parts: ConsoleParts,
  { page, readers }: Tools,
  { request, fault, status = 200 }: { request: Request; fault?: string; status?: number },
) {
  const { timeline } = parts;
  const reader = readers.of(request);
  const { title } = reader.messages.timeline;
  // The posted form may have named one that is gone by now.
  const of = request.method === "GET" ? (parameter(request, "of") ?? "") : "";
  const whole = timeline.reading(of === "" ? undefined : of)?.export();
  if (whole === undefined && of !== "") return missing(page, reader, request);
  const isRunning = timeline.isRecording();
  const view = whole && viewOf(whole, { request, path: "/timeline", isRunning });
  const recorded = { state: timeline.status(), of, hasShown: whole !== undefined, fault };
  const main = html`<div class="page-head"><h1>${title}</h1>${isRunning ? markForm(reader) : ""}</div>
${recordedSection(reader, recorded)}
${momentAt(reader, whole, view?.atMs)}
${timelinePage(reader, view && { ...view, of })}
${whole === undefined ? "" : replaySection(reader, { of, run: runOf(parts, request, { of, id: whole.id }) })}`;
  return page(request, { title, main }, status);
}

/** The plan if requested; otherwise the current replay, or the last one of this recording. */
function runOf(
  { timelineService: service }: ConsoleParts,
  request: Request,
  { of, id }: { of: string; id: string },
): ReplayRun | undefined {
  const run = service.replay();
  if (run?.state === "running" || run?.state === "stepping") return run;
  if (parameter(request, "plan") !== undefined)
    return service.planReplay(of === "" ? undefined : of);
  return run?.of === id && parameter(request, "run") !== undefined ? run : undefined;
}

function missing(page: PageMaker, reader: Reader, request: Request): Response {
  const { missing: title, missingText: text } = reader.messages.problem;
  return page(request, { title, main: problemPage(reader, { title, text }) }, 404);
}

/** From a spike to the state then. */
function momentAt(reader: Reader, timeline: Timeline | undefined, atMs: number | undefined) {
  if (timeline === undefined || atMs === undefined) return "";
  return momentSection(reader, momentOf(timeline, atMs));
}

async function mark(parts: ConsoleParts, { readers }: Tools, request: Request): Promise<Response> {
  const { marked, markLabel, notRecording } = readers.of(request).messages.timeline;
  const isMarked = await tryMark(parts, request, markLabel);
  if (!isPartRequest(request)) return goTo("/timeline");
  return partResponse(markNotice(isMarked ? marked : notRecording));
}

/** The recording may have ended since the page was made. */
async function tryMark(parts: ConsoleParts, request: Request, label: string): Promise<boolean> {
  try {
    await act(parts, request, [timelineCheckpoint, { body: { label } }]);
    return true;
  } catch (cause) {
    if (cause instanceof Failure && cause.code === "not_recording") return false;
    throw cause;
  }
}

type Saved = { readonly request: Request; readonly id: string };

async function showSaved(
  parts: ConsoleParts,
  { page, readers }: Tools,
  { request, id }: Saved,
): Promise<Response> {
  const reader = readers.of(request);
  const saved = await parts.recordings.loadTimeline(id);
  if (saved === undefined) return missing(page, reader, request);
  const path = `/recordings/${encodeURIComponent(id)}`;
  const view = viewOf(saved, { request, path: `${path}/timeline`, isRunning: false });
  const checkpoint = new URL(request.url).searchParams.get("checkpoint");
  const comparison = await compare(parts, { saved, id, checkpoint });
  const { title } = reader.messages.timeline;
  const main = html`<div class="page-head"><p><a href="${path}">← ${reader.format.date(Date.parse(saved.started_at))}</a></p><h1>${title}</h1>
${openToReplay(reader, `${path}/timeline/open`)}</div>
${momentAt(reader, saved, view.atMs)}
${timelinePage(reader, { ...view, comparison, download: `/api/v1/stats${path}/timeline` })}`;
  return page(request, { title, main });
}

/** For a session of the history: the events of the part that contains the moment. */
async function showHeld(
  parts: ConsoleParts,
  { page, readers }: Tools,
  { request, id }: Saved,
): Promise<Response> {
  const reader = readers.of(request);
  const held = await heldOf(parts, { request, id });
  if (held === undefined) return missing(page, reader, request);
  const path = `/history/${held.session.id}`;
  const view = viewOf(held.timeline, { request, path: `${path}/timeline`, isRunning: false });
  const { title } = reader.messages.timeline;
  const main = html`<div class="page-head"><p><a href="${path}">← ${reader.format.date(held.session.started_unix_ms)}</a></p><h1>${title}</h1></div>
${momentAt(reader, held.timeline, view.atMs)}
${timelinePage(reader, view)}`;
  return page(request, { title, main });
}

async function compare(
  parts: ConsoleParts,
  { saved, id, checkpoint }: { saved: Timeline; id: string; checkpoint: string | null },
) {
  const found = saved.checkpoints.find((one) => one.id === checkpoint);
  const capture = found === undefined ? undefined : await parts.recordings.load(id);
  if (found === undefined || capture === undefined) return undefined;
  const range = { checkpoint: found.id, atMs: found.t_ms ?? 0, seconds: sideSeconds, settleMs };
  return compareAround(capture, range);
}

type Frame = { readonly request: Request; readonly path: string; readonly isRunning: boolean };

function viewOf(timeline: Timeline, { request, path, isRunning }: Frame): TimelineView {
  const { searchParams } = new URL(request.url);
  const kinds = new Set(eventTypes.filter((type) => searchParams.getAll("kinds").includes(type)));
  const atMs = readMs(searchParams.get("at"));
  const found = inOrder(timeline.events.filter((event) => isWanted(event, kinds, atMs)));
  return {
    path,
    of: "",
    isRunning,
    kinds,
    atMs,
    events: found.slice(-eventCountMax).reverse(),
    foundCount: found.length,
    lostCount: (timeline.events_dropped ?? 0) + (timeline.events_thinned ?? 0),
    checkpoints: steps(timeline.checkpoints.filter((one) => isUntil(one, atMs))),
    download: undefined,
    comparison: undefined,
  };
}

/** By the time that the list shows: a worker's report is recorded slightly after the event. */
function inOrder(events: readonly TimelineEvent[]): readonly TimelineEvent[] {
  if (events.some(({ t_ms }) => t_ms === undefined)) return events;
  return events.toSorted((one, other) => (one.t_ms ?? 0) - (other.t_ms ?? 0));
}

function isWanted(
  { event, t_ms }: TimelineEvent,
  kinds: ReadonlySet<EventType>,
  atMs: number | undefined,
): boolean {
  if (kinds.size > 0 && !kinds.has(event.type)) return false;
  return atMs === undefined || (t_ms !== undefined && Math.abs(t_ms - atMs) <= aroundMs);
}

/** The first one shown is then the state at that moment. */
function isUntil({ t_ms = 0 }: TimelineCheckpoint, atMs: number | undefined): boolean {
  return atMs === undefined || t_ms <= atMs;
}

function readMs(text: string | null): number | undefined {
  return text !== null && /^\d{1,9}$/.test(text) ? Number(text) : undefined;
}

/** Each with its differences from the previous one, newest first. */
function steps(checkpoints: readonly TimelineCheckpoint[]): TimelineView["checkpoints"] {
  const first = Math.max(0, checkpoints.length - checkpointCountMax);
  return checkpoints
    .slice(first)
    .map((checkpoint, place) => {
      const earlier = checkpoints[first + place - 1];
      const changes = earlier === undefined ? [] : differences(earlier.state, checkpoint.state);
      return { checkpoint, changes };
    })
    .reverse();
}
