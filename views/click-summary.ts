/** Clicks of a range in the figures: how long until their pictures, by part, and as a histogram. */
import { type ClickSummary, clickParts } from "../src/model/click.ts";
import type { Reader } from "./format.ts";
import { type Html, html } from "./html.ts";

/** Units of the picture: a bar is ten wide and has a gap of one. */
const [barWidth, barHeight] = [10, 60];

/** Nothing if none was measured. */
export function clickSummary(reader: Reader, clicks: ClickSummary | undefined): Html {
  if (clicks === undefined) return html``;
  const { messages, format } = reader;
  const { clicks: words } = messages.figures;
  const fact = (label: string, us: number) =>
    html`<div><dt>${label}</dt><dd title="${format.integer(us)} µs">${format.micros(us)}</dd></div>`;
  return html`<h3>${words.title}</h3>
<p class="muted">${words.count(format.integer(clicks.count))}</p>
<dl class="facts">${fact("p50", clicks.p50_us)}${fact("p99", clicks.p99_us)}${clickParts.map((part) => fact(words.parts[part], clicks.parts[part]))}</dl>
${histogramPicture(reader, clicks)}`;
}

function histogramPicture({ messages, format }: Reader, { histogram }: ClickSummary): Html {
  const { clicks: words } = messages.figures;
  const { counts, step_us } = histogram;
  const most = Math.max(1, ...counts);
  const bars = counts.map((count, index) => {
    const height = Math.round((barHeight * count) / most);
    return `M${index * barWidth} ${barHeight}v${-height}h${barWidth - 1}v${height}Z`;
  });
  const width = counts.length * barWidth;
  return html`<figure class="click-histogram"><svg viewBox="0 0 ${width} ${barHeight}" preserveAspectRatio="none" role="img" aria-label="${words.bars}"><path d="${bars.join("")}"/></svg>
<p class="ends small muted"><span>${format.micros(0)}</span><span>≥ ${format.micros(step_us * (counts.length - 1))}</span></p>
<p class="muted small">${words.scale(format.micros(step_us))}</p></figure>`;
}
