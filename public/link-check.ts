/**
 * `<link-check>`: measures the link from the host to this browser, then asks the server for the
 * result in words. The button and the words are in the page.
 */
import { measureLink } from "./link-rounds.ts";

export class LinkCheckCard extends HTMLElement {
  #ending: AbortController | undefined;

  connectedCallback(): void {
    this.hidden = false;
    this.querySelector("button")?.addEventListener("click", this.#start);
  }

  disconnectedCallback(): void {
    this.#ending?.abort();
  }

  readonly #start = async (): Promise<void> => {
    const button = this.querySelector("button");
    if (button === null || button.disabled) return;
    button.disabled = true;
    try {
      await this.#measure();
    } catch {
      this.#say(this.dataset.failed ?? "");
    } finally {
      button.disabled = false;
      this.#show(undefined);
    }
  };

  async #measure(): Promise<void> {
    this.#ending = new AbortController();
    const facts = await measureLink({
      ask: (path, signal) => fetch(path, { cache: "no-store", signal }),
      onRound: (kbps, doneShare) => {
        this.#show(doneShare);
        this.#say((this.dataset.asking ?? "").replace("{mbps}", String(kbps / 1000)));
      },
      signal: this.#ending.signal,
    });
    const query = Object.entries(facts).map(([name, value]) => `${name}=${value}`);
    const answer = { target: "#link-answer", swap: "innerHTML" } as const;
    await window.htmx.ajax("GET", `/parts/link-check?${query.join("&")}`, answer);
    this.#say("");
  }

  /** @param doneShare 0 to 1; `undefined` when nothing runs */
  #show(doneShare: number | undefined): void {
    const progress = this.querySelector("progress");
    if (progress === null) return;
    progress.hidden = doneShare === undefined;
    progress.value = doneShare ?? 0;
  }

  #say(text: string): void {
    const status = this.querySelector("[role=status]");
    if (status !== null) status.textContent = text;
  }
}
