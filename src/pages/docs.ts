/** The API's page. The document and its reader belong to the API itself. */
import { Elysia } from "elysia";
import { docsPage } from "../../views/docs.ts";
import type { PageMaker } from "./html-response.ts";
import type { ConsoleParts } from "./parts.ts";
import type { Readers } from "./reader.ts";
import { hidden } from "./route.ts";

type Tools = { readonly page: PageMaker; readonly readers: Readers };

export function docsPageRoutes({ keyPin }: Pick<ConsoleParts, "keyPin">, { page, readers }: Tools) {
  return new Elysia({ name: "pages/docs" }).get(
    "/api/docs",
    ({ request }) => {
      const reader = readers.of(request);
      const main = docsPage(reader, { origin: new URL(request.url).origin, keyPin: keyPin() });
      return page(request, { title: reader.messages.docs.title, main, hasDocs: true });
    },
    hidden,
  );
}
