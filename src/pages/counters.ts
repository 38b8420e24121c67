/** The Counters page: what left and entered, by path prefix. */
import { Elysia } from "elysia";
import { countersSection } from "../../views/counters.ts";
import { html } from "../../views/html.ts";
import { type PageMaker, partResponse } from "./html-response.ts";
import type { ConsoleParts } from "./parts.ts";
import type { Readers } from "./reader.ts";
import { hidden } from "./route.ts";

type Tools = { readonly page: PageMaker; readonly readers: Readers };

export function counterRoutes({ counters }: ConsoleParts, { page, readers }: Tools) {
  return new Elysia({ name: "pages/counters" })
    .get(
      "/counters",
      ({ request }) => {
        const reader = readers.of(request);
        const { title } = reader.messages.counters;
        const main = html`<h1>${title}</h1>${countersSection(reader, counters.report({}))}`;
        return page(request, { title, main });
      },
      hidden,
    )
    .get(
      "/counters/now",
      ({ request }) => partResponse(countersSection(readers.of(request), counters.report({}))),
      hidden,
    );
}
