/** The step of a verdict as a button, and its result. */
import type { Settings, SettingsChange } from "../src/model/settings.ts";
import { changeOfStep, type Trial, type TrialSide } from "../src/model/trial.ts";
import type { Cause } from "../src/model/verdict.ts";
import { type Fault, failureText } from "./failure.ts";
import type { Reader } from "./format.ts";
import { type Html, html } from "./html.ts";

/** The context of a card's button. */
export type StepTools = {
  readonly settings: Settings;
  /** The recording of the card; the live capture has none. */
  readonly recording?: string | undefined;
  readonly session: number;
  /** The page to return to if there is no script. */
  readonly to: string;
};

/** Nothing if onglass cannot apply the step itself. */
export function stepButton(
  reader: Reader,
  step: NonNullable<Cause["step"]>,
  { settings, recording, session, to }: StepTools,
): Html {
  const change = changeOfStep(step, settings);
  if (change === undefined) return html``;
  const words = reader.messages.trial;
  const fields = Object.entries(change).map(
    ([name, value]) => html`<input type="hidden" name="${name}" value="${String(value)}">`,
  );
  return html`<form class="step-act" method="post" action="/verdict/try" hx-post="/verdict/try" hx-target="#trial" hx-swap="outerHTML" hx-disable="find button">${fields}
<input type="hidden" name="session" value="${session}">${recording === undefined ? "" : html`<input type="hidden" name="recording" value="${recording}">`}<input type="hidden" name="to" value="${to}">
<button>${words.apply(changeText(reader, change))}</button></form>`;
}

/** `preset superfast and bitrate 8 Mbit/s` */
export function changeText({ messages, format }: Reader, change: SettingsChange): string {
  const words = messages.trial;
  const parts = Object.entries(words.set).flatMap(([name, text]) => {
    const value = change[name as keyof SettingsChange];
    if (value === undefined) return [];
    if (value === "" || value === 0) return [text(words.standard)];
    if (typeof value !== "number") return [text(String(value))];
    if (name === "bitrate_kbps") return [text(format.bitrate(value))];
    return [text(name === "pacing_share" ? format.percent(value) : format.rounded(value, 2))];
  });
  return parts.join(` ${words.and} `);
}

/** The result of pressing a button: the trial, or why nothing changed. */
export type TrialNotice =
  | { readonly kind: "undone" }
  | { readonly kind: "failed"; readonly failure: Fault };

/** Also served alone, at `/parts/trial`: it refreshes itself until its figures are complete. */
export function trialPart(reader: Reader, trial: Trial | undefined, notice?: TrialNotice): Html {
  const words = reader.messages.trial;
  if (notice?.kind === "failed") {
    return html`<section id="trial" role="alert"><p class="notice bad">${failureText(reader, notice.failure)}</p></section>`;
  }
  if (notice?.kind === "undone") {
    return html`<section id="trial" role="status"><p class="notice good">${words.undone}</p></section>`;
  }
  if (trial === undefined) return html`<section id="trial" hidden></section>`;
  return html`<section id="trial" class="card trial" role="status" hx-get="/parts/trial" hx-trigger="every 3s" hx-swap="outerMorph">
<div class="trial-done"><span>${words.done(changeText(reader, trial.change))}${changeText(reader, trial.was)}).</span>
<form method="post" action="/verdict/undo" hx-post="/verdict/undo" hx-target="#trial" hx-swap="outerHTML"><button>${words.undo}</button></form></div>
${effect(reader, trial)}
</section>`;
}

function effect(reader: Reader, trial: Trial): Html {
  const { messages, format } = reader;
  const words = messages.trial;
  const { state, before, after } = trial;
  if (state === "waiting") return html`<p class="muted">${words.waiting}</p>`;
  if (state === "measuring" || after === undefined) {
    return html`<p class="muted">${words.measuring(format.integer(after?.slots ?? 0))}</p>`;
  }
  const sides = [
    before && sideText(reader, words.before, before),
    sideText(reader, words.after, after),
  ];
  const isOther = before !== undefined && before.session_id !== after.session_id;
  const notes = [words.ranges, ...(isOther ? [words.other] : [])];
  return html`<p class="effect"><strong>${words.effect}:</strong> ${sides.filter((side) => side !== undefined).join(", ")}. <span class="muted">${notes.join("; ")}</span></p>
${before === undefined ? html`<p class="muted">${words.noBefore}</p>` : ""}`;
}

/** `before bad (3.1 % late, 0.4 % missing)`: the word too, as a picture may be poor and in time. */
function sideText({ messages, format }: Reader, name: string, side: TrialSide): string {
  const words = messages.trial;
  const share = (count: number) => {
    const value = count / Math.max(1, side.slots);
    return format.percent(Number(value.toFixed(value < 0.01 ? 4 : 3)));
  };
  const figures = [
    words.late(share(side.late)),
    ...(side.absent === 0 ? [] : [words.missing(share(side.absent))]),
    ...(side.old === 0 ? [] : [words.repeated(share(side.old))]),
  ];
  const { quality } = side;
  const word = quality === "cannot_tell" ? words.unclear : messages.verdict.quality[quality];
  return `${name} ${word.toLowerCase()} (${figures.join(", ")})`;
}
