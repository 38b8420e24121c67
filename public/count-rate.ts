/**
 * `<count-rate data-total data-at-us>`: the rate of a total that the server updates, with a line of
 * the last readings. Both numbers come from the host, so a busy page shows the same rate.
 */
import { type ByteReading, mbpsBetween } from "./byte-rate.ts";
import { numberFormat } from "./format.ts";

const pointCountMax = 30;
const width = 90;
const height = 18;

/** Redraws itself when its attributes get a newer reading. */
export class CountRate extends HTMLElement {
  static readonly observedAttributes = ["data-at-us"];
  readonly #rates: number[] = [];
  #before: ByteReading | undefined;
  #isQueued = false;

  /** Once all attributes of the reading are set. */
  attributeChangedCallback(): void {
    if (this.#isQueued) return;
    this.#isQueued = true;
    queueMicrotask(() => {
      this.#isQueued = false;
      this.#read({ bytes: Number(this.dataset.total), atUs: Number(this.dataset.atUs) });
    });
  }

  #read(now: ByteReading): void {
    const rate = this.#before === undefined ? undefined : mbpsBetween(this.#before, now);
    this.#before = now;
    if (rate === undefined) return;
    this.#rates.push(rate);
    if (this.#rates.length > pointCountMax) this.#rates.shift();
    this.replaceChildren(this.#line(), ` ${numberFormat(2).format(rate)} Mbit/s`);
  }

  #line(): SVGElement {
    const top = Math.max(...this.#rates, 0.001);
    const points = this.#rates.map((rate, index) => {
      const x = (index * width) / (pointCountMax - 1);
      return `${x.toFixed(1)},${(height - 1 - (rate / top) * (height - 2)).toFixed(1)}`;
    });
    const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    svg.setAttribute("viewBox", `0 0 ${width} ${height}`);
    svg.setAttribute("width", String(width));
    svg.setAttribute("height", String(height));
    svg.setAttribute("aria-hidden", "true");
    const line = document.createElementNS("http://www.w3.org/2000/svg", "polyline");
    line.setAttribute("points", points.join(" "));
    line.setAttribute("fill", "none");
    line.setAttribute("stroke", "currentColor");
    svg.append(line);
    return svg;
  }
}
