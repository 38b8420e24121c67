/** Manual recordings, imported exports and replays, on the Timeline page. */
import { Elysia } from "elysia";
import { replaySection } from "../../views/replay.ts";
import { Failure } from "../base/failure.ts";
import { type ReplayRequest, replayPacings } from "../model/replay.ts";
import { timelineReplay, timelineReplayCancel, timelineReplayStep } from "../operations/replay.ts";
import { timelineImport, timelineStart, timelineStop } from "../operations/timeline.ts";
import { act } from "./acting.ts";
import { goTo, partResponse, readForm } from "./html-response.ts";
import type { ConsoleParts } from "./parts.ts";
import type { Readers } from "./reader.ts";
import { hidden } from "./route.ts";

/** Shows the Timeline page again, with the error. */
export type ShowFault = (request: Request, fault: string, status: number) => Response;

type Tools = { readonly readers: Readers; readonly showFault: ShowFault };

/** Statuses of what an operator can act on. */
const statusOf: Readonly<Record<string, number>> = {
  already_recording: 409,
  import_refused: 422,
  malformed: 400,
  not_found: 404,
  not_stepping: 409,
  replay_running: 409,
  too_large: 413,
};

export function recordedRoutes(parts: ConsoleParts, { readers, showFault }: Tools) {
  const change = async (request: Request, work: () => Promise<string>) => {
    try {
      return goTo(await work());
    } catch (cause) {
      const status = cause instanceof Failure ? statusOf[cause.code] : undefined;
      if (status === undefined || !(cause instanceof Error)) throw cause;
      return showFault(request, cause.message, status);
    }
  };
  return new Elysia({ name: "pages/recorded" })
    .post("/timeline/start", ({ request }) => change(request, () => start(parts, request)), hidden)
    .post("/timeline/stop", ({ request }) => change(request, () => stop(parts, request)), hidden)
    .post(
      "/timeline/import",
      ({ request }) =>
        change(request, async () => {
          const file = await readFile(request);
          const { noFile } = readers.of(request).messages.timeline;
          if (file === undefined) throw new Failure("malformed", noFile);
          return addressOf((await act(parts, request, [timelineImport, { file }])).id);
        }),
      hidden,
    )
    .post(
      "/recordings/:id/timeline/open",
      ({ request, params }) =>
        change(request, async () => {
          const saved = await parts.recordings.loadTimeline(params.id);
          const { missingText } = readers.of(request).messages.problem;
          if (saved === undefined) throw new Failure("not_found", missingText);
          const file = Buffer.from(JSON.stringify(saved));
          return planAddressOf((await act(parts, request, [timelineImport, { file }])).id);
        }),
      hidden,
    )
    .use(replayRoutes(parts, readers, change));
}

type Change = (request: Request, work: () => Promise<string>) => Promise<Response>;

function replayRoutes(parts: ConsoleParts, readers: Readers, change: Change) {
  const ofForm = async (request: Request) => (await readForm(request)).get("of") ?? "";
  return new Elysia({ name: "pages/replay" })
    .get(
      "/parts/replay",
      ({ request }) => {
        const of = new URL(request.url).searchParams.get("of") ?? "";
        return partResponse(
          replaySection(readers.of(request), { of, run: parts.timelineService.replay() }),
        );
      },
      hidden,
    )
    .post(
      "/timeline/replay",
      ({ request }) =>
        change(request, async () => {
          const form = await readForm(request);
          const of = form.get("of") ?? "";
          const body = replayRequest(of, form.get("pacing"));
          await act(parts, request, [timelineReplay, { body }]);
          return runAddressOf(of);
        }),
      hidden,
    )
    .post(
      "/timeline/replay/step",
      ({ request }) =>
        change(request, async () => {
          await act(parts, request, [timelineReplayStep, {}]);
          return runAddressOf(await ofForm(request));
        }),
      hidden,
    )
    .post(
      "/timeline/replay/end",
      ({ request }) =>
        change(request, async () => {
          await cancelIfOn(parts, request);
          return runAddressOf(await ofForm(request));
        }),
      hidden,
    );
}

async function start(parts: ConsoleParts, request: Request): Promise<string> {
  await act(parts, request, [timelineStart, { body: {} }]);
  return addressOf("manual");
}

async function stop(parts: ConsoleParts, request: Request): Promise<string> {
  return addressOf((await act(parts, request, [timelineStop, {}]))?.id ?? "");
}

/** It may have ended by itself since the page was made. */
async function cancelIfOn(parts: ConsoleParts, request: Request): Promise<void> {
  try {
    await act(parts, request, [timelineReplayCancel, {}]);
  } catch (cause) {
    if (!(cause instanceof Failure && cause.code === "not_stepping")) throw cause;
  }
}

function replayRequest(of: string, text: string | null): ReplayRequest {
  const pacing = replayPacings.find((one) => one === text) ?? "original";
  return { ...(of === "" ? {} : { of }), dry_run: false, pacing };
}

function addressOf(of: string): string {
  return of === "" ? "/timeline" : `/timeline?${new URLSearchParams({ of })}`;
}

function planAddressOf(of: string): string {
  return `/timeline?${new URLSearchParams({ of, plan: "yes" })}#replay`;
}

function runAddressOf(of: string): string {
  return `/timeline?${new URLSearchParams({ of, run: "yes" })}#replay`;
}

/** The server has cut off what is larger than its limit. */
async function readFile(request: Request): Promise<Uint8Array | undefined> {
  const type = request.headers.get("content-type") ?? "";
  if (!type.startsWith("multipart/form-data")) return undefined;
  try {
    const file = (await request.formData()).get("file");
    return file instanceof Blob && file.size > 0 ? await file.bytes() : undefined;
  } catch (cause) {
    throw new Failure("malformed", "Cannot read the form: it is malformed", { cause });
  }
}
