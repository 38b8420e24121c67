/**
 * `<count-rate data-total>`: the rate of a total that the server renews, made from two readings and
 * the time between them, with a line of the last minute.
 */
import { numberFormat } from "./format.ts";

const stepMs = 2000;
const pointCountMax = 30;
const width = 90;
const height = 18;

export class CountRate extends HTMLElement {
  readonly #rates: number[] = [];
  #total = 0;
  #atMs = 0;
  #timer = 0;

  connectedCallback(): void {
    this.#total = Number(this.dataset.total);
    this.#atMs = performance.now();
    this.#timer = window.setInterval(() => this.#read(), stepMs);
  }

  disconnectedCallback(): void {
    clearInterval(this.#timer);
  }

  #read(): void {
    const total = Number(this.dataset.total);
    const nowMs = performance.now();
    // Totals that began anew have no rate yet.
    const grown = Math.max(0, total - this.#total);
    this.#rates.push((grown * 8) / 1000 / (nowMs - this.#atMs));
    if (this.#rates.length > pointCountMax) this.#rates.shift();
    this.#total = total;
    this.#atMs = nowMs;
    this.replaceChildren(
      this.#line(),
      ` ${numberFormat(2).format(this.#rates.at(-1) ?? 0)} Mbit/s`,
    );
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
