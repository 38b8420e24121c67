/** The key that keeps the recent past, on any page, and the list of keys. */
import { Elysia } from "elysia";
import { failureText } from "../../views/failure.ts";
import { keptToast, keyKeptSeconds, keysDialog, keysPage } from "../../views/keys.ts";
import { Failure } from "../base/failure.ts";
import { statsCaptureKeep } from "../operations/frames.ts";
import { act } from "./acting.ts";
import { goTo, isPartRequest, type PageMaker, partResponse } from "./html-response.ts";
import type { ConsoleParts } from "./parts.ts";
import type { Readers } from "./reader.ts";
import { hidden } from "./route.ts";

type Tools = { readonly page: PageMaker; readonly readers: Readers };

export function keepRoutes(parts: ConsoleParts, { page, readers }: Tools) {
  return new Elysia({ name: "pages/keep" })
    .post(
      "/keep",
      async ({ request }) => {
        const reader = readers.of(request);
        const kept = await keep(parts, request);
        if (!(kept instanceof Failure)) {
          if (!isPartRequest(request)) return goTo(`/recordings/${encodeURIComponent(kept.id)}`);
          return partResponse(keptToast(reader, kept));
        }
        if (!isPartRequest(request)) return goTo("/");
        return partResponse(keptToast(reader, { fault: failureText(reader, kept) }));
      },
      hidden,
    )
    .get(
      "/keys",
      ({ request }) => {
        const reader = readers.of(request);
        if (isPartRequest(request)) return partResponse(keysDialog(reader));
        const { title } = reader.messages.history.keys;
        return page(request, { title, main: keysPage(reader) });
      },
      hidden,
    );
}

/** Errors that an operator can act on are answered; anything else is for the error handler. */
async function keep(
  parts: ConsoleParts,
  request: Request,
): Promise<{ readonly id: string } | Failure> {
  try {
    return await act(parts, request, [statsCaptureKeep, { body: { last_s: keyKeptSeconds } }]);
  } catch (cause) {
    if (cause instanceof Failure) return cause;
    throw cause;
  }
}
