/**
 * The result of a change, for the page that a plain form redirects to: its address names the
 * notice, so a reload shows it again and repeats nothing. The oldest of a hundred is dropped.
 */
import { randomBytes } from "node:crypto";

const noticeCountMax = 100;

export class Notices<Notice> {
  readonly #notices = new Map<string, Notice>();

  /** The query of an address that shows it: `?notice=…` */
  keep(notice: Notice): string {
    const [oldest] = this.#notices.keys();
    if (oldest !== undefined && this.#notices.size >= noticeCountMax) this.#notices.delete(oldest);
    const id = randomBytes(12).toString("base64url");
    this.#notices.set(id, notice);
    return `?notice=${id}`;
  }

  /** Nothing when the address names none, or one that was dropped. */
  find(request: Request): Notice | undefined {
    return this.#notices.get(new URL(request.url).searchParams.get("notice") ?? "");
  }
}
