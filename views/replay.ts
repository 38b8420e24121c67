/**
 * Replaying the calls of a recording: the plan, then the progress and how each answer compares.
 * Everything in a recording came from outside at some point: it is text, never markup.
 */
import { cutText } from "../src/base/cut-text.ts";
import { replayReasonTexts } from "../src/i18n/reasons.ts";
import type { RecordedReason } from "../src/model/reason.ts";
import { type ReplayCall, type ReplayRun, replayReasonText } from "../src/model/replay.ts";
import type { Reader } from "./format.ts";
import { type Html, html } from "./html.ts";
import { scrollTable } from "./scroll-table.ts";

export type ReplayView = {
  /** The shown recording, as in the page's address; "" is the current or latest. */
  readonly of: string;
  /** A plan, or a run with its progress; `undefined` before either was requested. */
  readonly run: ReplayRun | undefined;
};

/** Also served alone, at `/parts/replay`: it refreshes itself during a run. */
export function replaySection(reader: Reader, { of, run }: ReplayView): Html {
  const { timeline: words } = reader.messages;
  const renewal =
    run?.state === "running"
      ? html` hx-get="/parts/replay?of=${of}" hx-trigger="every 1s" hx-swap="outerHTML"`
      : "";
  return html`<section id="replay" class="card"${renewal}>
<div class="section-head"><h2>${words.replay}</h2></div>
<p class="muted">${words.replayText}</p>
${run === undefined ? "" : progress(reader, run)}
${run === undefined || run.calls.length === 0 ? "" : callsTable(reader, run.calls)}
<div class="buttons">${controls(reader, of, run)}</div>
</section>`;
}

/** On the page of a saved timeline: it is opened like an export, and its plan is shown. */
export function openToReplay({ messages: { timeline: words } }: Reader, action: string): Html {
  return html`<form method="post" action="${action}"><button>${words.openToReplay}</button></form>`;
}

function progress(reader: Reader, run: ReplayRun): Html {
  const { messages, format } = reader;
  const { timeline: words } = messages;
  if (run.calls.length === 0) return html`<p class="empty">${words.noCalls}</p>`;
  const done = words.progress(format.integer(run.position), format.integer(run.calls.length));
  const reason = run.reason === undefined ? "" : ` ${upperFirst(reasonText(reader, run))}.`;
  const mood = { equal: "good", different: "bad", ended: "bad" }[String(run.state)] ?? "";
  return html`<p class="notice ${mood}" role="status" data-state="${run.state}">${words.runStates[run.state]}${reason}${run.state === "plan" ? "" : html` <span class="muted">${done}</span>`}</p>
${run.incomplete ? html`<p class="fault">${words.incomplete}</p>` : ""}`;
}

function callsTable(reader: Reader, calls: readonly ReplayCall[]): Html {
  const { timeline: words } = reader.messages;
  return scrollTable({
    label: words.replay,
    heads: [words.time, words.call, words.state],
    rows: calls.map((call) => callRow(reader, call)),
  });
}

const bodyLengthMax = 200;

function callRow(reader: Reader, call: ReplayCall): Html {
  const { messages, format } = reader;
  const { timeline: words } = messages;
  const body = call.body === undefined ? "" : cutText(JSON.stringify(call.body), bodyLengthMax);
  const why = reasonText(reader, call);
  return html`<tr><td data-label="${words.time}" class="nowrap">+${format.seconds(call.after_ms / 1000)} s</td>
<td data-label="${words.call}" class="wrap">${call.method} ${call.path} ${body}</td>
<td data-label="${words.state}" class="wrap"><span class="badge">${words.callStates[call.state]}</span> ${why}</td></tr>`;
}

function upperFirst(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}

/** Empty if all went well. */
function reasonText({ language }: Reader, { reason_code, reason_values }: RecordedReason): string {
  if (reason_code === undefined) return "";
  const why = { code: reason_code, values: reason_values ?? {} };
  return replayReasonText(why, replayReasonTexts[language]) ?? "";
}

function controls(reader: Reader, of: string, run: ReplayRun | undefined): Html {
  const { timeline: words } = reader.messages;
  switch (run?.state) {
    case "running":
      return endForm(reader, of);
    case "stepping":
      return html`<form method="post" action="/timeline/replay/step"><input type="hidden" name="of" value="${of}"><button class="primary">${words.step}</button></form>${endForm(reader, of)}`;
    case "plan":
      return run.calls.length === 0 ? html`` : runForm(reader, of);
    default:
      return html`<a class="button" href="/timeline?${new URLSearchParams({ of, plan: "yes" }).toString()}#replay">${words.showPlan}</a>`;
  }
}

function runForm({ messages: { timeline: words } }: Reader, of: string): Html {
  const pacings = Object.entries(words.pacings);
  return html`<form class="filter" method="post" action="/timeline/replay"><input type="hidden" name="of" value="${of}">
<label>${words.pacing} <select name="pacing">${pacings.map(([pacing, word]) => html`<option value="${pacing}">${word}</option>`)}</select></label>
<button class="primary">${words.run}</button></form>`;
}

function endForm({ messages: { timeline: words } }: Reader, of: string): Html {
  return html`<form method="post" action="/timeline/replay/end"><input type="hidden" name="of" value="${of}"><button>${words.end}</button></form>`;
}
