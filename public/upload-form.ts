/** `<upload-form>`: sends the form inside and shows how far it is; without script the form works as it is. */
export class UploadForm extends HTMLElement {
  connectedCallback(): void {
    this.addEventListener("submit", this.#send);
  }

  disconnectedCallback(): void {
    this.removeEventListener("submit", this.#send);
  }

  readonly #send = (event: Event): void => {
    const form = this.querySelector("form");
    if (form === null) return;
    event.preventDefault();
    const progress = this.querySelector("progress");
    const status = this.querySelector("[role=status]");
    const request = new XMLHttpRequest();
    request.open("POST", form.action);
    request.upload.addEventListener("progress", ({ loaded, total, lengthComputable }) => {
      if (progress !== null && lengthComputable) progress.value = loaded / total;
    });
    // The answer sends on to a page that says what became of the file.
    request.addEventListener("load", () => location.assign(request.responseURL || form.action));
    request.addEventListener("error", () => form.submit());
    if (progress !== null) progress.hidden = false;
    if (status !== null) status.textContent = this.dataset.sending ?? "";
    request.send(new FormData(form));
  };
}
