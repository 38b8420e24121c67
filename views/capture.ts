/** The capture card with the live charts, and the notice of what Start or Stop did. */
import type { StatsStatus } from "../src/model/capture.ts";
import type { Session } from "../src/model/session.ts";
import type { Settings } from "../src/model/settings.ts";
import type { Trial } from "../src/model/trial.ts";
import type { Verdict } from "../src/model/verdict.ts";
import { chartElement } from "./charts.ts";
import { clientText } from "./client.ts";
import { type Fault, failureText } from "./failure.ts";
import { nameOf, type Reader } from "./format.ts";
import { recentFrames } from "./frames.ts";
import { type Html, html } from "./html.ts";
import { stepButton } from "./trial.ts";
import { stepText, verdictSentence } from "./verdict.ts";

export type CaptureNow = {
  readonly status: StatsStatus;
  readonly sessions: readonly Session[];
  /** The last minute of sessions that have rows. */
  readonly verdicts: readonly { readonly session: Session; readonly verdict: Verdict }[];
  readonly ways: WaysToPlay;
  /** The changes of a verdict's next step; without, no step is offered. */
  readonly settings?: Settings | undefined;
  /** The last applied step, while it can be undone. */
  readonly trial?: Trial | undefined;
  /** The start of the time that the verdicts cover. */
  readonly judgedFromMs: number;
};

/** How a visitor of the page gets a picture. */
export type WaysToPlay = {
  /** Addresses to add as a host in Moonlight; none when GameStream is off. */
  readonly moonlight: readonly string[];
  /** The page was opened on the host's own machine. */
  readonly isHere: boolean;
  /** The command that starts a player in a terminal there. */
  readonly playCommand: string;
};

/**
 * Also served alone, at `/parts/capture`: it renews itself when the recorder says so. Its buttons
 * are above the verdict, which appears, disappears and wraps: they must not move in the middle of a
 * click.
 */
export function captureSection(reader: Reader, now: CaptureNow): Html {
  return html`<section id="capture" hx-get="/parts/capture" hx-trigger="capture-changed from:body, every 5s" hx-swap="outerMorph">
<div class="card capture" id="capture-card">
<div class="capture-head"><h1>${reader.messages.capture.title}</h1>${captureBadge(reader, now.status)}</div>
${facts(reader, now)}
<div class="capture-act">${captureButton(now.status, reader.messages.capture)}${keepButton(reader, now)}</div>
${verdictLines(reader, now)}
${hint(reader, now)}
</div>
${now.status.armed ? live(reader, now.status) : ""}
${recentParts(reader, now)}
</section>`;
}

const recentCountMax = 2;

/** The last two minutes, frame by frame, whether a capture records or not. */
function recentParts(reader: Reader, { sessions }: CaptureNow): Html {
  return html`${sessions.slice(0, recentCountMax).map((session) => recentFrames(reader, { session: session.session_id, client: clientText(reader, session) }))}`;
}

/** Whether a capture is recording, waits to be saved, or neither. */
export function captureBadge(
  { messages: { capture } }: Reader,
  { armed, held }: StatsStatus,
): Html {
  if (armed) return html`<span class="badge on"><i class="dot"></i>${capture.recording}</span>`;
  if (held) return html`<span class="badge bad">${capture.held}</span>`;
  return html`<span class="badge">${capture.idle}</span>`;
}

function facts(reader: Reader, { status, sessions }: CaptureNow): Html {
  const { messages, format } = reader;
  const { capture } = messages;
  const elapsedMs = status.elapsed_ms ?? 0;
  const players = sessions.map((session) => clientText(reader, session)).join(", ");
  const kinds = [...new Set([status.kind, ...sessions.map(({ kind }) => kind)])].filter(Boolean);
  return html`<dl class="facts">
${
  status.armed || status.held
    ? html`<div><dt>${capture.elapsed}</dt><dd>${
        status.armed
          ? html`<elapsed-time data-ms="${elapsedMs}">${format.duration(elapsedMs)}</elapsed-time>`
          : format.duration(elapsedMs)
      }</dd></div>
<div><dt>${capture.samples}</dt><dd><sample-count data-count="${status.sample_count}">${format.integer(status.sample_count)}</sample-count></dd></div>`
    : ""
}
<div><dt>${capture.kind}</dt><dd>${kinds.length === 0 ? "–" : kinds.map(nameOf).join(", ")}</dd></div>
<div><dt>${capture.playing}</dt><dd class="clip">${sessions.length === 0 ? "–" : players}</dd></div>
</dl>`;
}

/** One line per session: its current state, and why. */
function verdictLines(reader: Reader, now: CaptureNow): Html {
  const { verdicts, trial, judgedFromMs } = now;
  // The time before a step says nothing about the next one.
  const isTried = trial !== undefined && trial.changed_unix_ms > judgedFromMs;
  const settings = isTried ? undefined : now.settings;
  const many = verdicts.length > 1;
  return html`${verdicts.map(({ session, verdict }) => {
    const sentence = verdictSentence(reader, { verdict, mode: session });
    const who = many ? html`<strong>${clientText(reader, session)}</strong> ` : html``;
    return html`<p class="verdict-now verdict-${verdict.quality}">${who}<span class="muted">${reader.messages.verdict.lastMinute}</span> ${sentence}</p>
${nextStep(reader, verdict, settings)}`;
  })}`;
}

/** The advice for the leading cause, as a button if onglass can apply it. */
function nextStep(reader: Reader, verdict: Verdict, settings: Settings | undefined): Html {
  const step = verdict.quality === "smooth" ? undefined : verdict.causes[0]?.step;
  if (step === undefined || settings === undefined) return html``;
  const tools = { settings, session: verdict.session_id, to: "/" };
  return html`<p class="verdict-step"><span class="step">${stepText(reader, step)}</span></p>${stepButton(reader, step, tools)}`;
}

/** Keeping the recent past needs a session in it. */
function keepButton({ messages }: Reader, { status, sessions }: CaptureNow): Html {
  if (sessions.length === 0 || status.held) return html``;
  return post("/capture/keep", html`<button class="keep">${messages.capture.keep}</button>`);
}

type ButtonLabels = Record<"start" | "stop" | "retry", string>;

/** The one possible action now. The answer goes to the notice; the shown state refreshes itself. */
export function captureButton({ armed, held }: StatsStatus, labels: ButtonLabels): Html {
  if (armed) return post("/capture/stop", html`<button class="stop">${labels.stop}</button>`);
  if (held) return post("/capture/stop", html`<button class="primary">${labels.retry}</button>`);
  return post("/capture/start", html`<button class="primary start">${labels.start}</button>`);
}

function post(action: string, button: Html): Html {
  return html`<form method="post" action="${action}" hx-post="${action}" hx-target="#notice" hx-swap="outerHTML" hx-disable="find button">${button}</form>`;
}

function hint(reader: Reader, { status, sessions, ways }: CaptureNow): Html {
  const { capture } = reader.messages;
  if (sessions.length > 0 && !status.held) {
    return status.armed ? html`` : html`<p class="muted">${capture.idleHint}</p>`;
  }
  return html`${status.held ? html`<p class="fault">${capture.heldHint}</p>` : ""}
${sessions.length === 0 ? waysList(reader, ways) : ""}`;
}

/** Options from the reader's position: first those without an installation, the terminal last. */
function waysList({ messages }: Reader, { moonlight, isHere, playCommand }: WaysToPlay): Html {
  const { capture, sessions: words } = messages;
  const addresses = moonlight.map((address) => html` <code>${address}</code>`);
  return html`<div class="how"><p><strong>${capture.nobody}</strong></p>
<dl class="ways">
<div><dt>${capture.inBrowser}</dt><dd><a class="button" href="/watch">${messages.watch.start}</a></dd></div>
${
  moonlight.length === 0
    ? ""
    : html`<div><dt>Moonlight</dt><dd>${capture.addInMoonlight}${addresses} · <a href="/sessions#waiting">${capture.enterPin}</a></dd></div>`
}
<div><dt>${isHere ? capture.inTerminal : capture.inOtherTerminal}</dt><dd>${copyable({ copy: words.copy, copied: words.copied, text: playCommand })}${
    isHere ? "" : html` <a href="/sessions#pairing">${capture.pairFirst}</a>`
  }</dd></div>
</dl></div>`;
}

/** A command to run elsewhere, with a button that the script shows. */
export function copyable({ text, copy, copied }: Record<"text" | "copy" | "copied", string>): Html {
  return html`<copy-line class="copy" data-copied="${copied}"><code>${text}</code><button type="button" class="scripted">${copy}</button></copy-line>`;
}

function live(reader: Reader, status: StatsStatus): Html {
  const { capture } = reader.messages;
  return html`<div class="live" id="live">
<div class="section-head"><h2>${capture.live}</h2><a href="/capture">${capture.openLive}</a></div>
${chartElement(reader, {
  id: "live-charts",
  source: "/api/v1/stats/capture/series",
  capture: String(status.started_unix_ms),
  isLive: true,
  windowMs: 300_000,
  elapsedMs: status.elapsed_ms ?? 0,
  marks: "/capture/marks",
  moments: "/timeline",
  waiting: status.kind === "" ? capture.waitingPlayer : capture.waiting,
})}
</div>`;
}

export type Notice =
  | { readonly kind: "none" }
  | { readonly kind: "started" | "empty" }
  | { readonly kind: "saved"; readonly id: string }
  | { readonly kind: "failed"; readonly failure: Fault };

/** Place for the notices of Start and Stop; their answers contain it. */
export function captureNotice(reader: Reader, notice: Notice): Html {
  const { capture } = reader.messages;
  switch (notice.kind) {
    case "none":
    case "started":
      return html`<div id="notice" role="status"></div>`;
    case "empty":
      return html`<div id="notice" role="status"><p class="notice">${capture.empty}</p></div>`;
    case "saved":
      return html`<div id="notice" role="status"><p class="notice good">${capture.saved} <a href="/recordings/${encodeURIComponent(notice.id)}">${capture.view}</a> <span class="muted">${notice.id}</span></p></div>`;
    case "failed":
      return html`<div id="notice" role="alert"><p class="notice bad"><strong>${capture.failed}</strong> ${failureText(reader, notice.failure)}</p></div>`;
    default:
      return notice satisfies never;
  }
}
