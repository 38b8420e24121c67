/**
 * Links for others on the Watch page. Only the answer to its form contains the address of a new
 * one.
 */
import { Elysia } from "elysia";
import { confirmDialog, confirmPage, type Question } from "../../views/confirm.ts";
import { type LinkNotice, linksSection } from "../../views/links.ts";
import type { StreamLinkRequest } from "../model/link.ts";
import { linkCreate, linkRevoke } from "../operations/links.ts";
import { act, actIfThere, orFailed } from "./acting.ts";
import { goTo, isPartRequest, type PageMaker, partResponse, readForm } from "./html-response.ts";
import type { ConsoleParts } from "./parts.ts";
import type { Readers } from "./reader.ts";
import { hidden } from "./route.ts";

type Tools = { readonly page: PageMaker; readonly readers: Readers };

/** Creating and revoking links. */
export function linkRoutes(parts: ConsoleParts, { page, readers }: Tools) {
  const section = (request: Request, notice?: LinkNotice) =>
    linksSection(readers.of(request), { ...linksNow(parts), notice });
  const show = (request: Request, notice: LinkNotice) => {
    if (isPartRequest(request)) return partResponse(section(request, notice));
    // Not by a redirect: an address that shows the secret would show it again.
    const { title } = readers.of(request).messages.links;
    return page(request, { title, main: section(request, notice) });
  };
  return new Elysia({ name: "pages/links" })
    .get("/links", () => goTo("/watch#links"), hidden)
    .post("/links", async ({ request }) => show(request, await create(parts, request)), hidden)
    .get(
      "/links/:id/revoke",
      ({ request, params }) => {
        const question = questionOf(parts, readers, { request, id: params.id });
        if (question === undefined) return goTo("/watch#links");
        if (isPartRequest(request)) return partResponse(confirmDialog(question));
        return page(request, { title: question.title, main: confirmPage(question) });
      },
      hidden,
    )
    .post(
      "/links/:id/revoke",
      async ({ request, params }) => {
        const notice = await revoke(parts, request, params);
        return notice.kind === "failed" ? show(request, notice) : goTo("/watch#links");
      },
      hidden,
    );
}

export function linksNow({ links, streams, source }: ConsoleParts) {
  return { links: links.list(), streams: streams.streams(), hostSource: source };
}

async function create(parts: ConsoleParts, request: Request): Promise<LinkNotice> {
  const form = await readForm(request);
  const chosen = form.get("stream") ?? "";
  const stream = parts.streams.requestFor(Number(chosen));
  const body: StreamLinkRequest = {
    name: (form.get("name") ?? "").slice(0, 64),
    rights: form.get("rights") === "play" ? "play" : "watch",
    uses: Number(form.get("uses") ?? "1"),
    expires_in_minutes: Number(form.get("minutes") ?? ""),
    ...(stream === undefined ? {} : { stream }),
  };
  return await orFailed(async () => {
    const made = await act(parts, request, [linkCreate, { body }]);
    return { kind: "created" as const, made };
  });
}

async function revoke(
  parts: ConsoleParts,
  request: Request,
  params: { readonly id: string },
): Promise<LinkNotice> {
  return await orFailed(async () => {
    await actIfThere(parts, request, [linkRevoke, { params }]);
    return { kind: "gone" as const };
  });
}

function questionOf(
  parts: ConsoleParts,
  readers: Readers,
  { request, id }: { readonly request: Request; readonly id: string },
): Question | undefined {
  const { links: words, remove } = readers.of(request).messages;
  const link = parts.links.list().find((one) => one.id === id);
  if (link === undefined) return undefined;
  return {
    title: words.revokeTitle,
    text: link.name === "" ? words.revokeUnnamed : words.revokeText(link.name),
    action: `/links/${encodeURIComponent(id)}/revoke`,
    to: "/watch#links",
    confirm: words.revoke,
    cancel: remove.cancel,
  };
}
