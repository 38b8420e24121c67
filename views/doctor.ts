/** The card that looks at the machine: a button, and the findings of the last press. */
import { doctorTexts } from "../src/i18n/doctor.ts";
import { type DoctorFinding, doctorText } from "../src/model/doctor.ts";
import type { Reader } from "./format.ts";
import { type Html, html } from "./html.ts";
import { scrollTable } from "./scroll-table.ts";

/** @param findings `undefined` before the first request; also served alone, at `/parts/doctor` */
export function doctorSection(
  { messages, language }: Reader,
  findings?: readonly DoctorFinding[],
): Html {
  const { doctor: words } = messages;
  const text = (finding: DoctorFinding) =>
    doctorText(doctorTexts[language], finding) ?? finding.text;
  const rows = findings?.map(
    (finding) => html`<tr><th scope="row">${words.areas[finding.area]}</th>
<td><strong>${words.words[finding.word]}</strong> · ${text(finding)}</td></tr>`,
  );
  return html`<section id="doctor" class="card">
<div class="section-head"><h2>${words.title}</h2></div>
<p class="muted">${words.about} ${words.link}</p>
<form method="get" action="/sessions" hx-get="/parts/doctor" hx-target="#doctor" hx-swap="outerHTML" hx-disable="find button"><input type="hidden" name="doctor" value="now"><button>${words.run}</button></form>
${findings?.length === 0 ? html`<p class="notice bad" role="status">${words.failed}</p>` : ""}
${rows === undefined || rows.length === 0 ? "" : scrollTable({ label: words.title, heads: [], rows })}
</section>`;
}
