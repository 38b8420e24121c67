/** Keys that work on every page: `k` keeps the last 30 s, `?` lists the keys. */

/** Whether a key was meant for the page: without modifiers, and not typed into a field. */
export function isPageKey(event: KeyboardEvent, key: string): boolean {
  if (event.key !== key || event.repeat) return false;
  if (event.ctrlKey || event.metaKey || event.altKey) return false;
  const { target } = event;
  const isWriting =
    target instanceof Element &&
    target.closest("input, select, textarea, [contenteditable], .takes-keys") !== null;
  return !(isWriting || event.defaultPrevented);
}

/** `<keep-key>`: submits its form, and makes the result closable. */
export class KeepKey extends HTMLElement {
  connectedCallback(): void {
    document.addEventListener("keydown", this.#press);
    this.addEventListener("click", this.#close);
  }

  disconnectedCallback(): void {
    document.removeEventListener("keydown", this.#press);
    this.removeEventListener("click", this.#close);
  }

  readonly #press = (event: KeyboardEvent): void => {
    if (isPageKey(event, "k")) this.querySelector("form")?.requestSubmit();
  };

  readonly #close = (event: Event): void => {
    const isClose = event.target instanceof Element && event.target.closest("[data-close]");
    if (isClose) this.querySelector("#kept")?.replaceChildren();
  };
}

/** `<keys-link>`: `?` opens the target of its link. */
export class KeysLink extends HTMLElement {
  connectedCallback(): void {
    document.addEventListener("keydown", this.#press);
  }

  disconnectedCallback(): void {
    document.removeEventListener("keydown", this.#press);
  }

  readonly #press = (event: KeyboardEvent): void => {
    const isOpen = document.querySelector("dialog[open]") !== null;
    if (isPageKey(event, "?") && !isOpen) this.querySelector("a")?.click();
  };
}

/** `<frame-steps>`: each of its links has a key that follows it. */
export class FrameSteps extends HTMLElement {
  connectedCallback(): void {
    document.addEventListener("keydown", this.#press);
  }

  disconnectedCallback(): void {
    document.removeEventListener("keydown", this.#press);
  }

  readonly #press = (event: KeyboardEvent): void => {
    if (document.querySelector("dialog[open]") !== null) return;
    for (const link of this.querySelectorAll<HTMLElement>("a[data-key]")) {
      if (isPageKey(event, link.dataset.key ?? "")) link.click();
    }
  };
}
