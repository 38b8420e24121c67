/** Sessions of the history: the list of them, the page of one, and keeping all or a part of one. */
import { Elysia } from "elysia";
import { captureNotice, type Notice } from "../../views/capture.ts";
import { figuresTable } from "../../views/figures.ts";
import { type HistoryList, historySection } from "../../views/history.ts";
import { partsOf } from "../../views/history-head.ts";
import { recordingPage } from "../../views/recording.ts";
import { verdictPart } from "../../views/verdict.ts";
import { makeFigures } from "../analysis/figures.ts";
import { Failure } from "../base/failure.ts";
import type { HistoryState } from "../model/frames-page.ts";
import { statsCaptureKeep } from "../operations/frames.ts";
import type { HeldSession } from "../ports/history.ts";
import { act, orFailed } from "./acting.ts";
import { readDetailQuery } from "./detail-query.ts";
import { goTo, isPartRequest, type PageMaker, partResponse, readForm } from "./html-response.ts";
import { answerMarks, markedMoments } from "./marks.ts";
import type { ConsoleParts } from "./parts.ts";
import type { Readers } from "./reader.ts";
import { detailOf, missing } from "./recording.ts";
import { hidden } from "./route.ts";
import { verdictOf, verdictOfPage } from "./verdict.ts";

/** Number in the list, unless all are requested; and at most. */
const listedCount = 12;
const listedCountMax = 500;

const minuteMs = 60_000;

type Tools = { readonly page: PageMaker; readonly readers: Readers };
type Asked = { readonly request: Request; readonly id: string };

export function historyRoutes(parts: ConsoleParts, tools: Tools) {
  const { readers } = tools;
  return new Elysia({ name: "pages/history" })
    .get(
      "/parts/history",
      async ({ request }) =>
        partResponse(historySection(readers.of(request), await historyList(parts, request))),
      hidden,
    )
    .get("/history/at", ({ request }) => showTime(parts, readers, request), hidden)
    .get(
      "/history/:id",
      ({ request, params }) => show(parts, tools, { request, id: params.id }),
      hidden,
    )
    .get(
      "/history/:id/figures",
      ({ request, params }) => figures(parts, readers, { request, id: params.id }),
      hidden,
    )
    .get(
      "/history/:id/verdict",
      ({ request, params }) => judgement(parts, readers, { request, id: params.id }),
      hidden,
    )
    .get(
      "/history/:id/marks",
      async ({ request, params }) => {
        const held = await heldOf(parts, { request, id: params.id });
        return answerMarks(
          held && markedMoments(readers.of(request), held.timeline.events),
          request,
        );
      },
      hidden,
    )
    .post(
      "/history/:id/keep",
      ({ request, params }) => keep(parts, tools, { request, id: params.id }),
      hidden,
    );
}

/** The newest sessions, or all that the address requests. */
export async function historyList(
  { history }: Pick<ConsoleParts, "history">,
  request: Request,
): Promise<HistoryList> {
  const {
    on,
    sessions,
    fault,
    unread_lists = 0,
    stopped,
  } = await history.state().then((state) => ({ ...state, fault: undefined }), unreadable);
  const { searchParams } = new URL(request.url);
  const isAll = searchParams.get("sessions") === "all";
  return {
    fault,
    isOn: on,
    sessions: sessions.slice(0, isAll ? listedCountMax : listedCount),
    totalCount: Math.min(sessions.length, listedCountMax),
    unreadCount: unread_lists,
    stopCode: stopped?.disk,
    emptyTime: emptyTimeIn(searchParams),
  };
}

function emptyTimeIn(query: URLSearchParams): string | undefined {
  const time = query.get("nothing-at") ?? "";
  return /^\d\d:\d\d$/.test(time) ? time : undefined;
}

/**
 * The minute at which the reader's clock last showed this time, of the newest session that ran
 * then.
 */
async function showTime(
  { history, clock }: Pick<ConsoleParts, "history" | "clock">,
  readers: Readers,
  request: Request,
): Promise<Response> {
  const time = new URL(request.url).searchParams.get("time") ?? "";
  const atMs = readers.of(request).format.lastTimeAt(time, clock.wallMs());
  if (atMs === undefined) return goTo("/#history");
  const { sessions } = await history.state();
  const found = sessions.find(
    ({ started_unix_ms: beganMs, duration_ms }) =>
      beganMs < atMs + minuteMs && beganMs + duration_ms > atMs,
  );
  if (found === undefined) return goTo(`/?nothing-at=${time}#history`);
  const sinceMs = Math.round(atMs - found.started_unix_ms);
  const from = Math.max(0, sinceMs);
  const to = Math.min(found.duration_ms, sinceMs + minuteMs);
  return goTo(`/history/${found.id}?from=${from}&to=${to}#charts`);
}

/** An unreadable disk costs the list, not the page around it. */
function unreadable(
  cause: unknown,
): Pick<HistoryState, "on" | "sessions" | "unread_lists" | "stopped"> & { fault: Failure } {
  if (!(cause instanceof Failure)) throw cause;
  return { on: true, sessions: [], fault: cause };
}

/**
 * The part of a session for an address: that of its range, otherwise the one it names, otherwise
 * the last.
 */
export async function heldOf(
  { history }: Pick<ConsoleParts, "history">,
  { request, id }: Asked,
): Promise<HeldSession | undefined> {
  const { searchParams } = new URL(request.url);
  const session = (await history.state()).sessions.find((one) => one.id === id);
  if (session === undefined) return undefined;
  const asked = ["from", "part", "at"]
    .map((name) => searchParams.get(name) ?? "")
    .find((text) => /^\d{1,9}$/.test(text));
  const all = partsOf(session.duration_ms);
  const atMs = asked === undefined ? session.duration_ms : Number(asked);
  const part = all.find(({ begin, end }) => atMs >= begin && atMs < end) ?? all.at(-1);
  return part && (await history.held(id, { from: part.begin, to: part.end }));
}

async function show(parts: ConsoleParts, tools: Tools, asked: Asked): Promise<Response> {
  const held = await heldOf(parts, asked);
  if (held === undefined) return missing(tools, asked.request);
  const { request } = asked;
  const detail = detailOf(held.capture, request, false);
  const card = await verdictOfPage(parts, held.capture, { request, held });
  const trial = held.session.running ? await parts.trials.current() : undefined;
  const shown = { ...detail, held, verdict: card, trial };
  const main = recordingPage(tools.readers.of(request), shown);
  const title = tools.readers.of(request).format.date(held.session.started_unix_ms);
  return tools.page(request, { title, main, hasCharts: true });
}

async function figures(parts: ConsoleParts, readers: Readers, asked: Asked): Promise<Response> {
  const held = await heldOf(parts, asked);
  if (held === undefined) return new Response(null, { status: 404 });
  const { session, fromMs, toMs } = readDetailQuery(asked.request, held.capture);
  const range = { session, fromMs: fromMs ?? held.fromMs, toMs: toMs ?? held.toMs };
  const moments = `/history/${asked.id}/timeline`;
  const rows = makeFigures(held.capture, range);
  return partResponse(figuresTable(readers.of(asked.request), rows, moments));
}

async function judgement(parts: ConsoleParts, readers: Readers, asked: Asked): Promise<Response> {
  const held = await heldOf(parts, asked);
  if (held === undefined) return new Response(null, { status: 404 });
  const card = await verdictOf(parts, held.capture, { request: asked.request, held });
  return partResponse(verdictPart(readers.of(asked.request), card));
}

/** A range, the last minutes, or all of a session as a capture. */
async function keep(parts: ConsoleParts, tools: Tools, asked: Asked): Promise<Response> {
  const notice = await orFailed<Notice>(() => keepRange(parts, asked));
  if (isPartRequest(asked.request)) {
    return partResponse(captureNotice(tools.readers.of(asked.request), notice));
  }
  if (notice.kind === "saved") return goTo(`/recordings/${encodeURIComponent(notice.id)}`);
  return missing(tools, asked.request);
}

async function keepRange(parts: ConsoleParts, { request, id }: Asked): Promise<Notice> {
  const range = readRange(await readForm(request), await durationOf(parts, id));
  const body = { session_id: id, ...range };
  const meta = await act(parts, request, [statsCaptureKeep, { body }]);
  return { kind: "saved", id: meta.id };
}

async function durationOf({ history }: ConsoleParts, id: string): Promise<number> {
  const { sessions } = await history.state();
  return sessions.find((session) => session.id === id)?.duration_ms ?? 0;
}

function readRange(form: URLSearchParams, durationMs: number): { from?: number; to?: number } {
  const number = (name: string) => {
    const text = form.get(name) ?? "";
    return /^\d{1,9}$/.test(text) ? Number(text) : undefined;
  };
  const [from, to, minutes] = [number("from"), number("to"), number("minutes")];
  if (minutes !== undefined) return { from: Math.max(0, durationMs - minutes * 60_000) };
  return from !== undefined && to !== undefined && to > from ? { from, to } : {};
}
