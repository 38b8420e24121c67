/** Experiments: the form that starts one, the running one, and the results of the others. */
import {
  blockSecondsDefault,
  type Experiment,
  experimentLimits,
  isUnderWay,
  secondsDefault,
} from "../src/model/experiment.ts";
import { experimentFields } from "../src/model/settings.ts";
import type { Reader } from "./format.ts";
import { type Html, html } from "./html.ts";
import { comparisonCard, comparisonSentence } from "./run-comparison.ts";
import { scrollTable } from "./scroll-table.ts";

/** @param problem why the last one was not started */
export function experimentsPage(
  reader: Reader,
  experiments: readonly Experiment[],
  problem?: Html,
): Html {
  const { experiments: words, detail } = reader.messages;
  return html`<div class="page-head"><p><a href="/">← ${detail.back}</a></p><h1>${words.title}</h1><p>${words.intro}</p></div>
${problem === undefined ? "" : html`<p class="fault" role="alert">${words.refused}: ${problem}</p>`}
${experiments.some(isUnderWay) ? "" : startForm(reader)}
${experimentsList(reader, experiments)}`;
}

function startForm({ messages }: Reader): Html {
  const { experiments: words } = messages;
  const { secondsMin, secondsMax, blockSecondsMin, blockSecondsMax } = experimentLimits;
  return html`<section class="card"><form method="post" action="/experiments" class="experiment-form">
<label>${words.setting} <select name="setting">${experimentFields.map((field) => html`<option value="${field}">${words.settings[field]}</option>`)}</select></label>
<label>${words.values} <input name="values" required value="ultrafast, fast" maxlength="80" autocomplete="off"> <span class="muted small">${words.valuesHint}</span></label>
<label>${words.seconds} <input type="number" name="seconds" value="${secondsDefault}" min="${secondsMin}" max="${secondsMax}"></label>
<label>${words.block} <input type="number" name="block_seconds" value="${blockSecondsDefault}" min="${blockSecondsMin}" max="${blockSecondsMax}"></label>
<div><button class="primary">${words.start}</button> <span class="muted small">${words.needsPlayer}</span></div>
</form></section>`;
}

/** Also served alone, at `/parts/experiments`: refreshed while one runs. */
export function experimentsList(reader: Reader, experiments: readonly Experiment[]): Html {
  const { messages, format } = reader;
  const { experiments: words } = messages;
  const isRunning = experiments.some(isUnderWay);
  const renew = isRunning
    ? html` hx-get="/parts/experiments" hx-trigger="every 2s" hx-swap="outerMorph"`
    : "";
  if (experiments.length === 0) {
    return html`<section id="experiments" class="card"><p class="empty">${words.none}</p></section>`;
  }
  return html`<section id="experiments" class="card"${renew}>
${scrollTable({
  label: words.title,
  heads: [words.when, words.setting, words.state, words.result],
  rows: experiments.map(
    (one) => html`<tr><td><a href="${addressOf(one)}">${format.date(one.started_unix_ms)}</a></td>
<td data-label="${words.setting}" class="plain">${words.settings[one.setting]}: ${valuesText(reader, one)}</td>
<td data-label="${words.state}" class="plain">${stateText(reader, one)}</td>
<td data-label="${words.result}" class="wrap">${resultText(reader, one)}</td></tr>`,
  ),
})}</section>`;
}

/** A single one. Refreshes itself while it runs. */
export function experimentPage(reader: Reader, experiment: Experiment): Html {
  const { messages, format } = reader;
  const { experiments: words } = messages;
  return html`<div class="page-head"><p><a href="/experiments">← ${words.title}</a></p>
<h1>${words.settings[experiment.setting]}: ${valuesText(reader, experiment)}</h1>
<p class="muted">${format.date(experiment.started_unix_ms)}</p></div>
${experimentPart(reader, experiment)}`;
}

/** Also served alone, at the page's address and `/part`. */
export function experimentPart(reader: Reader, experiment: Experiment): Html {
  const { messages, format } = reader;
  const { experiments: words } = messages;
  const address = addressOf(experiment);
  const isRunning = isUnderWay(experiment);
  const renew = isRunning
    ? html` hx-get="${address}/part" hx-trigger="every 2s" hx-swap="outerMorph"`
    : "";
  const leftOut = experiment.runs.filter(({ left_out }) => left_out !== undefined).length;
  const { capture_id } = experiment;
  return html`<section id="experiment"${renew}>
<div class="card"><p><strong>${stateText(reader, experiment)}</strong> <span class="muted">${words.order(experiment.order)}</span></p>
${isRunning ? html`<p><meter min="0" max="${experiment.runs_planned}" value="${experiment.runs.length}"></meter></p><form method="post" action="${address}/abort"><button class="stop">${words.abort}</button></form>` : ""}
${!isRunning && !experiment.restored ? html`<p class="fault">${words.notRestored}</p>` : ""}
${leftOut === 0 ? "" : html`<p>${words.leftOut(format.integer(leftOut))}</p>`}
${capture_id === undefined ? "" : html`<p><a href="/recordings/${encodeURIComponent(capture_id)}">${words.capture}</a></p>`}</div>
${(experiment.comparisons ?? []).map((comparison) => html`<h2>${words.pair(comparison.a.name ?? "", comparison.b.name ?? "")}</h2>${comparisonCard(reader, comparison)}`)}
</section>`;
}

function addressOf({ id }: Experiment): string {
  return `/experiments/${encodeURIComponent(id)}`;
}

function valuesText({ messages }: Reader, { values }: Experiment): string {
  return values.map((value) => (value === "" ? messages.experiments.standard : value)).join(", ");
}

function stateText({ messages, format }: Reader, experiment: Experiment): string {
  const { experiments: words } = messages;
  const { state, abort_code, runs, runs_planned } = experiment;
  if (state === "aborted" && abort_code !== undefined) {
    return `${words.states.aborted}: ${words.aborted[abort_code]}`;
  }
  if (state !== "running") return words.states[state];
  const progress = words.progress(format.integer(runs.length), format.integer(runs_planned));
  return `${words.states.running}, ${progress}`;
}

function resultText(reader: Reader, { comparisons = [] }: Experiment): string {
  return comparisons.map((one) => comparisonSentence(reader, one)).join(" ");
}
