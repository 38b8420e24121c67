/** What the console does with recordings: opening them, and doing their calls again with the rights of who asks. */
import type { Clock } from "../base/clock.ts";
import type { ReplayRequest } from "../model/replay.ts";
import { done, ok, Teller } from "./edge/call-recorder.ts";
import { bodyOfError } from "./edge/problem.ts";
import type { Parts } from "./parts.ts";
import { noReplay, senderFor } from "./routes/replay.ts";

/** Calls of a replay go in by the app that is made after the console: the way is given to it then. */
export class ReplayDoor {
  #answer: ((request: Request) => Promise<Response>) | undefined;

  open(answer: (request: Request) => Promise<Response>): void {
    this.#answer = answer;
  }

  readonly replay = async (request: Request): Promise<Response> => {
    if (this.#answer === undefined) throw new Error("Bug: a replay began before the app was made");
    return await this.#answer(request);
  };
}

type Acting = Pick<Parts, "timeline" | "timelineDesk">;

export function recordedDesk(
  { timeline, timelineDesk: desk }: Acting,
  { clock, replay }: { readonly clock: Clock; replay(request: Request): Promise<Response> },
) {
  const teller = new Teller(timeline, clock);
  const route = "/api/v1/timeline";
  return {
    import: (bytes: Uint8Array) =>
      teller.now({ method: "POST", route: `${route}/import` }, () => desk.import(bytes), ok),
    /** What a replay would do. */
    plan: (request: Request, of: string | undefined) =>
      desk.startReplay(of === undefined ? {} : { of }, senderFor(request, replay)),
    startReplay: (request: Request, wish: ReplayRequest) =>
      teller.now(
        { method: "POST", route: `${route}/replay`, body: wish },
        () => desk.startReplay(wish, senderFor(request, replay)),
        ok,
      ),
    stepReplay: () =>
      teller.later({ method: "POST", route: `${route}/replay/step` }, () => desk.stepReplay(), ok),
    cancelReplay: () =>
      teller.now(
        { method: "DELETE", route: `${route}/replay` },
        () => desk.cancelReplay(),
        (wasOn) => (wasOn ? done : bodyOfError(noReplay())),
      ),
    replay: () => desk.replay(),
  };
}
