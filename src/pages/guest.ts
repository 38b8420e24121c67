/**
 * The pages of people who came by a link. They are open to everyone and check the link themselves,
 * so that a link’s cookie is valid only for these: all other routes accept only the operator’s.
 */
import { Elysia } from "elysia";
import type { Reader } from "../../views/format.ts";
import { guestPage, guestState, type JoinFault, joinPage } from "../../views/guest.ts";
import { Failure } from "../base/failure.ts";
import { takesInput } from "../model/source.ts";
import { goTo, type PageMaker, partResponse, readForm } from "./html-response.ts";
import type { ConsoleParts } from "./parts.ts";
import type { Readers } from "./reader.ts";
import { open } from "./route.ts";
import { Throttle } from "./throttle.ts";

type Tools = { readonly page: PageMaker; readonly readers: Readers };
type Try = { readonly request: Request; readonly address: string };

export function guestRoutes(parts: ConsoleParts, tools: Tools) {
  return new Elysia({ name: "pages/guest" })
    .use(joinRoutes(parts, tools))
    .use(streamRoutes(parts, tools));
}

/** The secret is sent in the body of a form: it is in no address that a log or a history keeps. */
function joinRoutes({ guestSession, clock }: ConsoleParts, { page, readers }: Tools) {
  const throttle = new Throttle(clock);
  const show = (request: Request, fault?: JoinFault) => {
    const reader = readers.of(request);
    const title = reader.messages.links.watchTitle;
    return page(request, { title, main: joinPage(reader, fault) }, statusOf(fault));
  };
  const join = async ({ request, address }: Try) => {
    const secret = (await readForm(request)).get("secret") ?? "";
    if (!guestSession.isSameOrigin(request)) return show(request, { kind: "foreign" });
    // First of all: an attacker at the same address must not lock out people with a link.
    const cookie = await guestSession.admit(request, secret);
    if (cookie !== undefined) return goTo("/guest", { "set-cookie": cookie });
    // A used-up link was opened again by a browser that it has admitted.
    if (guestSession.guestOf(request) !== undefined) return goTo("/guest");
    const seconds = throttle.waitSeconds(address);
    if (seconds > 0) return show(request, { kind: "slow", seconds });
    throttle.addWrong(address);
    return show(request, { kind: "refused" });
  };
  return new Elysia({ name: "pages/guest/join" })
    .get("/join", ({ request }) => show(request), open)
    .post(
      "/join",
      ({ request, server }) =>
        join({ request, address: server?.requestIP(request)?.address ?? "unknown" }),
      open,
    );
}

function statusOf(fault: JoinFault | undefined): number {
  if (fault === undefined) return 200;
  return { refused: 403, foreign: 403, slow: 429 }[fault.kind];
}

function streamRoutes(parts: ConsoleParts, { page, readers }: Tools) {
  const { guestSession, streams, moq } = parts;
  return new Elysia({ name: "pages/guest/stream" })
    .get(
      "/guest",
      async ({ request }) => {
        const reader = readers.of(request);
        const title = reader.messages.links.watchTitle;
        const { main, status } = await showStream(parts, reader, request);
        return page(request, { title, main, hasPlayer: status === 200 }, status);
      },
      open,
    )
    .get(
      "/guest/now",
      ({ request }) => {
        const guest = guestSession.guestOf(request);
        const reader = readers.of(request);
        if (guest === undefined)
          return partResponse(guestState(reader, { over: "ended" }), {}, 403);
        const shown = new URL(request.url).searchParams.get("of");
        const stream = streams.find(guest.stream);
        const isSame = stream !== undefined && String(stream.session_id) === shown;
        const state = isSame ? { sessionId: stream.session_id } : { over: "streamEnded" as const };
        return partResponse(guestState(reader, state));
      },
      open,
    )
    .get(
      "/guest/clock",
      ({ request }) =>
        guestSession.guestOf(request) === undefined
          ? new Response(null, { status: 403 })
          : Response.json({ now_us: moq.nowUs() }),
      open,
    );
}

/** The stream starts with the first guest, and is shared by all. */
async function showStream(
  { guestSession, streams }: Pick<ConsoleParts, "guestSession" | "streams">,
  reader: Reader,
  request: Request,
) {
  const guest = guestSession.guestOf(request);
  if (guest === undefined) return { main: guestState(reader, { over: "ended" }), status: 403 };
  try {
    const stream = await streams.open(guest.stream);
    return {
      main: guestPage(reader, {
        stream,
        mayPlay: guest.rights === "play" && takesInput(stream.source),
      }),
      status: 200,
    };
  } catch (error) {
    // The reason may name files and programs of the host: it is in the log and the timeline.
    if (!(error instanceof Failure)) throw error;
    return { main: guestState(reader, { over: "notStarted" }), status: 503 };
  }
}
