/** A histogram and its cumulative curve, on a log scale of time, as an SVG. */
import type { Distribution } from "../src/model/frames-overview.ts";
import { axisNumber } from "./format.ts";
import { cumulative, usedBins } from "./frame-folds.ts";

const space = "http://www.w3.org/2000/svg";
const [width, height, foot] = [400, 120, 20];
const labelledMs = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000] as const;

/** Draws into an element, replacing its content. */
export function showDistribution(
  element: HTMLElement,
  { counts, count }: Distribution,
  binsUs: readonly number[],
): void {
  if (count === 0) {
    element.replaceChildren();
    return;
  }
  const { first, last } = usedBins(counts);
  const shown = counts.slice(first, last + 1);
  const most = Math.max(...shown);
  const step = width / shown.length;
  const bars = shown
    .map((value, index) => {
      // A bin with a single frame is visible.
      const top = value === 0 ? 0 : Math.max(1.5, (value / most) * height);
      return top === 0
        ? ""
        : `M${n(index * step)} ${height}v${n(-top)}h${n(step * 0.86)}v${n(top)}Z`;
    })
    .join("");
  const shares = cumulative(counts).slice(first, last + 1);
  const curve = shares
    .map(
      (share, index) =>
        `${index === 0 ? "M" : "L"}${n((index + 1) * step)} ${n(height * (1 - share))}`,
    )
    .join("");
  const svg = node("svg", { viewBox: `0 0 ${width} ${height + foot}`, class: "histogram" });
  svg.append(
    node("path", { class: "histogram-bars", d: bars }),
    node("path", { class: "histogram-curve", d: curve }),
    ...labels(binsUs, { first, last, step }),
  );
  element.replaceChildren(svg);
}

function labels(
  binsUs: readonly number[],
  { first, last, step }: { first: number; last: number; step: number },
): SVGElement[] {
  let before = Number.NEGATIVE_INFINITY;
  return labelledMs.flatMap((ms) => {
    const bin = binsUs.findIndex((us) => us >= ms * 1000 - 1);
    const x = (bin - first) * step;
    if (bin < first || bin > last || x - before < 34 || x > width - 8) return [];
    before = x;
    const text = node("text", { x: n(x), y: String(height + 15), class: "value-label middle" });
    text.textContent = axisNumber(ms, 0);
    return [text];
  });
}

function node(name: string, attributes: Readonly<Record<string, string>>): SVGElement {
  const element = document.createElementNS(space, name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  return element;
}

function n(value: number): string {
  return String(Math.round(value * 10) / 10);
}
