/** Two recordings compared: what differs, their charts on one axis, their figures side by side. */

import { Elysia } from "elysia";
import { type Compared, compareFigures, comparePage, type Side } from "../../views/compare.ts";
import { problemPage } from "../../views/problem.ts";
import { comparisonCard } from "../../views/run-comparison.ts";
import { makeFigures } from "../analysis/figures.ts";
import { Failure } from "../base/failure.ts";
import type { Capture } from "../model/capture.ts";
import { chosenSession, readDetailQuery, sessionsOf } from "./detail-query.ts";
import { type PageMaker, partResponse } from "./html-response.ts";
import type { ConsoleParts } from "./parts.ts";
import type { Readers } from "./reader.ts";
import { hidden } from "./route.ts";

type Tools = { readonly page: PageMaker; readonly readers: Readers };

export function compareRoutes(parts: ConsoleParts, tools: Tools) {
  const { readers } = tools;
  return new Elysia({ name: "pages/compare" })
    .get("/compare", ({ request }) => compare(parts, tools, request), hidden)
    .get(
      "/compare/figures",
      async ({ request }) => {
        const sides = await loadSides(parts, request);
        if (sides === undefined) return new Response(null, { status: 404 });
        return partResponse(compareFigures(readers.of(request), sides));
      },
      hidden,
    )
    .get(
      "/compare/verdict",
      async ({ request }) => {
        const compared = await comparedOf(parts, request);
        if (compared === undefined) return new Response(null, { status: 404 });
        const { comparison, force } = compared;
        return partResponse(comparisonCard(readers.of(request), comparison, force));
      },
      hidden,
    );
}

async function compare(parts: ConsoleParts, tools: Tools, request: Request): Promise<Response> {
  const reader = tools.readers.of(request);
  const title = reader.messages.compare.title;
  const sides = await loadSides(parts, request);
  if (sides !== undefined) {
    const main = comparePage(reader, sides, await comparedOf(parts, request));
    return tools.page(request, { title, main, hasCharts: true });
  }
  const isAlone = new URL(request.url).searchParams.getAll("id").length === 1;
  const text = isAlone ? reader.messages.runs.noBaseline : reader.messages.compare.choose;
  return tools.page(request, { title, main: problemPage(reader, { title, text }) }, 404);
}

/**
 * Nothing unless the address names two existing recordings; a single one is compared with the
 * baseline.
 */
async function idsOf(
  { recordings }: Pick<ConsoleParts, "recordings">,
  request: Request,
): Promise<readonly [string, string] | undefined> {
  // The charts' script repeats the rest of the page's address after the two.
  const [first, second] = new URL(request.url).searchParams.getAll("id");
  if (first === undefined) return undefined;
  if (second !== undefined) return [first, second];
  const { captures } = await recordings.list();
  const baseline = captures.find((meta) => meta.baseline === true);
  return baseline && [baseline.id, first];
}

/** Of the sessions and the range that the address names. */
async function comparedOf(parts: ConsoleParts, request: Request): Promise<Compared | undefined> {
  const ids = await idsOf(parts, request);
  if (ids === undefined) return undefined;
  const url = new URL(request.url);
  const number = (name: string) => {
    const text = url.searchParams.get(name) ?? "";
    return /^\d{1,12}$/.test(text) ? Number(text) : undefined;
  };
  const range = { from: number("from"), to: number("to") };
  const [a, b] = ids;
  try {
    const comparison = await parts.comparisons.compare({
      a: { id: a, ...range, session: number("a") },
      b: { id: b, ...range, session: number("b") },
      isForced: url.searchParams.get("force") === "yes",
    });
    url.searchParams.set("force", "yes");
    return { comparison, force: `/compare?${url.searchParams}` };
  } catch (error) {
    // Unreadable frames cost the comparison, not the charts.
    if (error instanceof Failure) return undefined;
    throw error;
  }
}

async function loadSides(
  parts: ConsoleParts,
  request: Request,
): Promise<readonly [Side, Side] | undefined> {
  const ids = await idsOf(parts, request);
  if (ids === undefined) return undefined;
  const [first, second] = await Promise.all(ids.map((id) => parts.recordings.load(id)));
  if (first === undefined || second === undefined) return undefined;
  return [sideOf(first, request, "a"), sideOf(second, request, "b")];
}

function sideOf(capture: Capture, request: Request, name: "a" | "b"): Side {
  const { fromMs, toMs } = readDetailQuery(request, capture);
  const asked = new URL(request.url).searchParams.get(name) ?? "";
  const session = chosenSession(capture, /^\d{1,12}$/.test(asked) ? Number(asked) : undefined);
  return {
    meta: capture.meta,
    figures: makeFigures(capture, { session, fromMs, toMs }),
    sessions: sessionsOf(capture),
    session,
  };
}
