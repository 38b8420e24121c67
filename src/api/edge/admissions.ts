/** Who was let in with which request: kept from the guard until it is answered. */
import type { Actor } from "../../operations/operation.ts";

/**
 * Who was admitted to a request, from the guard until its operation acts. Holds nothing longer than
 * the request.
 */
export class Admissions {
  readonly #actors = new WeakMap<Request, Actor>();

  admit(request: Request, actor: Actor): void {
    this.#actors.set(request, actor);
  }

  /** A route that is open to everyone is asked by nobody in particular. */
  actorOf(request: Request): Actor {
    return this.#actors.get(request) ?? "console";
  }
}
