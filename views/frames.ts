/** Where all frames of a range are drawn: the heat map, the distributions, and the low frame rates. */
import type { Reader } from "./format.ts";
import { type Html, html } from "./html.ts";

/** Follows the range of the charts; the script draws into it and leaves it hidden without rows. */
export function framesSection(
  { messages, format }: Reader,
  { frame }: { readonly frame: string },
): Html {
  const { frames: words, charts } = messages;
  const texts = JSON.stringify({
    ...charts,
    // JSON holds no function; the page inserts numbers.
    per: "",
    tag: format.tag,
    until: words.until,
    notMeasured: words.notMeasured,
  });
  return html`<capture-frames id="frames" class="frames" data-frame="${frame}" data-words="${texts}" hx-morph-skip-children hidden>
<figure class="chart chart-heat"><figcaption><strong>${words.heat}</strong> <span class="muted unit">${words.heatUnit}</span></figcaption>
<div class="heat" tabindex="0" role="application" aria-label="${words.heat}. ${words.heatHint}"></div><p class="heat-moment muted small" role="status">&nbsp;</p></figure>
${(["total", "interval", "age"] as const).map(
  (
    name,
  ) => html`<figure class="chart chart-distribution" data-distribution="${name}"><figcaption><strong>${words[name]}</strong> <span class="muted unit">ms</span> <span class="muted small" data-until></span></figcaption>
<div class="distribution" role="img" aria-label="${words[name]}. ${words.distributionHint}"></div><p class="muted small" data-figures></p></figure>`,
)}
<figure class="chart chart-lows"><figcaption><strong>${words.low}</strong> <span class="muted unit">fps</span></figcaption>
<dl class="facts">${lows(words).map(([name, text, hint]) => html`<div><dt title="${hint}">${text}</dt><dd data-low="${name}">–</dd></div>`)}</dl>
<p class="muted small">${words.p1}: ${words.p1Hint}. ${words.lowAverage}: ${words.lowAverageHint}. ${words.lowIntegral}: ${words.lowIntegralHint}.</p></figure>
</capture-frames>`;
}

function lows(words: Reader["messages"]["frames"]): readonly (readonly [string, string, string])[] {
  return [
    ["average_fps", words.average, ""],
    ["p1_fps", words.p1, words.p1Hint],
    ["low_average_fps", words.lowAverage, words.lowAverageHint],
    ["low_integral_fps", words.lowIntegral, words.lowIntegralHint],
  ];
}

/** The last two minutes of a running session, whether a capture records or not. */
export function recentFrames(
  { messages, format }: Reader,
  { session, client }: { readonly session: number; readonly client: string },
): Html {
  const { frames: words, charts } = messages;
  const texts = JSON.stringify({ ...charts, per: "", tag: format.tag });
  const label = `${words.recent}, ${client}`;
  return html`<recent-frames id="recent-${session}" class="recent" data-source="/api/v1/history/${session}/overview" data-frame="/history/${session}/frame" data-words="${texts}" hx-morph-skip-children>
<p class="small"><strong>${words.recent}</strong> <span class="muted">${client} · ${words.heatUnit}</span></p><div class="heat" role="img" aria-label="${label}"></div>
</recent-frames>`;
}
