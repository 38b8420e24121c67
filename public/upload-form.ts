/**
 * `<upload-form>`: submits the form inside and shows the progress, first of the upload, then of the
 * reading; without script the form works as it is.
 */
import { fetchJson } from "./fetch-json.ts";

const progressAddress = "/api/v1/stats/import";
const lookMs = 500;

export class UploadForm extends HTMLElement {
  #looking = 0;

  connectedCallback(): void {
    this.addEventListener("submit", this.#send);
  }

  disconnectedCallback(): void {
    clearTimeout(this.#looking);
    this.removeEventListener("submit", this.#send);
  }

  readonly #send = (event: Event): void => {
    const form = this.querySelector("form");
    if (form === null) return;
    event.preventDefault();
    const request = new XMLHttpRequest();
    request.open("POST", form.action);
    request.upload.addEventListener("progress", ({ loaded, total, lengthComputable }) => {
      if (lengthComputable) this.#show(this.dataset.sending, loaded / total);
    });
    request.upload.addEventListener("load", () => this.#look());
    // The answer redirects to a page that shows the result.
    request.addEventListener("load", () => location.assign(request.responseURL || form.action));
    request.addEventListener("error", () => form.submit());
    request.addEventListener("loadend", () => clearTimeout(this.#looking));
    this.#show(this.dataset.sending, 0);
    request.send(new FormData(form));
  };

  /** How much of it the host has read, until it answers. */
  readonly #look = async (): Promise<void> => {
    const progress = await fetchJson<{ share?: number }>(progressAddress);
    if (progress?.share !== undefined) this.#show(this.dataset.reading, progress.share);
    this.#looking = setTimeout(this.#look, lookMs);
  };

  #show(text: string | undefined, share: number): void {
    const progress = this.querySelector("progress");
    const status = this.querySelector("[role=status]");
    if (progress !== null) {
      progress.hidden = false;
      progress.value = share;
    }
    if (status !== null) status.textContent = text ?? "";
  }
}
