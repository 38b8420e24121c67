/** Verdicts beside the charts: of the capture or range that an address names. */
import { Elysia } from "elysia";
import { type VerdictCard, verdictPart } from "../../views/verdict.ts";
import { Failure } from "../base/failure.ts";
import type { Capture } from "../model/capture.ts";
import { readDetailQuery, sessionsOf } from "./detail-query.ts";
import { partResponse } from "./html-response.ts";
import type { ConsoleParts } from "./parts.ts";
import type { Readers } from "./reader.ts";
import { hidden } from "./route.ts";

/** `id` of a saved capture; the one that records without. */
export type Shown = { readonly request: Request; readonly id?: string };

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
 * The verdict of the range and session that the address names. `undefined` for captures of which no
 * single frames are kept: those of earlier versions, and of hosts without a history.
 */
export async function verdictOf(
  { verdicts, settings }: ConsoleParts,
  capture: Capture,
  { request, id }: Shown,
): Promise<VerdictCard | undefined> {
  const { session, fromMs: from, toMs: to } = readDetailQuery(request, capture);
  try {
    const asked = { from, to, session };
    const verdict = await (id === undefined
      ? verdicts.verdictOfCapture(asked)
      : verdicts.verdictOfRecording(id, asked));
    if (verdict === undefined) return undefined;
    const known = sessionsOf(capture).find(({ session_id }) => session_id === verdict.session_id);
    const { width, height, fps } = known ?? capture.meta;
    const charts = id === undefined ? "/capture" : `/recordings/${encodeURIComponent(id)}`;
    const moments = id === undefined ? "/timeline" : `${charts}/timeline`;
    const tools = {
      ...{ settings: settings.current(), recording: id },
      ...{ session: verdict.session_id, to: charts },
    };
    return { verdict, mode: { width, height, fps }, moments, charts, tools };
  } catch (error) {
    if (error instanceof Failure) return undefined;
    throw error;
  }
}
