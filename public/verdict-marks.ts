/**
 * The marks of a verdict in the charts: freezes over the whole height, runs of bad frames as a
 * strip in the colour of their cause, and the beats of a rhythm below. A legend switches each kind.
 * They come from the same verdict as the text of the card.
 */
import type { Field } from "./field.ts";
import type { Words } from "./plan.ts";
import type { Range } from "./range.ts";
import { beatTimes, causeName, type Marked, unknownCode } from "./verdict-beats.ts";

/** Where marks are drawn, and which kinds are switched off. */
export type MarkView = {
  readonly field: Field;
  readonly range: Range;
  readonly hidden: ReadonlySet<string>;
};

const space = "http://www.w3.org/2000/svg";
/** One frame is narrower than a pixel: its mark stays visible. */
const widthPxMin = 3;
const stripPx = 5;

/** One layer over one chart. */
export class VerdictLayer {
  readonly #svg = document.createElementNS(space, "svg");

  constructor() {
    this.#svg.setAttribute("class", "overlay verdict-marks");
    this.#svg.setAttribute("aria-hidden", "true");
  }

  draw(view: MarkView, marked: Marked | undefined, into: HTMLElement): void {
    const shapes = marked === undefined ? [] : shapesOf(view, marked);
    this.#svg.replaceChildren(...shapes);
    if (this.#svg.parentElement !== into) into.append(this.#svg);
  }

  clear(): void {
    this.#svg.remove();
  }
}

function shapesOf(view: MarkView, marked: Marked): SVGElement[] {
  const { field, hidden } = view;
  const strip = { y: field.top, height: stripPx };
  const whole = { y: field.top, height: field.height };
  const freezes = hidden.has("freeze") ? [] : (marked.freezes.list ?? []);
  const episodes = marked.episodes.filter(({ code = unknownCode }) => !hidden.has(code));
  return [
    ...freezes.flatMap((freeze) => rectOf(view, freeze, { ...whole, name: "mark-freeze" })),
    ...episodes.flatMap((episode) =>
      rectOf(view, episode, { ...strip, name: `cause-${episode.code ?? unknownCode}` }),
    ),
    ...(hidden.has("rhythm") ? [] : [beats(view, marked)]),
  ];
}

type Look = { readonly y: number; readonly height: number; readonly name: string };

function rectOf(
  { field, range }: MarkView,
  { from_ms, to_ms }: { readonly from_ms: number; readonly to_ms: number },
  { y, height, name }: Look,
): SVGElement[] {
  if (to_ms < range.fromMs || from_ms > range.toMs) return [];
  const place = (ms: number) => {
    const share = (ms - range.fromMs) / (range.toMs - range.fromMs);
    return field.left + Math.max(0, Math.min(1, share)) * field.width;
  };
  const x = place(from_ms);
  const rect = document.createElementNS(space, "rect");
  rect.setAttribute("class", name);
  rect.setAttribute("x", x.toFixed(1));
  rect.setAttribute("y", String(y));
  rect.setAttribute("width", Math.max(widthPxMin, place(to_ms) - x).toFixed(1));
  rect.setAttribute("height", String(height));
  return [rect];
}

/** A triangle on the time axis at each beat of the rhythm. */
function beats({ field, range }: MarkView, marked: Marked): SVGElement {
  const path = document.createElementNS(space, "path");
  path.setAttribute("class", "mark-beats");
  const y = field.top + field.height;
  const d = beatTimes(marked, range).map((ms) => {
    const x = field.left + ((ms - range.fromMs) / (range.toMs - range.fromMs)) * field.width;
    return `M${(x - 4).toFixed(1)} ${y}h8l-4 -7Z`;
  });
  path.setAttribute("d", d.join(""));
  return path;
}

/** Which kinds are switched off, and who is notified when that changes. */
type LegendState = {
  readonly hidden: Set<string>;
  readonly words: Words;
  changed(): void;
};

/** The kinds that a verdict has, each with a button that switches it. */
export function showMarkLegend(
  legend: HTMLElement,
  marked: Marked | undefined,
  { hidden, words, changed }: LegendState,
): void {
  const kinds = marked === undefined ? [] : kindsOf(marked);
  legend.hidden = kinds.length === 0;
  const focused = document.activeElement;
  const wasOn = focused instanceof HTMLElement && legend.contains(focused) && focused.dataset.kind;
  legend.replaceChildren(
    ...kinds.map((kind) => {
      const name = causeName(marked, kind, words);
      return legendItem({ kind, name }, { hidden, changed });
    }),
  );
  if (wasOn) legend.querySelector<HTMLElement>(`[data-kind="${wasOn}"]`)?.focus();
}

function kindsOf({ episodes, freezes, rhythm }: Marked): string[] {
  const codes = new Set(episodes.map(({ code = unknownCode }) => code as string));
  return [
    ...codes,
    ...((freezes.list ?? []).length > 0 ? ["freeze"] : []),
    ...(rhythm === undefined ? [] : ["rhythm"]),
  ];
}

function legendItem(
  { kind, name }: { readonly kind: string; readonly name: string },
  { hidden, changed }: Pick<LegendState, "hidden" | "changed">,
): HTMLLIElement {
  const item = document.createElement("li");
  const button = document.createElement("button");
  button.type = "button";
  button.className = "quiet";
  button.dataset.kind = kind;
  button.setAttribute("aria-pressed", String(!hidden.has(kind)));
  const swatch = document.createElement("i");
  swatch.className = `swatch cause-${kind}`;
  button.append(swatch, name);
  button.addEventListener("click", () => {
    if (!hidden.delete(kind)) hidden.add(kind);
    button.setAttribute("aria-pressed", String(!hidden.has(kind)));
    changed();
  });
  item.append(button);
  return item;
}
