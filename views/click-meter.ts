/** From a click to its picture, on the page of a stream that shows the test picture or a desktop. */
import type { Reader } from "./format.ts";
import { type Html, html } from "./html.ts";

/** Ten milliseconds each; the last one also holds all longer times. */
const barCount = 16;

/**
 * What answers the inputs: a mark in the test picture, or a window of the host’s on the desktop.
 */
export type ClickAnswer = "mark" | "window";

/** @param address of the socket that inputs go over */
export function clickMeter(reader: Reader, address: string, answer: ClickAnswer): Html {
  const { play: words } = reader.messages;
  const figure = (name: string, label: string) =>
    html`<div><dt>${label}</dt><dd data-figure="${name}">–</dd></div>`;
  return html`<click-meter data-address="${address}" data-answer="${answer}" data-failed="${words.measureFailed}" data-state="rest">
<div class="click-head"><button type="button">${words.measure}</button> <span class="muted">${answer === "mark" ? words.measureHint : words.windowHint}</span></div>
<p class="notice bad" data-part="failed" role="status" hidden></p>
<dl class="watch-figures">
${figure("clickP50", words.clickP50)}${figure("clickP99", words.clickP99)}${figure("toHost", words.toHost)}${figure("toCapture", words.toCapture)}${figure("toEncoded", words.toEncoded)}${figure("toShown", words.toShown)}
</dl>
<div class="click-bars" data-part="bars" role="img" aria-label="${words.bars}">${Array.from({ length: barCount }, () => html`<i></i>`)}</div>
<p class="muted small">${words.barsScale}</p>
</click-meter>`;
}
