/** Signing in with the token, signing out, and the language: the only pages open to everyone. */
import { Elysia } from "elysia";
import { type SignInFault, signInPage } from "../../views/sign-in.ts";
import { goTo, localAddress, type PageMaker, parameter, readForm } from "./html-response.ts";
import type { ConsoleParts } from "./parts.ts";
import { type Readers, rememberLanguage } from "./reader.ts";
import { open } from "./route.ts";
import { Throttle } from "./throttle.ts";

type Tools = { readonly page: PageMaker; readonly readers: Readers };
type Try = { readonly request: Request; readonly address: string };

export function signInRoutes({ browserSession, clock }: ConsoleParts, { page, readers }: Tools) {
  const throttle = new Throttle(clock);
  const show = (request: Request, to: string, fault?: SignInFault) => {
    const hasEnded = parameter(request, "ended") !== undefined;
    const reader = readers.of(request);
    const title = reader.messages.signIn.title;
    return page(
      request,
      { title, main: signInPage(reader, { to, hasEnded, fault }) },
      statusOf(fault),
    );
  };

  const signIn = async ({ request, address }: Try) => {
    const form = await readForm(request);
    const to = localAddress(form.get("to") ?? "/");
    if (!browserSession.isSameOrigin(request)) return show(request, to, { kind: "foreign" });
    // First of all: an attacker at the same address must not lock out the owner of the token.
    const token = (form.get("token") ?? "").trim();
    if (browserSession.isToken(token)) {
      throttle.clear(address);
      return goTo(to, { "set-cookie": browserSession.signIn(request, token) });
    }
    const seconds = throttle.waitSeconds(address);
    if (seconds > 0) return show(request, to, { kind: "slow", seconds });
    throttle.addWrong(address);
    return show(request, to, { kind: "wrong" });
  };

  return new Elysia({ name: "pages/sign-in" })
    .get(
      "/sign-in",
      ({ request }) => show(request, localAddress(parameter(request, "to") ?? "/")),
      open,
    )
    .post(
      "/sign-in",
      ({ request, server }) =>
        signIn({ request, address: server?.requestIP(request)?.address ?? "unknown" }),
      open,
    )
    .post(
      "/sign-out",
      ({ request }) => {
        if (!browserSession.isSameOrigin(request)) return goTo("/");
        return goTo("/sign-in", { "set-cookie": browserSession.signOut(request) });
      },
      open,
    )
    .post("/language", ({ request }) => changeLanguage(request), open);
}

function statusOf(fault: SignInFault | undefined): number {
  if (fault === undefined) return 200;
  return { wrong: 401, foreign: 403, slow: 429 }[fault.kind];
}

/** Harmless from anywhere: it sets the language of the next page, for this browser. */
async function changeLanguage(request: Request): Promise<Response> {
  const form = await readForm(request);
  const cookie = rememberLanguage(form.get("language") ?? "");
  return goTo(
    localAddress(parameter(request, "to") ?? "/"),
    cookie ? { "set-cookie": cookie } : {},
  );
}
