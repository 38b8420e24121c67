/**
 * Looking at the machine from the Sessions page: one look per press, by the same call as the API's.
 */
import { Elysia } from "elysia";
import { doctorSection } from "../../views/doctor.ts";
import { partResponse } from "./html-response.ts";
import type { ConsoleParts } from "./parts.ts";
import { hidden } from "./route.ts";
import type { SessionTools } from "./sessions-page.ts";

export function doctorRoutes(parts: ConsoleParts, tools: SessionTools) {
  return new Elysia({ name: "pages/doctor" }).get(
    "/parts/doctor",
    async ({ request }) =>
      partResponse(doctorSection(tools.readers.of(request), await parts.host.doctor())),
    hidden,
  );
}
