/** Sharing a recording: what is replaced in it is shown before anything is saved. */
import { Elysia } from "elysia";
import { problemPage } from "../../views/problem.ts";
import { sharePage } from "../../views/share.ts";
import type { PageMaker } from "./html-response.ts";
import type { ConsoleParts } from "./parts.ts";
import type { Readers } from "./reader.ts";
import { hidden } from "./route.ts";

export function shareRoutes(
  { recordings, shares }: ConsoleParts,
  { page, readers }: { readonly page: PageMaker; readonly readers: Readers },
) {
  return new Elysia({ name: "pages/share" }).get(
    "/recordings/:id/share",
    async ({ request, params: { id } }) => {
      const reader = readers.of(request);
      const { share, problem } = reader.messages;
      const [capture, shared] = [
        await recordings.load(id),
        await shares.share(id, reader.language),
      ];
      if (capture === undefined || shared === undefined) {
        const { missing: title, missingText: text } = problem;
        return page(request, { title, main: problemPage(reader, { title, text }) }, 404);
      }
      const main = sharePage(reader, { meta: capture.meta, replaced: shared.replaced });
      return page(request, { title: share.title, main });
    },
    hidden,
  );
}
