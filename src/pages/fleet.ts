/** The page of other hosts; it stores nothing, and never waits for a host that does not answer. */
import { Elysia } from "elysia";
import { fleetSection } from "../../views/fleet.ts";
import { html } from "../../views/html.ts";
import { atOnce } from "./at-once.ts";
import { type PageMaker, partResponse } from "./html-response.ts";
import type { ConsoleParts } from "./parts.ts";
import type { Readers } from "./reader.ts";
import { hidden } from "./route.ts";

type Tools = { readonly page: PageMaker; readonly readers: Readers };

export function fleetRoutes({ fleet }: ConsoleParts, { page, readers }: Tools) {
  return new Elysia({ name: "pages/fleet" })
    .get(
      "/fleet",
      async ({ request }) => {
        const reader = readers.of(request);
        const { title } = reader.messages.fleet;
        const lines = await atOnce(fleet.look());
        return page(request, {
          title,
          main: html`<h1>${title}</h1>${fleetSection(reader, lines)}`,
        });
      },
      hidden,
    )
    .get(
      "/fleet/now",
      async ({ request }) => partResponse(fleetSection(readers.of(request), await fleet.look())),
      hidden,
    );
}
