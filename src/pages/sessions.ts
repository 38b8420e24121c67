/** The Sessions page: who plays now, paired players, and adding one. */
import { Elysia } from "elysia";
import { confirmDialog, confirmPage, type Question } from "../../views/confirm.ts";
import { pairingSection, playersSection } from "../../views/players.ts";
import { type SessionNotice, sessionNotice, sessionsSection } from "../../views/sessions.ts";
import { goTo, isPartRequest, partResponse, readForm } from "./html-response.ts";
import type { ConsoleParts } from "./parts.ts";
import { hidden } from "./route.ts";
import { pairingNow, type SessionTools, sessionsNow, showSessions } from "./sessions-page.ts";

const bitrateKbps = { min: 200, max: 500_000 } as const;

export function sessionRoutes(parts: ConsoleParts, tools: SessionTools) {
  const { readers } = tools;
  const change = (request: Request, notice: SessionNotice) => {
    if (isPartRequest(request)) {
      const trigger = { "hx-trigger": "sessions-changed" };
      return partResponse(sessionNotice(readers.of(request), notice), trigger);
    }
    return goTo(`/sessions${tools.notices.keep({ session: notice })}`);
  };
  return new Elysia({ name: "pages/sessions" })
    .get("/sessions", ({ request }) => showSessions(parts, tools, request), hidden)
    .get(
      "/sessions/now",
      ({ request }) => partResponse(sessionsSection(readers.of(request), sessionsNow(parts))),
      hidden,
    )
    .post(
      "/sessions/:id/idr",
      ({ request, params }) =>
        change(
          request,
          act(params.id, (id) => parts.sessions.requestIdr(id)),
        ),
      hidden,
    )
    .post(
      "/sessions/:id/bitrate",
      async ({ request, params }) =>
        change(request, setBitrate(parts, params.id, await readForm(request))),
      hidden,
    )
    .post(
      "/sessions/:id/disconnect",
      ({ request, params }) =>
        change(
          request,
          act(params.id, (id) => parts.sessions.disconnect(id)),
        ),
      hidden,
    );
}

export function playerRoutes(parts: ConsoleParts, tools: SessionTools) {
  const { readers } = tools;
  const answer = (request: Request) =>
    isPartRequest(request)
      ? partResponse(pairingSection(readers.of(request), pairingNow(parts)))
      : goTo("/sessions");
  return new Elysia({ name: "pages/players" })
    .get(
      "/parts/players",
      async ({ request }) =>
        partResponse(playersSection(readers.of(request), await parts.players.clients())),
      hidden,
    )
    .get(
      "/parts/pairing",
      ({ request }) => partResponse(pairingSection(readers.of(request), pairingNow(parts))),
      hidden,
    )
    .get(
      "/players/:id/remove",
      ({ request, params }) => askToRemove(parts, tools, { request, id: params.id }),
      hidden,
    )
    .post(
      "/players/:id/remove",
      async ({ params }) => {
        await parts.players.removeClient(params.id);
        return goTo("/sessions");
      },
      hidden,
    )
    .post(
      "/pairing",
      async ({ request }) => {
        await parts.players.createPairingCode();
        return answer(request);
      },
      hidden,
    )
    .post(
      "/pairing/cancel",
      async ({ request }) => {
        await parts.players.cancelPairing();
        return answer(request);
      },
      hidden,
    );
}

function act(text: string, action: (id: number) => boolean): SessionNotice {
  const isId = /^[1-9]\d{0,14}$/.test(text);
  return isId && action(Number(text)) ? "done" : "gone";
}

function setBitrate(parts: ConsoleParts, text: string, form: URLSearchParams): SessionNotice {
  const kbps = Number(form.get("bitrate_kbps") ?? "");
  const { min, max } = bitrateKbps;
  if (!Number.isInteger(kbps) || kbps < min || kbps > max) return "range";
  return act(text, (id) => parts.sessions.setBitrate(id, kbps));
}

type Removal = { readonly request: Request; readonly id: string };

async function askToRemove(
  parts: ConsoleParts,
  { page, readers }: SessionTools,
  { request, id }: Removal,
): Promise<Response> {
  const { sessions: words, remove } = readers.of(request).messages;
  const client = (await parts.players.clients()).find((known) => known.id === id);
  if (client === undefined) return goTo("/sessions");
  const question: Question = {
    title: words.removeTitle,
    text: words.removeText(client.name || client.id),
    action: `/players/${encodeURIComponent(id)}/remove`,
    to: "/sessions",
    confirm: words.remove,
    cancel: remove.cancel,
  };
  if (isPartRequest(request)) return partResponse(confirmDialog(question));
  return page(request, { title: question.title, main: confirmPage(question) });
}
