/** The figures next to a watched picture, computed from its totals once a second. */
import { numberFormat } from "./format.ts";

/** Totals since the page was loaded, and the current age of the picture. */
export type PageFigures = {
  readonly shown: number;
  readonly stalls: number;
  readonly bytes: number;
  readonly ageUs: number | undefined;
  readonly jumps: number;
};

/** The elements with `data-figure` below a root. */
export class WatchFigures {
  readonly #root: HTMLElement;
  #before = { shown: 0, bytes: 0, atMs: 0 };

  constructor(root: HTMLElement) {
    this.#root = root;
  }

  /** When they were last shown, or started. */
  get shownMs(): number {
    return this.#before.atMs;
  }

  begin(): void {
    this.#before.atMs = performance.now();
  }

  show({ shown, stalls, bytes, ageUs, jumps }: PageFigures): void {
    const nowMs = performance.now();
    const seconds = (nowMs - this.#before.atMs) / 1000;
    const one = numberFormat(1);
    putFigure(this.#root, "latency", ageUs === undefined ? "–" : `${one.format(ageUs / 1000)} ms`);
    putFigure(this.#root, "fps", `${one.format((shown - this.#before.shown) / seconds)} fps`);
    putFigure(
      this.#root,
      "mbps",
      `${one.format(((bytes - this.#before.bytes) * 8) / 1e6 / seconds)} Mbit/s`,
    );
    putFigure(this.#root, "stalls", numberFormat(0).format(stalls));
    putFigure(this.#root, "jumps", numberFormat(0).format(jumps));
    this.#before = { shown, bytes, atMs: nowMs };
  }
}

/** Writes into the element with this `data-figure`, if there is one. */
export function putFigure(root: HTMLElement, name: string, text: string): void {
  const figure = root.querySelector(`[data-figure="${name}"]`);
  if (figure !== null) figure.textContent = text;
}
