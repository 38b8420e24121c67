/**
 * Access tokens on the Sessions page. Only the answer to its form contains the secret of a new one.
 */
import { Elysia } from "elysia";
import { type AccessNotice, accessSection } from "../../views/access.ts";
import { confirmDialog, confirmPage, type Question } from "../../views/confirm.ts";
import { type AccessTokenRequest, cleanTokenName } from "../model/access-token.ts";
import { tokenCreate, tokenRevoke } from "../operations/access.ts";
import { act, actIfThere, orFailed } from "./acting.ts";
import { goTo, isPartRequest, partResponse, readForm } from "./html-response.ts";
import type { ConsoleParts } from "./parts.ts";
import { hidden } from "./route.ts";
import { accessNow, type SessionTools, showSessions } from "./sessions-page.ts";

/** Creating and revoking named tokens. */
export function accessRoutes(parts: ConsoleParts, tools: SessionTools) {
  return new Elysia({ name: "pages/access" })
    .get("/tokens", () => goTo("/sessions#access"), hidden)
    .post(
      "/tokens",
      async ({ request }) => {
        const notice = await create(parts, request);
        if (isPartRequest(request)) return answerPart(parts, tools, { request, notice });
        // Not by a redirect: an address that shows the secret would show it again.
        return await showSessions(parts, { ...tools, now: { access: notice } }, request);
      },
      hidden,
    )
    .get(
      "/tokens/:id/revoke",
      ({ request, params }) => askToRevoke(parts, tools, { request, id: params.id }),
      hidden,
    )
    .post(
      "/tokens/:id/revoke",
      async ({ request, params }) => {
        const access = await revoke(parts, request, params);
        return goTo(`/sessions${tools.notices.keep({ access })}#access`);
      },
      hidden,
    );
}

function answerPart(
  parts: ConsoleParts,
  { readers }: SessionTools,
  { request, notice }: { readonly request: Request; readonly notice: AccessNotice },
): Response {
  return partResponse(accessSection(readers.of(request), { ...accessNow(parts), notice }));
}

async function create(parts: ConsoleParts, request: Request): Promise<AccessNotice> {
  const form = await readForm(request);
  const name = cleanTokenName(form.get("name") ?? "");
  if (name === "") return { kind: "nameless" };
  const days = Number(form.get("days") ?? "");
  const body: AccessTokenRequest = {
    name,
    rights: form.get("rights") === "operator" ? "operator" : "read",
    ...(days === 0 ? {} : { expires_in_days: days }),
  };
  return await orFailed(async () => {
    const made = await act(parts, request, [tokenCreate, { body }]);
    return { kind: "created" as const, made };
  });
}

async function revoke(
  parts: ConsoleParts,
  request: Request,
  params: { readonly id: string },
): Promise<AccessNotice> {
  return await orFailed(async () => {
    const isThere = await actIfThere(parts, request, [tokenRevoke, { params }]);
    return { kind: isThere ? ("revoked" as const) : ("gone" as const) };
  });
}

function askToRevoke(
  parts: ConsoleParts,
  { page, readers }: SessionTools,
  { request, id }: { readonly request: Request; readonly id: string },
): Response {
  const { access: words, remove } = readers.of(request).messages;
  const token = parts.access.list().find((one) => one.id === id);
  if (token === undefined) return goTo("/sessions#access");
  const question: Question = {
    title: words.revokeTitle,
    text: words.revokeText(token.name),
    action: `/tokens/${encodeURIComponent(id)}/revoke`,
    to: "/sessions#access",
    confirm: words.revoke,
    cancel: remove.cancel,
  };
  if (isPartRequest(request)) return partResponse(confirmDialog(question));
  return page(request, { title: question.title, main: confirmPage(question) });
}
