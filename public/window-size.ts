/**
 * `<window-size>`: offers the size of this window, in the pixels of its screen, beside the usual ones.
 * It is the room that the picture has in full screen; even, as encoders need it, and follows the window.
 */
import { modeLimits } from "../src/model/limits.ts";

export class WindowSize extends HTMLElement {
  #option: HTMLOptionElement | undefined;

  connectedCallback(): void {
    const select = this.querySelector("select");
    if (select === null) return;
    this.#option = document.createElement("option");
    select.append(this.#option);
    this.#follow();
    window.addEventListener("resize", this.#follow);
  }

  disconnectedCallback(): void {
    window.removeEventListener("resize", this.#follow);
    this.#option?.remove();
  }

  readonly #follow = (): void => {
    if (this.#option === undefined) return;
    const [width, height] = [innerWidth, innerHeight].map(evenPixels);
    this.#option.value = `${width}x${height}`;
    this.#option.textContent = `${this.dataset.text} (${width}×${height})`;
  };
}

function evenPixels(cssPixels: number): number {
  const pixels = Math.round((cssPixels * devicePixelRatio) / 2) * 2;
  return Math.min(modeLimits.sizeMax, Math.max(modeLimits.sizeMin, pixels));
}
