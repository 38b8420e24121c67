/** The settings of running streams, as a form; errors are shown at their own fields. */
import {
  isSwitch,
  isText,
  presetsOfNvenc,
  presetsOfSvt,
  presetsOfX26x,
  type Settings,
  type SettingsField,
  settingsFields,
} from "../src/model/settings.ts";
import { type Fault, failureText } from "./failure.ts";
import type { Reader } from "./format.ts";
import { type Html, html } from "./html.ts";

export type SettingsCard = {
  readonly settings: Settings;
  /** Rejected input: it stays in its field. */
  readonly typed?: ReadonlyMap<SettingsField, string>;
  readonly faulty?: ReadonlySet<SettingsField>;
  readonly notice?: SettingsNotice;
};

export type SettingsNotice =
  | { readonly kind: "saved" }
  | { readonly kind: "invalid" }
  | { readonly kind: "failed"; readonly failure: Fault };

/**
 * Also served alone, at `/parts/settings`: it refreshes itself, and sends unsaved input along, so
 * that it returns in its field while the others show somebody else's changes.
 */
export function settingsSection(reader: Reader, card: SettingsCard): Html {
  const { settings: words } = reader.messages;
  return html`<section id="settings" class="card" hx-get="/parts/settings" hx-trigger="every 5s" hx-include="#settings-form" hx-swap="outerMorph">
<div class="section-head"><h2>${words.title}</h2></div>
${noticeOf(reader, card.notice)}
<p class="muted">${words.intro}</p>
<form id="settings-form" method="post" action="/settings" hx-post="/settings" hx-target="#settings" hx-swap="outerHTML">
${card.faulty === undefined ? "" : html`<input type="hidden" name="marked" value="yes">`}
<div class="settings-fields">${settingsFields.map((field) => fieldOf(reader, card, field))}</div>
<div class="buttons"><button>${words.save}</button></div>
</form>
</section>`;
}

/** Refreshing the section does not touch it: it stays until the next change. */
function noticeOf(reader: Reader, notice: SettingsNotice | undefined): Html {
  if (notice === undefined)
    return html`<div id="settings-notice" role="status" hx-morph-skip></div>`;
  const text =
    notice.kind === "failed"
      ? failureText(reader, notice.failure)
      : reader.messages.settings[notice.kind];
  const look = notice.kind === "saved" ? "good" : "bad";
  return html`<div id="settings-notice" role="status" hx-morph-skip><p class="notice ${look}">${text}</p></div>`;
}

/** With the field's value when the page was made: only changed fields are sent on. */
function fieldOf(reader: Reader, card: SettingsCard, field: SettingsField): Html {
  const { settings: words } = reader.messages;
  const before = String(card.settings[field]);
  const value = card.typed?.get(field) ?? before;
  const isFaulty = card.faulty?.has(field) === true;
  const attributes = html`id="set-${field}" name="${field}" aria-describedby="takes-${field}" aria-invalid="${isFaulty ? "true" : "false"}"`;
  return html`<div><label for="set-${field}">${words[field]}</label>
<input type="hidden" name="was_${field}" value="${before}">
${inputOf(reader, field, { attributes, value })}
<span id="takes-${field}" class="small ${isFaulty ? "fault" : "muted"}">${words.takes[field]}</span></div>`;
}

function inputOf(
  reader: Reader,
  field: SettingsField,
  { attributes, value }: { readonly attributes: Html; readonly value: string },
): Html {
  if (field === "encoder_preset") return presetChoice(reader, attributes, value);
  if (isSwitch(field)) return switchChoice(reader, attributes, value);
  if (isText(field)) {
    return html`<input ${attributes} type="url" maxlength="512" spellcheck="false" autocomplete="off" value="${value}">`;
  }
  return html`<input ${attributes} type="number" min="0" max="${maxOf[field]}" step="${field === "pacing_share" ? "any" : 1}" required value="${value}">`;
}

function switchChoice({ messages }: Reader, attributes: Html, chosen: string): Html {
  const { on, off } = messages.settings;
  const option = (value: string, text: string) =>
    html`<option value="${value}"${value === chosen ? html` selected` : ""}>${text}</option>`;
  return html`<select ${attributes}>${option("false", off)}${option("true", on)}</select>`;
}

/** As the browser checks them; the bounds of the model are decisive. */
const maxOf = {
  bitrate_kbps: 500_000,
  fps_cap: 480,
  parity_percent_min: 50,
  parity_percent_max: 50,
  pacing_share: 0.9,
  history_days: 365,
  history_mb: 1_000_000,
  keep_on_late: 1000,
  keep_on_missed: 1000,
  keep_on_lost: 1000,
  keep_on_stall_ms: 60_000,
  keep_count: 1000,
} as const;

const presets = [
  ["x264, x265", presetsOfX26x],
  ["SVT-AV1", presetsOfSvt],
  ["NVENC", presetsOfNvenc],
] as const;

function presetChoice({ messages }: Reader, attributes: Html, chosen: string): Html {
  const option = (value: string, text: string) =>
    html`<option value="${value}"${value === chosen ? html` selected` : ""}>${text}</option>`;
  const groups = presets.map(
    ([label, names]) =>
      html`<optgroup label="${label}">${names.map((name) => option(name, name))}</optgroup>`,
  );
  return html`<select ${attributes}>${option("", messages.settings.asStarted)}${groups}</select>`;
}
