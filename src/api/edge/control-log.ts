/**
 * Records every form that was sent from the console as a control that was used, once it is
 * answered. The outcome is recorded by the operation that it performed.
 */
import type { UiActionEvent } from "../../model/timeline.ts";
import type { Timelines } from "../../ports/timeline.ts";
import type { Handler } from "./request-gate.ts";

const reading = new Set(["GET", "HEAD", "OPTIONS"]);

/** Records the actions of the console on the timeline. Owns nothing; one per app. */
export class ControlLog {
  readonly #timeline: Pick<Timelines, "isRecording" | "record">;
  /** Patterns of the pages' paths, by the request that was admitted. */
  readonly #routes = new WeakMap<Request, string>();

  constructor(timeline: Pick<Timelines, "isRecording" | "record">) {
    this.#timeline = timeline;
  }

  admit(request: Request, route: string): void {
    if (reading.has(request.method) || route.startsWith("/api/")) return;
    this.#routes.set(request, route);
  }

  follow(handler: Handler): Handler {
    return async (request) => {
      const response = await handler(request);
      const route = this.#routes.get(request);
      if (route !== undefined && response !== undefined && this.#timeline.isRecording()) {
        this.#timeline.record(controlUsed(route, new URL(request.url).pathname));
      }
      return response;
    };
  }
}

/**
 * `/sessions/:id/bitrate`, requested as `/sessions/7/bitrate`: page sessions, control bitrate,
 * value 7.
 */
function controlUsed(route: string, path: string): UiActionEvent {
  const names = route.split("/").slice(1);
  const asked = path.split("/").slice(1);
  const [page = ""] = names;
  const control = names.slice(1).findLast((name) => !name.startsWith(":")) ?? "form";
  const value = asked.filter((_, place) => names[place]?.startsWith(":")).join("/");
  return { type: "ui_action", page, control, value };
}
