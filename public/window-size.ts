/**
 * `<window-size>`: offers the size of this window, in physical pixels, in addition to the usual
 * ones. It is the area that the picture has in full screen; even, as encoders need it, and follows
 * the window.
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
    const { width, height } = windowPixels();
    this.#option.value = `${width}x${height}`;
    this.#option.textContent = `${this.dataset.text} (${width}×${height})`;
  };
}

/** The size of this window, as a stream may have it. */
export function windowPixels(): { readonly width: number; readonly height: number } {
  const [width, height] = [evenPixels(innerWidth), evenPixels(innerHeight)];
  // A wall of screens has more than any encoder accepts.
  const share = Math.min(1, Math.sqrt(modeLimits.pixelsMax / (width * height)));
  return { width: evenAtMost(width * share), height: evenAtMost(height * share) };
}

function evenAtMost(pixels: number): number {
  return Math.max(modeLimits.sizeMin, Math.floor(pixels / 2) * 2);
}

function evenPixels(cssPixels: number): number {
  const pixels = Math.round((cssPixels * devicePixelRatio) / 2) * 2;
  return Math.min(modeLimits.sizeMax, Math.max(modeLimits.sizeMin, pixels));
}
