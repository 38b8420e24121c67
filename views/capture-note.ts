/** A person's notes on a capture: shown at its head, and the form that changes them. */
import type { CaptureMeta } from "../src/model/capture.ts";
import { captureNoteLimits as limits } from "../src/model/capture-note.ts";
import type { Reader } from "./format.ts";
import { type Html, html } from "./html.ts";
import { labelBadges } from "./recordings.ts";

/** Labels and the note; nothing if there are none. */
export function noteText({ note, labels = [] }: CaptureMeta): Html {
  return html`${labels.length === 0 ? "" : html`<p class="labels">${labelBadges(labels)}</p>`}${note === undefined ? "" : html`<p class="note">${note}</p>`}`;
}

/** Collapsed until needed; a plain form. */
export function noteForm({ messages: { notes: words } }: Reader, meta: CaptureMeta): Html {
  const action = `/recordings/${encodeURIComponent(meta.id)}/note`;
  const labelsLengthMax = limits.labelCountMax * (limits.labelLengthMax + 2);
  return html`<details class="note-form"><summary>${words.edit}</summary>
<form method="post" action="${action}">
<label>${words.name} <input name="name" value="${meta.name ?? ""}" maxlength="${limits.nameLengthMax}" autocomplete="off"></label>
<label>${words.labels} <input name="labels" value="${(meta.labels ?? []).join(", ")}" maxlength="${labelsLengthMax}" autocomplete="off"> <span class="muted small">${words.labelsHint}</span></label>
<label>${words.note} <textarea name="note" rows="3" maxlength="${limits.noteLengthMax}">${meta.note ?? ""}</textarea></label>
<label class="choice"><input type="checkbox" name="baseline" value="yes"${meta.baseline ? html` checked` : ""}> ${words.isBaseline}</label>
<button>${words.save}</button>
</form></details>`;
}
