/** The names of a chart's lines, below it. Text only: names of stages come from files. */
import { type Line, type Plan, readingOrder, type Words } from "./plan.ts";

/** Every line with its colour; lines without any measurement are named as such. */
export function showLegend(legend: Element, { lines, missing }: Plan, words: Words): void {
  const items = readingOrder(lines).map((line) => legendItem(line.name, line));
  const isAll = lines.length === 0;
  if (!isAll) {
    for (const name of missing) items.push(legendItem(`${name}: ${words.notMeasured ?? ""}`));
  }
  legend.replaceChildren(...items);
}

function legendItem(text: string, line?: Line): HTMLLIElement {
  const item = document.createElement("li");
  if (line !== undefined) {
    const mark = document.createElement("i");
    mark.className = `swatch c-${line.color} ${line.kind}${line.isDashed ? " dashed" : ""}`;
    item.append(mark);
  } else item.className = "muted";
  item.append(text);
  return item;
}
