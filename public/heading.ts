/**
 * The line above a chart, next to its name: the unit, and the value of peaks that lie off the
 * scale.
 */

import type { ChartName } from "../src/model/metric-row.ts";
import { digitsOf } from "../src/model/metric-units.ts";
import { numberFormat } from "./format.ts";
import { usualStep } from "./pauses.ts";
import { isTimeChart, type Plan, type Words } from "./plan.ts";
import type { Scale } from "./scale.ts";

type Heading = {
  readonly name: ChartName;
  readonly figure: HTMLElement;
  readonly words: Words;
};

/** How far the clipped peaks go. */
export function showOffScale({ figure, words, name }: Heading, { off }: Scale): void {
  const note = figure.querySelector<HTMLElement>(".off-scale");
  if (note === null) return;
  note.hidden = off === undefined;
  if (off === undefined) return;
  const isTime = isTimeChart(name);
  const shown = isTime ? off.max / 1000 : off.max;
  const text = numberFormat(isTime ? digitsOf("us", shown) : 0).format(shown);
  note.textContent = `▲ ${words.offScale ?? ""} ${text}${isTime ? " ms" : ""}`;
}

/** The unit of what is drawn, next to the chart's name. */
export function showUnit(drawing: Heading, plan: Plan): void {
  const unit = drawing.figure.querySelector(".unit");
  if (unit !== null) unit.textContent = unitOf(drawing, plan);
}

/** Counts are per point, and a point covers more windows the wider the range is. */
export function unitOf({ words, name }: Pick<Heading, "words" | "name">, { lines }: Plan): string {
  const steps = new Set([...new Set(lines.map(({ times }) => times))].map(usualStep));
  const [stepMs = 0] = steps;
  // Captures of different lengths have points of different lengths.
  if (name !== "health" || steps.size > 1 || stepMs === 0) return words[`${name}Unit`] ?? "";
  return (words.per ?? "").replace("{}", numberFormat(1).format(stepMs / 1000));
}
