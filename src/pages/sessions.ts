/** The Sessions page: who plays now, paired players, and adding one. */
import { Elysia } from "elysia";
import { confirmDialog, confirmPage, type Question } from "../../views/confirm.ts";
import {
  type PlayerNotice,
  pairingSection,
  playerNotice,
  playersSection,
} from "../../views/players.ts";
import { type SessionNotice, sessionNotice, sessionsSection } from "../../views/sessions.ts";
import { Failure } from "../base/failure.ts";
import { cleanPlayerName } from "../model/player.ts";
import { clientChange, clientDelete, pairingCancel, pairingStart } from "../operations/players.ts";
import { sessionBitrate, sessionDisconnect, sessionIdr } from "../operations/sessions.ts";
import { act, actIfThere } from "./acting.ts";
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
      async ({ request, params }) =>
        change(
          request,
          noticeOf(await actIfThere(parts, request, [sessionIdr, { params }]), { kind: "idr" }),
        ),
      hidden,
    )
    .post(
      "/sessions/:id/bitrate",
      async ({ request, params }) => change(request, await setBitrate(parts, request, params)),
      hidden,
    )
    .post(
      "/sessions/:id/disconnect",
      async ({ request, params }) =>
        change(
          request,
          noticeOf(await actIfThere(parts, request, [sessionDisconnect, { params }]), {
            kind: "disconnect",
          }),
        ),
      hidden,
    );
}

export function renamingRoutes(parts: ConsoleParts, { readers, notices }: SessionTools) {
  return new Elysia({ name: "pages/renaming" }).post(
    "/players/:id/rename",
    async ({ request, params }) => {
      const player = await rename(parts, request, params);
      if (!isPartRequest(request)) return goTo(`/sessions${notices.keep({ player })}#players`);
      const trigger = { "hx-trigger": "players-changed" };
      return partResponse(playerNotice(readers.of(request), player), trigger);
    },
    hidden,
  );
}

export function playerRoutes(parts: ConsoleParts, tools: SessionTools) {
  const { readers } = tools;
  const pairing = async (request: Request) =>
    partResponse(pairingSection(readers.of(request), await pairingNow(parts)));
  const answer = (request: Request) =>
    isPartRequest(request) ? pairing(request) : goTo("/sessions");
  return new Elysia({ name: "pages/players" })
    .get(
      "/parts/players",
      async ({ request }) =>
        partResponse(playersSection(readers.of(request), await parts.players.clients())),
      hidden,
    )
    .get("/parts/pairing", ({ request }) => pairing(request), hidden)
    .get(
      "/players/:id/remove",
      ({ request, params }) => askToRemove(parts, tools, { request, id: params.id }),
      hidden,
    )
    .post(
      "/players/:id/remove",
      async ({ request, params }) => {
        await actIfThere(parts, request, [clientDelete, { params }]);
        return goTo("/sessions");
      },
      hidden,
    )
    .post(
      "/pairing",
      async ({ request }) => {
        await act(parts, request, [pairingStart, {}]);
        return answer(request);
      },
      hidden,
    )
    .post(
      "/pairing/cancel",
      async ({ request }) => {
        await act(parts, request, [pairingCancel, {}]);
        return answer(request);
      },
      hidden,
    );
}

function noticeOf(isThere: boolean, done: SessionNotice): SessionNotice {
  return isThere ? done : { kind: "gone" };
}

async function setBitrate(
  parts: ConsoleParts,
  request: Request,
  params: { readonly id: string },
): Promise<SessionNotice> {
  const kbps = Number((await readForm(request)).get("bitrate_kbps") ?? "");
  const { min, max } = bitrateKbps;
  if (!Number.isInteger(kbps) || kbps < min || kbps > max) return { kind: "range" };
  const input = { params, body: { bitrate_kbps: kbps } };
  try {
    const isThere = await actIfThere(parts, request, [sessionBitrate, input]);
    return noticeOf(isThere, { kind: "bitrate", kbps });
  } catch (error) {
    if (!(error instanceof Failure && error.code === "invalid_bitrate")) throw error;
    return { kind: "refused", failure: error };
  }
}

async function rename(
  parts: ConsoleParts,
  request: Request,
  params: { readonly id: string },
): Promise<PlayerNotice> {
  const name = cleanPlayerName((await readForm(request)).get("name") ?? "");
  if (name === "") return "nameless";
  const isThere = await actIfThere(parts, request, [clientChange, { params, body: { name } }]);
  return isThere ? "renamed" : "goneFromList";
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
