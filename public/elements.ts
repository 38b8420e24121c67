/**
 * Small elements around what the server wrote: copying, choosing two rows, confirming, signing in
 * by a link.
 */

const copiedMs = 1500;

/** `<copy-line>`: a line of text and a button that copies it. */
export class CopyLine extends HTMLElement {
  connectedCallback(): void {
    this.addEventListener("click", this.#take);
  }

  readonly #take = (event: Event): void => {
    if (event.target instanceof HTMLButtonElement) void this.#copy(event.target);
  };

  /**
   * Without a secure context a page may not write to the clipboard: the text is selected instead.
   */
  async #copy(button: HTMLButtonElement): Promise<void> {
    const code = this.querySelector("code");
    if (code === null) return;
    if (!(await tryToCopy(code.textContent))) {
      getSelection()?.selectAllChildren(code);
      return;
    }
    const label = button.textContent;
    button.textContent = this.dataset.copied ?? label;
    button.disabled = true;
    setTimeout(() => {
      button.textContent = label;
      button.disabled = false;
    }, copiedMs);
  }
}

async function tryToCopy(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false;
  }
}

/** `<compare-choice>`: its button works while exactly two rows are chosen. */
export class CompareChoice extends HTMLElement {
  connectedCallback(): void {
    this.addEventListener("change", this.#check);
    // A swap restores the button as the server wrote it.
    document.body.addEventListener("htmx:after:swap", this.#check);
    this.#check();
  }

  disconnectedCallback(): void {
    document.body.removeEventListener("htmx:after:swap", this.#check);
  }

  readonly #check = (): void => {
    const chosen = this.querySelectorAll("input[type=checkbox]:checked").length;
    const button = this.querySelector<HTMLButtonElement>("button.compare");
    if (button !== null) button.disabled = chosen !== 2;
  };
}

/** `<modal-dialog>`: opens the dialog inside when attached, and is removed with it. */
export class ModalDialog extends HTMLElement {
  connectedCallback(): void {
    const dialog = this.querySelector("dialog");
    if (dialog === null) return;
    dialog.addEventListener("close", () => this.remove());
    dialog.querySelector("[data-cancel]")?.addEventListener("click", (event) => {
      event.preventDefault();
      dialog.close();
    });
    dialog.showModal();
  }
}

/** `<sign-in-form>`: takes a token from the address's fragment, which no server ever sees. */
export class SignInForm extends HTMLElement {
  connectedCallback(): void {
    // If a sign-in page is already open, the link changes only the fragment.
    window.addEventListener("hashchange", this.#takeToken);
    this.#takeToken();
  }

  disconnectedCallback(): void {
    window.removeEventListener("hashchange", this.#takeToken);
  }

  readonly #takeToken = (): void => {
    const token = new URLSearchParams(location.hash.slice(1)).get("token");
    const input = this.querySelector<HTMLInputElement>("input[name=token]");
    if (token === null || input === null) return;
    history.replaceState(null, "", location.pathname + location.search);
    input.value = token;
    input.form?.requestSubmit();
  };
}

/** `<join-form>`: takes a link's secret from the address's fragment, and sends it in the body of a form. */
export class JoinForm extends HTMLElement {
  connectedCallback(): void {
    // If such a page is already open, the link changes only the fragment.
    window.addEventListener("hashchange", this.#takeSecret);
    this.#takeSecret();
  }

  disconnectedCallback(): void {
    window.removeEventListener("hashchange", this.#takeSecret);
  }

  readonly #takeSecret = (): void => {
    const secret = location.hash.slice(1);
    const input = this.querySelector<HTMLInputElement>("input[name=secret]");
    if (secret === "" || input === null) return;
    // It must not stay in an address that is stored or sent.
    history.replaceState(null, "", location.pathname);
    input.value = secret;
    if (input.form !== null) input.form.hidden = false;
    input.form?.requestSubmit();
  };
}

/**
 * `<stream-over>`: removes the player, which would keep asking for a stream it may no longer see.
 */
export class StreamOver extends HTMLElement {
  connectedCallback(): void {
    document.querySelector("watch-player")?.remove();
  }
}

/** `<mark-moment>`: the key `m` presses its button, unless the focus is in a field. */
export class MarkMoment extends HTMLElement {
  connectedCallback(): void {
    document.addEventListener("keydown", this.#press);
  }

  disconnectedCallback(): void {
    document.removeEventListener("keydown", this.#press);
  }

  readonly #press = (event: KeyboardEvent): void => {
    const isOther =
      event.key !== "m" || event.repeat || event.ctrlKey || event.metaKey || event.altKey;
    const isWriting =
      event.target instanceof Element && event.target.closest("input, select, textarea");
    if (!isOther && !isWriting) this.querySelector("form")?.requestSubmit();
  };
}
