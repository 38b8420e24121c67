/** The page of one frame, of saved captures, the one that records and sessions of the history. */
import { Elysia } from "elysia";
import { type FrameView, framePage } from "../../views/frame.ts";
import { Failure } from "../base/failure.ts";
import type { CaptureSession } from "../model/capture.ts";
import { around, type FrameRow, isLate, rowsOf } from "../model/frame-rows.ts";
import type { FrameColumnName } from "../model/frames.ts";
import type { FramesPage } from "../model/frames-page.ts";
import type { FramesQuery } from "../ports/history.ts";
import { chosenSession, sessionsOf } from "./detail-query.ts";
import { goTo, type PageMaker } from "./html-response.ts";
import type { ConsoleParts } from "./parts.ts";
import type { Readers } from "./reader.ts";
import { missing } from "./recording.ts";
import { hidden } from "./route.ts";
import {
  type FindSubject,
  type FrameSubject,
  heldSubject,
  liveSubject,
  savedSubject,
} from "./subject.ts";

/** On either side. */
const neighbourCount = 5;
const aroundMs = 1000;
/** Rows searched for a late one at a time, and the limit of the search. */
const searchStepMs = 5 * 60 * 1000;
const searchMsMax = 3 * 60 * 60 * 1000;
const searchColumns: readonly FrameColumnName[] = [
  ...(["frame", "due_us", "fate", "repeat", "wait_us", "capture_us", "submit_us"] as const),
  ...(["encode_us", "packetize_us", "queue_us", "send_us", "gap_us"] as const),
];

type Tools = { readonly page: PageMaker; readonly readers: Readers };

export function frameRoutes(parts: ConsoleParts, tools: Tools) {
  const kinds: readonly (readonly [string, FindSubject])[] = [
    ["/recordings/:id", savedSubject(parts)],
    ["/history/:id", heldSubject(parts)],
    ["/capture", liveSubject(parts)],
  ];
  const routes = new Elysia({ name: "pages/frame" });
  for (const [path, find] of kinds) {
    routes
      .get(
        `${path}/frame`,
        ({ request, params }) => show(tools, { request, subject: find(request, idOf(params)) }),
        hidden,
      )
      .get(
        `${path}/frame/late`,
        ({ request, params }) => late(tools, { request, subject: find(request, idOf(params)) }),
        hidden,
      );
  }
  return routes;
}

/** The capture that records has none in its path. */
function idOf(params: Readonly<Record<string, string>> | undefined): string {
  return params?.id ?? "";
}

type Asked = { readonly request: Request; readonly subject: Promise<FrameSubject | undefined> };

/** The address's moment: nonsense is the start. */
function readPlace(request: Request, { capture }: FrameSubject) {
  const { searchParams } = new URL(request.url);
  const number = (name: string) => {
    const text = searchParams.get(name) ?? "";
    return /^\d{1,10}$/.test(text) ? Number(text) : undefined;
  };
  const id = chosenSession(capture, number("session"));
  const session = sessionsOf(capture).find(({ session_id }) => session_id === id);
  return {
    atMs: number("at") ?? 0,
    session,
    direction: searchParams.get("to") === "previous" ? (-1 as const) : (1 as const),
    isLast: searchParams.has("last"),
  };
}

async function show(tools: Tools, { request, subject: finding }: Asked): Promise<Response> {
  const subject = await finding;
  if (subject === undefined) return missing(tools, request);
  const reader = tools.readers.of(request);
  const { atMs, session, isLast } = readPlace(request, subject);
  const found = await frameAt(subject, { atMs, session });
  if (session === undefined || found === undefined) {
    return missing(tools, request, reader.messages.frames.missing);
  }
  const view = viewOf(subject, { ...found, session, isLast });
  const title = reader.messages.frames.frame(reader.format.integer(found.row.frame));
  return tools.page(request, { title, main: framePage(reader, view) });
}

type Place = { readonly atMs: number; readonly session: CaptureSession | undefined };

async function frameAt(subject: FrameSubject, { atMs, session }: Place) {
  const widthMs = Math.max(
    aroundMs,
    ((neighbourCount + 2) * 1000) / Math.max(1, session?.fps ?? 1),
  );
  const page = await rowsIn(subject, {
    from: Math.max(0, Math.floor(atMs - widthMs)),
    to: Math.ceil(atMs + widthMs),
    session: session?.session_id,
  });
  return page && around(rowsOf(page), atMs * 1000, neighbourCount);
}

/** A capture without rows has no frames to show. */
async function rowsIn(subject: FrameSubject, query: FramesQuery): Promise<FramesPage | undefined> {
  try {
    return await subject.frames(query);
  } catch (cause) {
    if (cause instanceof Failure) return undefined;
    throw cause;
  }
}

function viewOf(
  { path, capture, timeline }: FrameSubject,
  found: {
    readonly row: FrameRow;
    readonly rows: readonly FrameRow[];
    readonly session: CaptureSession;
    readonly isLast: boolean;
  },
): FrameView {
  const atMs = found.row.dueUs / 1000;
  const own = capture.samples.filter(({ session_id }) => session_id === found.session.session_id);
  const sample = own.find(({ t_ms }) => t_ms >= atMs);
  const events = (timeline?.events ?? []).filter(
    ({ t_ms }) => t_ms !== undefined && Math.abs(t_ms - atMs) <= aroundMs,
  );
  return { ...found, path, machine: sample?.machine, events };
}

/** Redirects to the page of the next late frame in a direction, or back if there is none. */
async function late(tools: Tools, { request, subject: finding }: Asked): Promise<Response> {
  const subject = await finding;
  if (subject === undefined) return missing(tools, request);
  const { atMs, session, direction } = readPlace(request, subject);
  const row = session && (await findLate(subject, { atMs, session, direction }));
  const whose = session === undefined ? "" : `&session=${session.session_id}`;
  const at = row === undefined ? atMs : Math.round(row.dueUs / 1000);
  return goTo(`${subject.path}/frame?at=${at}${whose}${row === undefined ? "&last=yes" : ""}`);
}

type Search = {
  readonly atMs: number;
  readonly session: CaptureSession;
  readonly direction: -1 | 1;
};

async function findLate(subject: FrameSubject, search: Search): Promise<FrameRow | undefined> {
  const { atMs, session, direction } = search;
  const intervalUs = 1e6 / Math.max(1, session.fps);
  const endMs = subject.capture.meta.duration_ms;
  for (let walkedMs = 0; walkedMs < searchMsMax; walkedMs += searchStepMs) {
    const near = atMs + direction * walkedMs;
    if (near < 0 || near > endMs) return undefined;
    const ends = [near, near + direction * searchStepMs].sort((one, other) => one - other);
    const page = await rowsIn(subject, {
      from: Math.max(0, Math.floor(ends[0] ?? 0)),
      to: Math.max(1, Math.ceil(ends[1] ?? 0)),
      session: session.session_id,
      columns: searchColumns,
    });
    if (page === undefined) return undefined;
    // The frame that is shown is due within half a millisecond of the address.
    const known = rowsOf(page).filter(
      (row) => (row.dueUs / 1000 - atMs) * direction > 1 && isLate(row, intervalUs),
    );
    const found = direction > 0 ? known[0] : known.at(-1);
    if (found !== undefined) return found;
  }
  return undefined;
}
