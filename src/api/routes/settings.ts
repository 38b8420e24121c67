/** What an operator can change while streams run. */
import { Elysia } from "elysia";
import { shapeNames } from "../describe/shapes.ts";
import { jsonBody } from "../edge/input.ts";
import type { Parts } from "../parts.ts";

const tags = ["settings"];

export function settingsRoutes(parts: Parts) {
  return new Elysia({ prefix: "/api/v1/settings" })
    .use(shapeNames)
    .get("", () => parts.settings.current(), {
      response: { 200: "Settings" },
      detail: { tags, operationId: "settings_get", summary: "Settings of all streams" },
    })
    .patch("", ({ body, request }) => parts.settings.change(body, actorOf(request)), {
      ...jsonBody,
      body: "SettingsChange",
      response: { 200: "Settings", 422: "Problem", 507: "Problem" },
      detail: {
        tags,
        operationId: "settings_change",
        summary: "Change any of the settings; running streams follow within a second",
      },
    });
}

/** The guard let the request in by its token or, without one, by the console's cookie. */
function actorOf(request: Request): string {
  return request.headers.has("authorization") ? "token" : "console";
}
