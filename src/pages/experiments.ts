/** The pages of experiments. */
import { Elysia } from "elysia";
import {
  experimentPage,
  experimentPart,
  experimentsList,
  experimentsPage,
} from "../../views/experiments.ts";
import { failureText } from "../../views/failure.ts";
import type { Html } from "../../views/html.ts";
import { Failure } from "../base/failure.ts";
import { isExperimentField } from "../model/experiment.ts";
import { settingsDefault } from "../model/settings.ts";
import { experimentRemove, experimentStart } from "../operations/experiments.ts";
import { act, actIfThere } from "./acting.ts";
import { goTo, type PageMaker, partResponse, readForm } from "./html-response.ts";
import type { ConsoleParts } from "./parts.ts";
import type { Readers } from "./reader.ts";
import { missing } from "./recording.ts";
import { hidden } from "./route.ts";

type Tools = { readonly page: PageMaker; readonly readers: Readers };

export function experimentRoutes(parts: ConsoleParts, tools: Tools) {
  const { experiments } = parts;
  const { readers } = tools;
  return new Elysia({ name: "pages/experiments" })
    .get("/experiments", ({ request }) => showAll(parts, tools, { request }), hidden)
    .post("/experiments", ({ request }) => start(parts, tools, request), hidden)
    .get(
      "/parts/experiments",
      async ({ request }) =>
        partResponse(experimentsList(readers.of(request), await experiments.list())),
      hidden,
    )
    .get(
      "/experiments/:id",
      async ({ request, params }) => {
        const found = await experiments.get(params.id);
        if (found === undefined) return missing(tools, request);
        const reader = readers.of(request);
        const title = reader.messages.experiments.title;
        return tools.page(request, { title, main: experimentPage(reader, found) });
      },
      hidden,
    )
    .get(
      "/experiments/:id/part",
      async ({ request, params }) => {
        const found = await experiments.get(params.id);
        if (found === undefined) return new Response(null, { status: 404 });
        return partResponse(experimentPart(readers.of(request), found));
      },
      hidden,
    )
    .post(
      "/experiments/:id/abort",
      async ({ request, params: { id } }) => {
        const removed = await actIfThere(parts, request, [experimentRemove, { params: { id } }]);
        return removed ? goTo("/experiments") : missing(tools, request);
      },
      hidden,
    );
}

async function showAll(
  parts: ConsoleParts,
  { page, readers }: Tools,
  { request, problem }: { readonly request: Request; readonly problem?: Html },
): Promise<Response> {
  const reader = readers.of(request);
  const main = experimentsPage(reader, await parts.experiments.list(), problem);
  const status = problem === undefined ? 200 : 422;
  return page(request, { title: reader.messages.experiments.title, main }, status);
}

async function start(parts: ConsoleParts, tools: Tools, request: Request): Promise<Response> {
  try {
    const body = readRequest(await readForm(request));
    const begun = await act(parts, request, [experimentStart, { body }]);
    return goTo(`/experiments/${encodeURIComponent(begun.id)}`);
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    const problem = failureText(tools.readers.of(request), error);
    return await showAll(parts, tools, { request, problem });
  }
}

/** Invalid values are refused by the operation. @throws Failure `out_of_range` */
function readRequest(form: URLSearchParams) {
  const setting = form.get("setting") ?? "";
  if (!isExperimentField(setting)) {
    throw new Failure("out_of_range", 'Cannot use "setting": experiments do not change it');
  }
  const texts = (form.get("values") ?? "").split(",").map((text) => text.trim());
  const isNumber = typeof settingsDefault[setting] === "number";
  const number = (name: string) => Number(form.get(name) || Number.NaN);
  return {
    setting,
    values: texts.map((text) => (isNumber ? Number(text) : text)),
    seconds: number("seconds"),
    block_seconds: number("block_seconds"),
  };
}
