/** A browser without a window: asks the app as a signed-in person would, and reads the answer. */
import type { Fleet } from "../../src/ports/fleet.ts";
import { type ConsoleHost, consoleHostIn, consoleToken } from "../support/console-host.ts";
import { heldConsole } from "../support/held-pages.ts";
import { ManualClock } from "../support/manual-clock.ts";
import { tempDirectory } from "../support/temp-directory.ts";

/** @param options of the host, such as other hosts that it shows */
export async function openPages(options: { readonly fleet?: Fleet } = {}) {
  const directory = await tempDirectory();
  const clock = new ManualClock();
  const host = await consoleHostIn(directory.path, { clock, ...options });
  return await pagesOf(host, {
    clock,
    [Symbol.asyncDispose]: () => directory[Symbol.asyncDispose](),
  });
}

/** The same over a real history that the test plays into. */
export async function openHeldPages() {
  const directory = await tempDirectory();
  const { held, host } = await heldConsole(directory.path);
  const stop = async () => {
    await held[Symbol.asyncDispose]();
    await directory[Symbol.asyncDispose]();
  };
  return { held, ...(await pagesOf(host, { clock: held.clock, [Symbol.asyncDispose]: stop })) };
}

async function pagesOf(
  host: ConsoleHost,
  { clock, ...rest }: { readonly clock: ManualClock } & AsyncDisposable,
) {
  const cookie = await signIn(host);
  return {
    host,
    clock,
    cookie,
    get: (path: string, headers: Record<string, string> = {}) =>
      fetch(host.url + path, { headers: { cookie, ...headers }, redirect: "manual" }),
    post: (path: string, fields: Record<string, string>, headers: Record<string, string> = {}) =>
      post(host, path, { fields, headers: { cookie, ...headers } }),
    /** The page that a plain form was sent on to, at this address without its query. */
    follow: async (answer: Response, place: string): Promise<string> => {
      const location = answer.headers.get("location") ?? "";
      if (answer.status !== 303 || location.replace(/\?notice=[\w-]+/, "") !== place)
        throw new Error(`It was answered ${answer.status}, sent on to "${location}"`);
      return await (await fetch(host.url + location, { headers: { cookie } })).text();
    },
    [Symbol.asyncDispose]: async () => {
      await host[Symbol.asyncDispose]();
      await rest[Symbol.asyncDispose]();
    },
  };
}

type Form = { readonly fields: Record<string, string>; readonly headers?: Record<string, string> };

export function post(host: ConsoleHost, path: string, form: Form): Promise<Response> {
  return fetch(host.url + path, {
    method: "POST",
    body: new URLSearchParams(form.fields),
    headers: { origin: host.url, ...form.headers },
    redirect: "manual",
  });
}

async function signIn(host: ConsoleHost): Promise<string> {
  const answer = await post(host, "/sign-in", { fields: { token: consoleToken } });
  return (answer.headers.get("set-cookie") ?? "").split(";", 1)[0] ?? "";
}

/** Names of the elements in a page, in their order. */
export async function tagsOf(text: string): Promise<string[]> {
  const tags: string[] = [];
  const rewriter = new HTMLRewriter().on("*", {
    element: ({ tagName }) => void tags.push(tagName),
  });
  await rewriter.transform(new Response(text)).text();
  return tags;
}
