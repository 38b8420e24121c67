/**
 * `<stream-size>`: the size of the stream that the page shows, for everyone who watches it. One of
 * a list, or the size of this window (`data-window`): then the stream follows the window, and the
 * choice is remembered.
 */
import { recall, remember } from "./remembered.ts";
import { windowPixels } from "./window-size.ts";

/**
 * While a window is being resized its size changes with each move; each change costs the stream an
 * encoder.
 */
const settleMs = 600;
const key = "onglass.streamSize";
const ofWindow = "window";

export class StreamSizeChoice extends HTMLElement {
  #timer = 0;
  #select: HTMLSelectElement | null = null;

  connectedCallback(): void {
    this.#select = this.querySelector("select");
    const select = this.#select;
    if (select === null) return;
    if (this.#option() === undefined) {
      select.append(new Option(this.dataset.window ?? "", ofWindow));
    }
    select.addEventListener("change", this.#choose);
    window.addEventListener("resize", this.#follow);
    if (recall(key) !== ofWindow) return;
    const now = select.value;
    select.value = ofWindow;
    const { width, height } = windowPixels();
    if (now !== `${width}x${height}`) this.#follow();
  }

  disconnectedCallback(): void {
    clearTimeout(this.#timer);
    this.#select?.removeEventListener("change", this.#choose);
    window.removeEventListener("resize", this.#follow);
  }

  #option(): HTMLOptionElement | undefined {
    return [...(this.#select?.options ?? [])].find(({ value }) => value === ofWindow);
  }

  readonly #choose = (): void => {
    const value = this.#select?.value ?? "";
    remember(key, value === ofWindow ? ofWindow : "");
    const [width = 0, height = 0] = value.split("x").map(Number);
    void this.#ask(value === ofWindow ? windowPixels() : { width, height });
  };

  readonly #follow = (): void => {
    if (this.#select?.value !== ofWindow) return;
    clearTimeout(this.#timer);
    this.#timer = window.setTimeout(() => void this.#ask(windowPixels()), settleMs);
  };

  async #ask(size: { readonly width: number; readonly height: number }): Promise<void> {
    clearTimeout(this.#timer);
    const answer = await fetch(this.dataset.address ?? "", {
      method: "PATCH",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(size),
    }).catch(() => undefined);
    const notice = this.querySelector<HTMLElement>("[role=status]");
    if (notice !== null) {
      notice.hidden = answer?.ok === true;
      notice.textContent = notice.hidden ? "" : (this.dataset.failed ?? "");
    }
    document.body.dispatchEvent(new CustomEvent("stream-changed"));
  }
}
