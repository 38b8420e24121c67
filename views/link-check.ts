/** The card that measures the link between the host and the browser that shows it. */
import { linkAdviceTexts } from "../src/i18n/link-check.ts";
import { type LinkFacts, linkAdviceFor, linkAdviceText } from "../src/model/link-check.ts";
import type { Reader } from "./format.ts";
import { type Html, html } from "./html.ts";

/** Without a script there is nothing to press: it stays hidden. */
export function linkCheck({ messages }: Reader): Html {
  const { linkCheck: words } = messages;
  return html`<section class="card">
<div class="section-head"><h2>${words.title}</h2></div>
<p class="muted">${words.about}</p>
<link-check hidden data-asking="${words.asking}" data-failed="${words.failed}">
<button type="button">${words.run}</button> <progress hidden max="1" value="0"></progress> <span role="status" class="muted"></span>
<div id="link-answer"></div>
</link-check>
</section>`;
}

/** The result of the rounds; inserted into `#link-answer`. */
export function linkAnswer({ messages, language, format }: Reader, facts: LinkFacts): Html {
  const { linkCheck: words } = messages;
  const known = (us: number | undefined) =>
    us === undefined ? messages.charts.notMeasured : format.micros(us);
  const carried = format.bitrate(facts.carried_kbps);
  const rows: [string, string][] = [
    [words.carries, facts.is_at_least ? words.atLeast(carried) : carried],
    [words.jitter, known(facts.jitter_us)],
    [words.rtt, known(facts.rtt_us)],
    [words.loss, words.noLoss],
  ];
  const number = (value: number) => format.rounded(value, 3);
  const advice = linkAdviceFor(facts).map(
    (one) => html`<li>${linkAdviceText(linkAdviceTexts[language], one, number)}</li>`,
  );
  return html`<div class="scroll"><table class="rows"><tbody>${rows.map(
    ([name, value]) => html`<tr><th scope="row">${name}</th><td>${value}</td></tr>`,
  )}</tbody></table></div>
<ul>${advice}</ul>`;
}
