/** The Watch page: starting a stream, and watching one that runs. */

import { Elysia } from "elysia";
import { failureText } from "../../views/failure.ts";
import { html } from "../../views/html.ts";
import { playerPage, watchPage, watchState } from "../../views/watch.ts";
import { Failure } from "../base/failure.ts";
import { readSourceName } from "../model/source.ts";
import type { StreamRequest, WatchStream } from "../model/watch.ts";
import { streamClose, streamOpen } from "../operations/watch.ts";
import { act, actIfThere } from "./acting.ts";
import { goTo, type PageMaker, partResponse, readForm } from "./html-response.ts";
import type { ConsoleParts } from "./parts.ts";
import type { Readers } from "./reader.ts";
import { hidden } from "./route.ts";

type Tools = { readonly page: PageMaker; readonly readers: Readers };

export function watchRoutes(parts: ConsoleParts, tools: Tools) {
  return new Elysia({ name: "pages/watch" })
    .use(startRoutes(parts, tools))
    .use(streamRoutes(parts, tools));
}

function startRoutes(parts: ConsoleParts, { page, readers }: Tools) {
  const show = (request: Request, notice?: "invalid" | Failure) => {
    const reader = readers.of(request);
    const { watch: words } = reader.messages;
    const text = notice instanceof Failure ? failureText(reader, notice) : notice && words[notice];
    const main = watchPage(reader, {
      streams: parts.streams.streams(),
      ...(text === undefined ? {} : { notice: text }),
    });
    return page(request, { title: words.title, main }, notice === undefined ? 200 : 422);
  };
  return new Elysia({ name: "pages/watch/start" })
    .get("/watch", ({ request }) => show(request), hidden)
    .post(
      "/watch",
      async ({ request }) => {
        const wanted = readRequest(await readForm(request));
        if (wanted === undefined) return show(request, "invalid");
        try {
          const stream = await act(parts, request, [streamOpen, { body: wanted }]);
          return goTo(`/watch/${stream.session_id}`);
        } catch (error) {
          if (error instanceof Failure) return show(request, error);
          throw error;
        }
      },
      hidden,
    );
}

/** One stream, as long as it runs and some time after. */
function streamRoutes(parts: ConsoleParts, { page, readers }: Tools) {
  const { streams } = parts;
  const find = (text: string): WatchStream | undefined =>
    streams.streams().find(({ session_id }) => String(session_id) === text);
  return new Elysia({ name: "pages/watch/stream" })
    .get(
      "/watch/:id",
      ({ request, params }) => {
        const stream = find(params.id);
        const reader = readers.of(request);
        const { title } = reader.messages.watch;
        if (stream === undefined) {
          const state = watchState(reader, { ended: streams.ended(Number(params.id)) });
          return page(request, { title, main: html`<h1>${title}</h1>${state}` }, 404);
        }
        const viewers = streams.viewers(stream.session_id);
        const main = playerPage(reader, { stream, viewers });
        return page(request, { title, main, hasPlayer: true });
      },
      hidden,
    )
    .get(
      "/watch/:id/now",
      ({ request, params }) => {
        const stream = find(params.id);
        const state =
          stream === undefined
            ? { ended: streams.ended(Number(params.id)) }
            : { viewers: streams.viewers(stream.session_id), sessionId: stream.session_id };
        return partResponse(watchState(readers.of(request), state));
      },
      hidden,
    )
    .post(
      "/watch/:id/end",
      async ({ request, params }) => {
        await actIfThere(parts, request, [streamClose, { params: { id: params.id } }]);
        return goTo("/watch");
      },
      hidden,
    );
}

/** `undefined` for what no form of ours sends; the encoder says the rest. */
function readRequest(form: URLSearchParams): StreamRequest | undefined {
  const [width, height] = (form.get("size") ?? "").split("x").map(Number);
  const fps = Number(form.get("fps"));
  const kbps = Number(form.get("bitrate_kbps"));
  const codec = form.get("codec");
  const source = form.get("source")?.trim() ?? "";
  const numbers = [width, height, fps, kbps];
  if (!numbers.every((value) => Number.isInteger(value))) return undefined;
  if (codec !== "h264" && codec !== "av1") return undefined;
  if (source !== "" && readSourceName(source) === undefined) return undefined;
  return {
    ...(source === "" ? {} : { source }),
    // Whole numbers, as checked.
    width: width as number,
    height: height as number,
    fps,
    codec,
    bitrate_kbps: kbps,
  };
}
