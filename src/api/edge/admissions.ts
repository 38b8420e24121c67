/** Which request was admitted with which right: kept from the guard until it is answered. */
import type { Actor } from "../../operations/operation.ts";

/**
 * The right of an admitted request, from the guard until its operation acts. Holds nothing longer
 * than the request.
 */
export class Admissions {
  readonly #actors = new WeakMap<Request, Actor>();

  admit(request: Request, actor: Actor): void {
    this.#actors.set(request, actor);
  }

  /** A route that is open to everyone has no particular caller. */
  actorOf(request: Request): Actor {
    return this.#actors.get(request) ?? "console";
  }
}
