/**
 * What a change came to, for the page that a plain form is sent on to: its address names the notice,
 * so a reload says the same again and repeats nothing. The oldest of a hundred makes room.
 */
import { randomBytes } from "node:crypto";

const noticeCountMax = 100;

export class Notices<Said> {
  readonly #said = new Map<string, Said>();

  /** The query of an address that says it: `?said=…` */
  keep(said: Said): string {
    const [oldest] = this.#said.keys();
    if (oldest !== undefined && this.#said.size >= noticeCountMax) this.#said.delete(oldest);
    const id = randomBytes(12).toString("base64url");
    this.#said.set(id, said);
    return `?said=${id}`;
  }

  /** Nothing when the address names none, or one that is forgotten. */
  find(request: Request): Said | undefined {
    return this.#said.get(new URL(request.url).searchParams.get("said") ?? "");
  }
}
