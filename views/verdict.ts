/**
 * A verdict for people: the sentence first, under it the causes with share, evidence and the worst
 * place, then what to do. The same sentence is printed by `onglass why`.
 */
import { causeWords } from "../src/i18n/causes.ts";
import type { VerdictWords } from "../src/i18n/verdict.ts";
import { formerSetting } from "../src/model/trial.ts";
import type { Cause, Evidence, Verdict } from "../src/model/verdict.ts";
import { blamePicture } from "./blame.ts";
import type { Format, Reader } from "./format.ts";
import { type Html, html } from "./html.ts";
import { stretchesText } from "./stretches.ts";
import { changeText, type StepTools, stepButton } from "./trial.ts";

export type VerdictCard = {
  readonly verdict: Verdict;
  /** The requested mode of the stream. */
  readonly mode: { readonly width: number; readonly height: number; readonly fps: number };
  /** Address of the page about the events at a moment. */
  readonly moments: string;
  /** The page with this stream's charts; a worst place opens there. */
  readonly charts?: string | undefined;
  /** Address of a saved capture's bug report bundle; none if nothing is saved. */
  readonly bundle?: string | undefined;
  /** The context of the steps' buttons; without, the steps are words. */
  readonly tools?: StepTools | undefined;
};

type Mode = VerdictCard["mode"];

const shownCauseCount = 3;
/** A cause with less than this share of the excess does not explain the rest. */
const mainShare = 0.5;
/** A time shorter than this many usual ones is not why a frame was late. */
const longerFactor = 1.5;
/** Shown on each side of a worst place. */
const worstAroundMs = 5000;

/** Also served alone, so that a selected range gets its own; empty if nothing is known. */
export function verdictPart(reader: Reader, card: VerdictCard | undefined): Html {
  return card === undefined
    ? html`<section id="verdict" hidden></section>`
    : verdictCard(reader, card);
}

/** In its place while that of a long range is computed: the page is shown first. */
export function verdictLater({ messages }: Reader, address: string): Html {
  const { title, working } = messages.verdict;
  return html`<section id="verdict" class="card verdict" aria-label="${title}" aria-busy="true" hx-get="${address}" hx-trigger="load" hx-swap="outerHTML">
<p class="verdict-line muted">${working}</p>
<noscript><a href="${address}">${title}</a></noscript>
</section>`;
}

function verdictCard(reader: Reader, card: VerdictCard): Html {
  const { verdict } = card;
  const words = reader.messages.verdict;
  return html`<section id="verdict" class="card verdict verdict-${verdict.quality}" aria-label="${words.title}">
<p class="verdict-line">${verdictSentence(reader, card)}</p>
${causeList(reader, card)}
${lackLines(reader, verdict).map((line) => html`<p class="fault">${line}</p>`)}${facts(reader, card)}
${blamePicture(reader, verdict)}
</section>`;
}

/** One or two sentences: the quality, and its cause. */
export function verdictSentence(
  reader: Reader,
  { verdict, mode }: Pick<VerdictCard, "verdict" | "mode">,
): string {
  const words = reader.messages.verdict;
  const quality = words.quality[verdict.quality];
  if (verdict.quality === "cannot_tell") return `${quality}: ${words.tooLittle}.`;
  const [lead] = verdict.causes;
  const state = stateText(reader, verdict);
  if (verdict.quality === "smooth" && lead !== undefined) {
    return `${quality}: ${state}. ${words.also(causeText(reader, lead, mode))}.`;
  }
  const question = questionText(words, verdict);
  const asked = question === "" ? "" : ` ${question}.`;
  if (lead === undefined) return `${quality}: ${state}.${asked}`;
  const because = causeText(reader, lead, mode);
  if (isPoorPicture(verdict)) {
    return `${words.poorPicture(because)}. ${lateText(reader, { verdict, mode })}.${asked}`;
  }
  if (lead.share === 0) return `${quality}: ${state}.${asked} ${words.also(because)}.`;
  const said = `${quality}: ${state}, ${leadText(reader, lead, mode)}`;
  return `${said}${nextText(reader, verdict, mode)}.${asked}`;
}

/** The quality, next to a poor picture, and its cause. */
function lateText(
  reader: Reader,
  { verdict, mode }: Pick<VerdictCard, "verdict" | "mode">,
): string {
  const state = stateText(reader, verdict);
  const [, second] = verdict.causes;
  return second === undefined || second.share === 0
    ? state
    : `${state}, ${leadText(reader, second, mode)}`;
}

/** The leading cause made no frame late: a coarse picture is seen in all of them. */
function isPoorPicture({ coarse, causes: [lead] }: Verdict): boolean {
  return coarse === true && lead?.share === 0;
}

/** The second cause, if the first explains less than half. */
function nextText(reader: Reader, { causes: [lead, second] }: Verdict, mode: Mode): string {
  if (lead === undefined || second === undefined) return "";
  if (lead.share >= mainShare || second.share === 0) return "";
  const share = reader.format.percent(Math.round(second.share * 100) / 100);
  return reader.messages.verdict.next(share, causeText(reader, second, mode));
}

function stateText(
  { messages, format }: Reader,
  { frames, freezes, quality, measured_until, lower_bounds = [], causes: [lead] }: Verdict,
): string {
  const words = messages.verdict;
  const share = (count: number) => shareText(format, count / Math.max(1, frames.slots));
  const inTime = lower_bounds.length > 0 ? words.leftInTime : words.inTime;
  if (quality === "smooth") return inTime(share(frames.in_time + frames.old));
  const parts: string[] = [];
  if (lead?.code === "source_slow_rate") parts.push(words.old(share(frames.old)));
  const texts = { late: words.late[measured_until], absent: words.absent };
  for (const name of ["late", "absent"] as const) {
    if (frames[name] === 0) continue;
    const text = texts[name](share(frames[name]));
    parts.push(lower_bounds.includes(name) ? words.atLeast(text) : text);
  }
  if (freezes.count > 0) {
    const length = lengthText(format, freezes.ms);
    parts.push(words.frozen(format.integer(freezes.count), length, freezes.count === 1));
  }
  return parts.length === 0 ? inTime(share(frames.in_time + frames.old)) : parts.join(", ");
}

/** With the significant digits: 29 %, 3.1 %, 0.04 %. */
function shareText(format: Format, share: number): string {
  const isPlain = share >= 0.1 && share < 0.99;
  return format.percent(Number(share.toFixed(isPlain ? 2 : 3 + Number(share < 0.01))));
}

/** 640 ms, 4.9 s */
function lengthText(format: Format, ms: number): string {
  return ms < 1000 ? `${format.integer(ms)} ms` : `${format.decimal(ms / 1000)} s`;
}

function leadText(reader: Reader, cause: Cause, mode: Mode): string {
  const because = causeText(reader, cause, mode);
  const { mostly } = reader.messages.verdict;
  return mostly(reader.format.percent(Math.round(cause.share * 100) / 100 || 1), because);
}

function causeText(reader: Reader, cause: Cause, { width, height, fps }: Mode): string {
  const { format } = reader;
  const words = reader.messages.verdict;
  const [evidence] = cause.evidence;
  const written = (value: number | undefined) =>
    evidence === undefined || value === undefined ? "" : measure(reader, evidence, value);
  const isReduced = cause.code === "link_narrow" && evidence?.metric === "bitrate_kbps";
  if (isReduced) return words.reduced(written(evidence.seen), written(evidence.usual));
  const because = causeWords(words, cause).because({
    mode: words.mode(`${width}x${height}`, format.rounded(fps, 2)),
    seen: isLonger(cause) ? written(evidence?.seen) : "",
    preset: cause.preset ?? "",
  });
  const { since } = cause;
  if (since === undefined) return because;
  return words.since(because, settingText(reader, since.setting, since.to));
}

/**
 * A frame delayed by the previous one did not take long itself, and a delay of the encoder
 * elsewhere is not encoding time: then no time is given.
 */
function isLonger({ code, momentary, evidence: [leading] }: Cause): boolean {
  const { usual, seen = 0, metric } = leading ?? {};
  if (momentary !== true || usual === undefined) return true;
  return seen > longerFactor * usual && (code !== "encoder_slow" || metric === "encode_us");
}

function questionText(words: VerdictWords, { cannot_tell: [question] }: Verdict): string {
  if (question === undefined) return "";
  const names = question.between.map((code) => words.causes[code].name);
  const lacking = words.metrics[question.for_lack_of] ?? question.for_lack_of;
  return words.cannotTell(names.join(` ${words.and} `), lacking);
}

function causeList(reader: Reader, card: VerdictCard): Html {
  const causes = card.verdict.causes.slice(0, shownCauseCount);
  if (causes.length === 0) return html``;
  return html`<ol class="causes">${causes.map((cause) => causeItem(reader, card, cause))}</ol>`;
}

function causeItem(reader: Reader, card: VerdictCard, cause: Cause): Html {
  const { messages, format } = reader;
  const words = messages.verdict;
  const at = format.duration(cause.worst_ms);
  const count = words.episodes(format.integer(cause.episodes), cause.episodes === 1);
  return html`<li><meter min="0" max="1" value="${cause.share}"></meter>
<strong>${causeWords(words, cause).name}</strong> <span class="number">${format.percent(Math.round(cause.share * 100) / 100)}</span>
${cause.episodes === 0 ? "" : html`<span class="muted">${count}</span> <a href="${worstAddress(card, cause.worst_ms)}">${words.worst(at)}</a>`}
<span class="muted evidence">${cause.evidence.map((evidence) => evidenceText(reader, evidence)).join(" · ")}</span>
${cause.step === undefined ? "" : html`<span class="step">${stepText(reader, cause.step)}${bundleOf(reader, card, cause.step)}</span>${card.tools === undefined ? "" : stepButton(reader, cause.step, card.tools)}`}</li>`;
}

/** The data for a report: where it is, or how to get it. */
function bundleOf(
  { messages: { verdict: words } }: Reader,
  { bundle, charts }: VerdictCard,
  { code }: NonNullable<Cause["step"]>,
): Html | string {
  if (code !== "report_bug") return "";
  if (bundle !== undefined) return html` · <a href="${bundle}">${words.bundle}</a>`;
  return charts === undefined ? "" : `: ${words.keepForBundle}`;
}

/** The charts five seconds around it; without charts, the events of that time. */
function worstAddress({ charts, moments, verdict }: VerdictCard, worstMs: number): string {
  const at = Math.round(worstMs);
  if (charts === undefined) return `${moments}?at=${at}`;
  const from = Math.max(0, at - worstAroundMs);
  return `${charts}?from=${from}&to=${from + 2 * worstAroundMs}&session=${verdict.session_id}#charts`;
}

function evidenceText(reader: Reader, evidence: Evidence): string {
  const { metric, usual, seen } = evidence;
  const usualText = usual === undefined ? undefined : measure(reader, evidence, usual);
  const words = reader.messages.verdict;
  return words.evidence(
    words.metrics[metric] ?? metric,
    measure(reader, evidence, seen),
    usualText,
  );
}

function measure({ format }: Reader, { unit, metric }: Evidence, value: number): string {
  if (unit === "us") return format.micros(value);
  if (unit === "kbps") return format.bitrate(value);
  if (unit === "share") return shareText(format, value);
  return metric === "source_fps" ? format.decimal(value) : format.rounded(value, 1);
}

/** `preset slow` */
function settingText(reader: Reader, name: unknown, value: unknown): string {
  return changeText(reader, formerSetting(name, value) ?? {});
}

/** The advice, with its values written for people. */
export function stepText(reader: Reader, step: NonNullable<Cause["step"]>): string {
  const { messages, format } = reader;
  const { setting, value: former } = step.values;
  const change = step.code === "undo_change" ? settingText(reader, setting, former) : "";
  const values = Object.entries(step.values).map(([name, value]) => {
    if (name === "other") return [name, otherText(messages.verdict, value)];
    if (typeof value === "string") return [name, value];
    return [name, name === "bitrate_kbps" ? format.bitrate(value) : format.rounded(value, 2)];
  });
  return messages.verdict.steps[step.code]({ ...Object.fromEntries(values), change });
}

function otherText({ others }: VerdictWords, name: unknown): string {
  return Object.entries(others).find(([known]) => known === name)?.[1] ?? "";
}

/** Parts of the range that the verdict does not cover, one line each. */
export function lackLines(
  { messages, format }: Reader,
  { unread = [], rows_until_ms }: Pick<Verdict, "unread" | "rows_until_ms">,
): string[] {
  const { blame: words } = messages;
  const lines: string[] = [];
  if (unread.length > 0) lines.push(`${words.unread(stretchesText(format, unread))}.`);
  if (rows_until_ms !== undefined) lines.push(`${words.rowsEnd(format.duration(rows_until_ms))}.`);
  return lines;
}

function facts(reader: Reader, card: VerdictCard): Html {
  const { rhythm, cadence, usual_ms, measured_until, worst } = card.verdict;
  const { messages, format } = reader;
  const words = messages.verdict;
  const lines: string[] = [];
  if (rhythm !== undefined) lines.push(rhythmText(reader, rhythm));
  if (cadence !== undefined) lines.push(...cadenceTexts(reader, cadence, usual_ms !== undefined));
  if (cadence?.beat_s !== undefined) lines.push(words.beat(`${format.decimal(cadence.beat_s)} s`));
  if (cadence?.pattern !== undefined) lines.push(words.pattern(cadence.pattern.join(", ")));
  if (usual_ms !== undefined) {
    lines.push(words.usual(format.micros(usual_ms * 1000)), words.until[measured_until]);
  }
  const link =
    worst === undefined
      ? ""
      : html`<a href="${worstAddress(card, worst.at_ms)}">${worstText(reader, worst)}</a>${lines.length === 0 ? "" : " · "}`;
  return html`<p class="muted small">${link}${lines.join(" · ")}</p>`;
}

/** `worst moment at 0:34, 24 ms longer than usual` */
export function worstText(
  { messages, format }: Reader,
  { at_ms, late_ms }: NonNullable<Verdict["worst"]>,
): string {
  const late = late_ms < 100 ? format.micros(late_ms * 1000) : lengthText(format, late_ms);
  return messages.verdict.worstOfAll(format.duration(at_ms), late);
}

/** Rates of new pictures, and where they became uneven. @param isSent this host sent them */
function cadenceTexts(
  { messages, format }: Reader,
  cadence: NonNullable<Verdict["cadence"]>,
  isSent: boolean,
) {
  const words = messages.verdict;
  const { source_fps, sent_fps, shown_fps, uneven, mad_ms } = cadence;
  const all = [
    words.rates.source(format.decimal(source_fps)),
    ...(isSent ? [words.rates.sent(format.decimal(sent_fps))] : []),
    ...(shown_fps === undefined ? [] : [words.rates.shown(format.decimal(shown_fps))]),
  ];
  const rates = words.cadence(all.join(", "));
  return uneven === undefined
    ? [rates]
    : [rates, words.uneven[uneven](format.micros(mad_ms * 1000))];
}

/** Period, spread, phase, affected part, and known sources of such a period. */
function rhythmText(reader: Reader, rhythm: NonNullable<Verdict["rhythm"]>): string {
  const { messages, format } = reader;
  const { verdict: words, blame } = messages;
  const { period_ms, spread_ms, phase_ms, metric, evidence, candidates = [] } = rhythm;
  const cause = Object.entries(words.causes).find(([code]) => code === metric)?.[1].name;
  const shown = evidence === undefined ? "" : evidenceText(reader, evidence);
  const mayBe = candidates.map((code) => blame.candidates[code]).join(` ${words.or} `);
  return [
    words.rhythm(lengthText(format, period_ms), lengthText(format, spread_ms)),
    blame.firstAt(format.duration(phase_ms)),
    ...(cause === undefined ? [] : [blame.carriedBy(cause, shown)]),
    ...(mayBe === "" ? [] : [blame.mayBe(mayBe)]),
  ].join(", ");
}
