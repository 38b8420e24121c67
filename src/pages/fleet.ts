/** The page of other hosts; it keeps nothing, and never waits for a host that does not answer. */
import { Elysia } from "elysia";
import { fleetSection } from "../../views/fleet.ts";
import { html } from "../../views/html.ts";
import { timers } from "../base/scheduler.ts";
import type { FleetHost } from "../ports/fleet.ts";
import { type PageMaker, partResponse } from "./html-response.ts";
import type { ConsoleParts } from "./parts.ts";
import type { Readers } from "./reader.ts";
import { hidden } from "./route.ts";

type Tools = { readonly page: PageMaker; readonly readers: Readers };

/** A page that is opened waits so long for the hosts; then they come into it. */
const firstMs = 300;

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

async function atOnce(
  looking: Promise<readonly FleetHost[]>,
): Promise<readonly FleetHost[] | undefined> {
  const { promise, resolve } = Promise.withResolvers<undefined>();
  const cancel = timers.after(firstMs, () => resolve(undefined));
  return await Promise.race([looking, promise]).finally(cancel);
}
