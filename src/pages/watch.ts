/** The Watch page: starting a stream, and watching one that runs. */

import { Elysia } from "elysia";
import { failureText } from "../../views/failure.ts";
import type { Reader } from "../../views/format.ts";
import { type Html, html } from "../../views/html.ts";
import { linksSection } from "../../views/links.ts";
import { sourceStateSection } from "../../views/source-state.ts";
import {
  playerPage,
  sourceChoices,
  sourceList,
  type WatchFault,
  type WatchForm,
  watchCapture,
  watchFaultText,
  watchFields,
  watchMode,
  watchPage,
  watchState,
} from "../../views/watch.ts";
import { allPage } from "../../views/watch-all.ts";
import { Failure } from "../base/failure.ts";
import { isModeAllowed, modeLimits } from "../model/limits.ts";
import { isRequestable } from "../model/source.ts";
import type { StreamRequest, WatchStream } from "../model/watch.ts";
import { streamClose, streamOpen } from "../operations/watch.ts";
import { act, actIfThere } from "./acting.ts";
import { goTo, type PageMaker, partResponse, readForm } from "./html-response.ts";
import { linksNow } from "./links.ts";
import type { ConsoleParts } from "./parts.ts";
import type { Readers } from "./reader.ts";
import { hidden } from "./route.ts";

type Tools = { readonly page: PageMaker; readonly readers: Readers };

export function watchRoutes(parts: ConsoleParts, tools: Tools) {
  return new Elysia({ name: "pages/watch" })
    .use(startRoutes(parts, tools))
    .use(sourceRoutes(parts, tools))
    .use(relayRoute(parts))
    .use(streamRoutes(parts, tools))
    .use(streamParts(parts, tools));
}

/** Parts that refresh themselves or are loaded after the page. */
function sourceRoutes(parts: ConsoleParts, { readers }: Tools) {
  return new Elysia({ name: "pages/watch/source" })
    .get(
      "/parts/source-state",
      ({ request }) =>
        partResponse(sourceStateSection(readers.of(request), parts.host.sourceState())),
      hidden,
    )
    .get(
      "/parts/watch-choices",
      async () => partResponse(sourceChoices(await parts.host.sources())),
      hidden,
    )
    .get(
      "/parts/watch-sources",
      async ({ request }) =>
        partResponse(sourceList(readers.of(request), await parts.host.sources())),
      hidden,
    );
}

function startRoutes(parts: ConsoleParts, { page, readers }: Tools) {
  const { streams, source: hostSource } = parts;
  const show = (request: Request, refused?: Refused) => {
    const reader = readers.of(request);
    const choice = watchPage(reader, {
      ...{ streams: streams.streams(), hostSource, source: parts.host.sourceState() },
      ...(refused === undefined
        ? {}
        : { refused: { ...refused, notice: textOf(reader, refused) } }),
    });
    const { title } = reader.messages.watch;
    const main = html`${choice}${linksSection(reader, linksNow(parts))}`;
    return page(request, { title, main }, refused === undefined ? 200 : 422);
  };
  return new Elysia({ name: "pages/watch/start" })
    .get("/watch", ({ request }) => show(request), hidden)
    .post(
      "/watch",
      async ({ request }) => {
        const form = readWatchForm(await readForm(request));
        const wanted = readRequest(form);
        if (typeof wanted === "string") return show(request, { form, why: wanted });
        try {
          const stream = await act(parts, request, [streamOpen, { body: wanted }]);
          return goTo(`/watch/${stream.session_id}`);
        } catch (error) {
          if (error instanceof Failure) return show(request, { form, why: error });
          throw error;
        }
      },
      hidden,
    );
}

type Refused = { readonly form: WatchForm; readonly why: WatchFault | Failure };

function textOf(reader: Reader, { why }: Refused): string | Html {
  return why instanceof Failure ? failureText(reader, why) : watchFaultText(reader, why);
}

/** One stream, while it runs and for some time after. */
function streamRoutes(parts: ConsoleParts, { page, readers }: Tools) {
  const { streams } = parts;
  const find = (id: string) => runningStream(parts, id);
  return new Elysia({ name: "pages/watch/stream" })
    .get(
      "/watch/all",
      ({ request }) => {
        const reader = readers.of(request);
        const main = allPage(reader, streams.streams());
        return page(request, { title: reader.messages.watch.all, main, hasPlayer: true });
      },
      hidden,
    )
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
        const { relayOrigin: connectsTo } = parts.moq;
        const status = parts.stats.status();
        const main = playerPage(reader, {
          ...{ stream, viewers, status },
          hasRelay: connectsTo !== undefined,
        });
        return page(request, { title, main, hasPlayer: true, connectsTo });
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

/** Requested by the page’s script, each time it connects. */
function relayRoute({ moq }: ConsoleParts) {
  return new Elysia({ name: "pages/watch/relay" }).get(
    "/watch/relay",
    async () => {
      const address = await moq.relayAddress();
      return address === undefined ? new Response(null, { status: 404 }) : Response.json(address);
    },
    hidden,
  );
}

/** The parts of a stream's page that refresh themselves. */
function streamParts(parts: ConsoleParts, { readers }: Tools) {
  const { streams } = parts;
  return new Elysia({ name: "pages/watch/parts" })
    .get(
      "/parts/watch-capture",
      ({ request }) => partResponse(watchCapture(readers.of(request), parts.stats.status())),
      hidden,
    )
    .get(
      "/watch/:id/now",
      ({ request, params }) => {
        const stream = runningStream(parts, params.id);
        const state =
          stream === undefined
            ? { ended: streams.ended(Number(params.id)) }
            : { viewers: streams.viewers(stream.session_id), sessionId: stream.session_id };
        return partResponse(watchState(readers.of(request), state));
      },
      hidden,
    )
    .get(
      "/watch/:id/mode",
      ({ params }) => {
        const stream = runningStream(parts, params.id);
        return partResponse(stream === undefined ? html`` : watchMode(stream));
      },
      hidden,
    );
}

function runningStream({ streams }: ConsoleParts, id: string): WatchStream | undefined {
  return streams.streams().find(({ session_id }) => String(session_id) === id);
}

function readWatchForm(form: URLSearchParams): WatchForm {
  // All fields, by their own list.
  return Object.fromEntries(
    // A button of the list comes after the text field.
    watchFields.map((name) => [name, form.getAll(name).at(-1)?.trim() ?? ""]),
  ) as WatchForm;
}

/** The request, or the first invalid field; the encoder checks the rest. */
function readRequest({
  source,
  size,
  fps,
  codec,
  bitrate_kbps,
}: WatchForm): StreamRequest | WatchFault {
  if (source !== "" && !isRequestable(source)) return "source";
  const [width = 0, height = 0] = size.split("x").map(Number);
  const rate = Number(fps);
  if (!isModeAllowed({ width, height, fps: modeLimits.fpsMin })) return "size";
  if (!isModeAllowed({ width, height, fps: rate })) return "fps";
  if (codec !== "h264" && codec !== "av1") return "codec";
  const kbps = bitrate_kbps === "" ? Number.NaN : Number(bitrate_kbps);
  const { bitrateKbpsMin, bitrateKbpsMax } = modeLimits;
  if (!Number.isInteger(kbps) || kbps < bitrateKbpsMin || kbps > bitrateKbpsMax) return "bitrate";
  return {
    ...(source === "" ? {} : { source }),
    ...{ width, height, fps: rate, codec, bitrate_kbps: kbps },
  };
}
