/** One recording, the live capture, and two recordings compared; and deleting one. */
import { Elysia } from "elysia";
import { confirmDialog, confirmPage, type Question } from "../../views/confirm.ts";
import { figuresTable } from "../../views/figures.ts";
import { problemPage } from "../../views/problem.ts";
import {
  captureState,
  type Detail,
  type DetailQuery,
  recordingPage,
} from "../../views/recording.ts";
import { fileAddress } from "../../views/recordings.ts";
import { makeFigures } from "../analysis/figures.ts";
import type { Capture } from "../model/capture.ts";
import { pagePoints } from "../model/overview-points.ts";
import { shownFramesAddresses } from "../model/shown-frames.ts";
import { statsRecordingDelete } from "../operations/recordings.ts";
import { actIfThere } from "./acting.ts";
import { readDetailQuery, sessionsOf } from "./detail-query.ts";
import {
  goTo,
  isPartRequest,
  localAddress,
  type PageMaker,
  partResponse,
  readForm,
} from "./html-response.ts";
import type { ConsoleParts } from "./parts.ts";
import type { Readers } from "./reader.ts";
import { hidden } from "./route.ts";
import { type Shown, verdictOfPage } from "./verdict.ts";

type Tools = { readonly page: PageMaker; readonly readers: Readers };

export function recordingRoutes(parts: ConsoleParts, tools: Tools) {
  const { readers } = tools;
  const load = (id: string) => parts.recordings.load(id);
  return new Elysia({ name: "pages/recording" })
    .get("/capture", ({ request }) => showCapture(parts, tools, request), hidden)
    .get(
      "/capture/state",
      ({ request }) => partResponse(captureState(readers.of(request), parts.stats.status().armed)),
      hidden,
    )
    .get(
      "/capture/figures",
      ({ request }) => figures({ readers, request, moments: "/timeline" }, parts.stats.live()),
      hidden,
    )
    .get(
      "/recordings/:id",
      async ({ request, params }) => await showRecording(parts, tools, { request, id: params.id }),
      hidden,
    )
    .get(
      "/recordings/:id/figures",
      async ({ request, params }) => {
        const moments = `/recordings/${encodeURIComponent(params.id)}/timeline`;
        return figures({ readers, request, moments }, await load(params.id));
      },
      hidden,
    )
    .get("/recordings/:id/delete", ({ request, params }) => ask(tools, request, params.id), hidden)
    .post(
      "/recordings/:id/delete",
      async ({ request, params }) => {
        const to = localAddress((await readForm(request)).get("to") ?? "/");
        const input = { params: { id: params.id } };
        const removed = await actIfThere(parts, request, [statsRecordingDelete, input]);
        return removed ? goTo(to) : missing(tools, request);
      },
      hidden,
    );
}

async function showRecording(
  parts: ConsoleParts,
  tools: Tools,
  { request, id = "" }: Shown,
): Promise<Response> {
  const capture = await parts.recordings.load(id);
  if (capture === undefined) return missing(tools, request);
  const reader = tools.readers.of(request);
  const detail = detailOf(capture, request, false);
  const verdict = await verdictOfPage(parts, capture, { request, id });
  const trial = await parts.trials.current();
  const main = recordingPage(reader, { ...detail, verdict, trial });
  const title = reader.format.date(capture.meta.started_unix_ms);
  const series = [seriesAddress(capture.meta.id, detail.query)];
  const frames =
    verdict === undefined || verdict === "later" ? [] : framesAddresses(capture, detail);
  return tools.page(request, { title, main, hasCharts: true, series: [...series, ...frames] });
}

/** Of a range that the address names, where single frames are kept. */
function framesAddresses(
  { meta }: Capture,
  { query: { fromMs, toMs, session } }: Pick<Detail, "query">,
): string[] {
  if (fromMs === undefined || toMs === undefined) return [];
  const [points] = pagePoints;
  const asked = { fromMs, toMs, session, points };
  const { overview, frames } = shownFramesAddresses(fileAddress(meta.id), asked);
  return frames === undefined ? [overview] : [frames, overview];
}

/** Must equal, character for character, the URL that the script requests in a wide window. */
function seriesAddress(id: string, { fromMs, toMs }: Pick<DetailQuery, "fromMs" | "toMs">): string {
  const range = fromMs === undefined || toMs === undefined ? "" : `&from=${fromMs}&to=${toMs}`;
  return `${fileAddress(id)}/series?points=600${range}`;
}

async function showCapture(parts: ConsoleParts, tools: Tools, request: Request): Promise<Response> {
  const capture = parts.stats.live();
  const reader = tools.readers.of(request);
  const { detail } = reader.messages;
  if (capture === undefined) return missing(tools, request, detail.liveNone);
  const verdict = await verdictOfPage(parts, capture, { request });
  const trial = await parts.trials.current();
  const main = recordingPage(reader, { ...detailOf(capture, request, true), verdict, trial });
  return tools.page(request, { title: detail.live, main, hasCharts: true });
}

/** The page for a missing recording. */
export function missing({ page, readers }: Tools, request: Request, why?: string): Response {
  const reader = readers.of(request);
  const title = reader.messages.problem.missing;
  const text = why ?? reader.messages.problem.missingText;
  return page(request, { title, main: problemPage(reader, { title, text }) }, 404);
}

type FiguresRequest = {
  readonly readers: Readers;
  readonly request: Request;
  readonly moments: string;
};

function figures(
  { readers, request, moments }: FiguresRequest,
  capture: Capture | undefined,
): Response {
  if (capture === undefined) return new Response(null, { status: 404 });
  const query = readDetailQuery(request, capture);
  return partResponse(figuresTable(readers.of(request), makeFigures(capture, query), moments));
}

/** What a page shows of a capture, for the session and range in the address. */
export function detailOf(
  capture: Capture,
  request: Request,
  isLive: boolean,
): Omit<Detail, "verdict" | "trial"> {
  const query = readDetailQuery(request, capture);
  const { meta } = capture;
  return {
    meta,
    isLive,
    query,
    sessions: sessionsOf(capture),
    figures: makeFigures(capture, query),
    hasMeans: hasMeans(capture, query.session, isLive),
  };
}

/** Later windows have them. */
function hasMeans({ samples }: Capture, session: number | undefined, isLive: boolean): boolean {
  const own = samples.filter(({ session_id }) => session === undefined || session_id === session);
  const isTimed = own.some(({ stages }) => stages.length > 0);
  if (isLive || !isTimed) return true;
  return own.some(({ stages }) => stages.some(({ mean_us }) => mean_us !== undefined));
}

function ask({ page, readers }: Tools, request: Request, id: string): Response {
  const reader = readers.of(request);
  const { remove } = reader.messages;
  const question: Question = {
    title: remove.title,
    text: remove.text(id.slice(0, 128)),
    action: `/recordings/${encodeURIComponent(id)}/delete`,
    to: localAddress(new URL(request.url).searchParams.get("to") ?? "/"),
    confirm: remove.confirm,
    cancel: remove.cancel,
  };
  if (isPartRequest(request)) return partResponse(confirmDialog(question));
  return page(request, { title: question.title, main: confirmPage(question) });
}
