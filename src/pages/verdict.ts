/** Verdicts next to the charts: of the capture or range in the address. */
import { Elysia } from "elysia";
import { type VerdictCard, verdictPart } from "../../views/verdict.ts";
import { Failure } from "../base/failure.ts";
import type { Capture } from "../model/capture.ts";
import { isLong } from "../model/long-range.ts";
import type { Verdict } from "../model/verdict.ts";
import type { HeldSession } from "../ports/history.ts";
import type { VerdictQuery } from "../ports/verdicts.ts";
import { readDetailQuery, sessionsOf } from "./detail-query.ts";
import { partResponse } from "./html-response.ts";
import type { ConsoleParts } from "./parts.ts";
import type { Readers } from "./reader.ts";
import { hidden } from "./route.ts";

/** `id` of a saved capture, or a session of the history; the capture that records without. */
export type Shown = {
  readonly request: Request;
  readonly id?: string;
  readonly held?: HeldSession;
};

export function verdictRoutes(parts: ConsoleParts, readers: Readers) {
  const load = (id: string) => parts.recordings.load(id);
  return new Elysia({ name: "pages/verdict" })
    .get(
      "/recordings/:id/verdict",
      async ({ request, params }) => {
        const capture = await load(params.id);
        if (capture === undefined) return new Response(null, { status: 404 });
        const card = await verdictOf(parts, capture, { request, id: params.id });
        return partResponse(verdictPart(readers.of(request), card));
      },
      hidden,
    )
    .get(
      "/capture/verdict",
      async ({ request }) => {
        const capture = parts.stats.live();
        if (capture === undefined) return new Response(null, { status: 404 });
        const card = await verdictOf(parts, capture, { request });
        return partResponse(verdictPart(readers.of(request), card));
      },
      hidden,
    );
}

/**
 * The verdict of the range and session in the address. `undefined` for captures without single
 * frames: those of earlier versions, and of hosts without a history.
 */
export async function verdictOf(
  { verdicts, settings }: ConsoleParts,
  capture: Capture,
  { request, id, held }: Shown,
): Promise<VerdictCard | undefined> {
  const {
    session,
    fromMs: from = held?.fromMs,
    toMs: to = held?.toMs,
  } = readDetailQuery(request, capture);
  try {
    const asked = { from, to, session };
    const verdict = await judged(verdicts, { id, held }, asked);
    if (verdict === undefined) return undefined;
    const known = sessionsOf(capture).find(({ session_id }) => session_id === verdict.session_id);
    const { width, height, fps } = known ?? capture.meta;
    const charts = chartsOf({ id, held });
    const moments = id === undefined && held === undefined ? "/timeline" : `${charts}/timeline`;
    const isOver = held !== undefined && !held.session.running;
    const tools = {
      ...{ settings: settings.current(), recording: id },
      ...{ session: verdict.session_id, to: charts },
    };
    return {
      verdict,
      mode: { width, height, fps },
      moments,
      charts,
      ...(id === undefined ? {} : { bundle: `${charts}/share` }),
      tools: isOver ? undefined : tools,
    };
  } catch (error) {
    if (error instanceof Failure) return undefined;
    throw error;
  }
}

/** As `verdictOf` for a short range; that of a long one is loaded after the page. */
export async function verdictOfPage(
  parts: ConsoleParts,
  capture: Capture,
  shown: Shown,
): Promise<VerdictCard | "later" | undefined> {
  const { held } = shown;
  const { fromMs, toMs } = readDetailQuery(shown.request, capture);
  const endMs = held?.toMs ?? capture.meta.duration_ms;
  const lengthMs = Math.min(toMs ?? endMs, endMs) - (fromMs ?? held?.fromMs ?? 0);
  return isLong(lengthMs) ? "later" : await verdictOf(parts, capture, shown);
}

type Whose = { readonly id: string | undefined; readonly held: HeldSession | undefined };

async function judged(
  verdicts: ConsoleParts["verdicts"],
  { id, held }: Whose,
  asked: VerdictQuery,
): Promise<Verdict | undefined> {
  if (held !== undefined) return await verdicts.verdictOfSession(held.session.id, asked);
  if (id === undefined) return await verdicts.verdictOfCapture(asked);
  return await verdicts.verdictOfRecording(id, asked);
}

/** The page with the charts of it. */
function chartsOf({ id, held }: Whose): string {
  if (held !== undefined) return `/history/${held.session.id}`;
  return id === undefined ? "/capture" : `/recordings/${encodeURIComponent(id)}`;
}
