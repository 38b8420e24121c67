/**
 * Every call that may change something and was let in, told to the timeline once its answer is
 * ready: who, what, how long, and a hash of the answer. Reading is no action and is not told. What
 * is sent to a page of the console is told as a control that was used; what came of it is told as
 * the call it stands for, see `console-calls.ts`.
 */
import type { Clock } from "../../base/clock.ts";
import type { UiActionEvent } from "../../model/timeline.ts";
import type { TimelinePart } from "../timeline-part.ts";
import type { Actor } from "./guard.ts";
import { bodyOf } from "./input.ts";
import type { Handler } from "./request-gate.ts";

type Admitted = { readonly actor: Actor; readonly route: string };
type Options = { readonly timeline: TimelinePart; readonly clock: Clock };

const reading = new Set(["GET", "HEAD", "OPTIONS"]);

export class CallLog {
  readonly #options: Options;
  readonly #admitted = new WeakMap<Request, Admitted>();
  readonly #replayed = new WeakSet<Request>();

  constructor(options: Options) {
    this.#options = options;
  }

  admit(request: Request, admitted: Admitted): void {
    if (!reading.has(request.method)) this.#admitted.set(request, admitted);
  }

  /** A request of our own, made by a replay: nobody outside can say this of theirs. */
  markReplayed(request: Request): void {
    this.#replayed.add(request);
  }

  follow(handler: Handler): Handler {
    const { clock } = this.#options;
    return async (request) => {
      const startedUs = clock.nowUs();
      const response = await handler(request);
      const admitted = this.#admitted.get(request);
      if (admitted !== undefined && response !== undefined) {
        await this.#tell({ request, response, admitted, durationUs: clock.nowUs() - startedUs });
      }
      return response;
    };
  }

  async #tell(call: {
    request: Request;
    response: Response;
    admitted: Admitted;
    durationUs: number;
  }): Promise<void> {
    const { timeline } = this.#options;
    if (!timeline.isRecording()) return;
    const { request, response, admitted, durationUs } = call;
    if (!admitted.route.startsWith("/api/")) {
      timeline.record(controlUsed(admitted.route, new URL(request.url).pathname));
      return;
    }
    timeline.recordCall({
      method: request.method,
      route: admitted.route,
      path: new URL(request.url).pathname,
      body: bodyOf(request),
      status: response.status,
      durationUs,
      actor: admitted.actor,
      answer: await answerOf(response),
      isReplayed: this.#replayed.has(request),
    });
  }
}

/** `/sessions/:id/bitrate`, asked as `/sessions/7/bitrate`: page sessions, control bitrate, value 7. */
function controlUsed(route: string, path: string): UiActionEvent {
  const names = route.split("/").slice(1);
  const asked = path.split("/").slice(1);
  const [page = ""] = names;
  const control = names.slice(1).findLast((name) => !name.startsWith(":")) ?? "form";
  const value = asked.filter((_, place) => names[place]?.startsWith(":")).join("/");
  return { type: "ui_action", page, control, value };
}

/** `undefined` for a stream, which has no end to wait for. */
async function answerOf(response: Response) {
  const contentType = response.headers.get("content-type") ?? "";
  if (contentType.startsWith("text/event-stream")) return undefined;
  return { text: await response.clone().text(), contentType };
}
