/**
 * Where lost time went, as a picture: the usual frame, the bad ones and the slowest one in a
 * hundred as bars of the same scale, part by part; the figures are in a table below. No script, no
 * style: the same as in a shared file.
 */

import { causeWords } from "../src/i18n/causes.ts";
import { stageNames, stageText } from "../src/i18n/stages.ts";
import { type Cause, type FrameProfile, isCauseCode, type Verdict } from "../src/model/verdict.ts";
import type { Reader } from "./format.ts";
import { type Html, html } from "./html.ts";
import { numberHead, scrollTable } from "./scroll-table.ts";

type Parts = FrameProfile["usual"]["parts"];
type Row = { readonly name: string; readonly frames: number; readonly parts: Parts };

/** In units of the picture, which fills its container. */
const widthMax = 1000;
const barHeight = 22;
const rowHeight = 30;
/** Smaller shares get no line. */
const shareMin = 0.005;

/** Nothing if no time was lost and no cause is known. */
export function blamePicture(reader: Reader, { blame, causes, profile }: Verdict): Html {
  const { blame: title } = reader.messages.verdict;
  const hasBlame = Object.values(blame).some((share) => share >= shareMin);
  if (profile === undefined && !hasBlame) return html``;
  return html`<details class="blame"><summary>${title}</summary>
${profile === undefined ? "" : picture(reader, profile)}
${table(reader, blame, profile)}
${profile === undefined ? "" : tailCauses(reader, profile, causes)}
</details>`;
}

function picture(reader: Reader, { usual, bad, tail }: FrameProfile): Html {
  const words = reader.messages.blame;
  const rows: Row[] = [
    { name: words.usual, ...usual },
    ...(bad.frames === 0 ? [] : [{ name: words.bad, ...bad }]),
    { name: words.tail, ...tail },
  ];
  const longest = Math.max(1, ...rows.map(({ parts }) => lengthOf(parts)));
  const known = stageNames.filter((part) => rows.some(({ parts }) => (parts[part] ?? 0) > 0));
  return html`<div class="blame-picture">${rows.map((one) => bar(reader, one, longest))}</div>
<ul class="legend">${known.map((part) => html`<li><i class="swatch part-${part}"></i>${stageText(reader.messages.stages, part)}</li>`)}</ul>`;
}

function lengthOf(parts: Parts): number {
  return Object.values(parts).reduce((sum, us) => sum + us, 0);
}

function bar({ format, messages }: Reader, { name, frames, parts }: Row, longest: number): Html {
  let x = 0;
  const pieces = stageNames.flatMap((part) => {
    const us = parts[part] ?? 0;
    if (us === 0) return [];
    const width = (us / longest) * widthMax;
    const piece = html`<rect class="part-${part}" x="${x.toFixed(1)}" y="0" width="${width.toFixed(1)}" height="${barHeight}"><title>${stageText(messages.stages, part)}: ${format.micros(us)}</title></rect>`;
    x += width;
    return [piece];
  });
  const whole = format.micros(lengthOf(parts));
  return html`<p class="blame-row"><span>${name} <span class="muted">${messages.blame.frames(format.integer(frames))}</span></span>
<svg viewBox="0 0 ${widthMax} ${rowHeight}" preserveAspectRatio="none" role="img" aria-label="${name}: ${whole}">${pieces}</svg><span class="number">${whole}</span></p>`;
}

function table(reader: Reader, blame: Verdict["blame"], profile: FrameProfile | undefined): Html {
  const words = reader.messages.blame;
  const shown = stageNames.filter(
    (part) => (blame[part] ?? 0) >= shareMin || (profile && isIn(profile, part)),
  );
  const numbers =
    profile === undefined
      ? [words.excess]
      : [words.usual, words.bad, words.excess, words.tail, words.tailExcess];
  return scrollTable({
    label: reader.messages.verdict.blame,
    heads: [words.part, ...numbers.map(numberHead)],
    rows: shown.map((part) => row(reader, part, { blame, profile })),
  });
}

function isIn({ usual, bad, tail }: FrameProfile, part: string): boolean {
  return [usual, bad, tail].some(({ parts }) => (parts[part] ?? 0) > 0);
}

function row(
  { messages, format }: Reader,
  part: string,
  {
    blame,
    profile,
  }: { readonly blame: Verdict["blame"]; readonly profile: FrameProfile | undefined },
): Html {
  const cell = (text: string) => html`<td class="number">${text}</td>`;
  const time = (parts: Parts) => cell(parts[part] === undefined ? "–" : format.micros(parts[part]));
  const share = (value = 0) =>
    cell(value < shareMin ? "–" : format.percent(Number(value.toFixed(2))));
  return html`<tr><th scope="row">${stageText(messages.stages, part)}</th>${profile === undefined ? "" : [time(profile.usual.parts), time(profile.bad.parts)]}${share(blame[part])}${profile === undefined ? "" : [time(profile.tail.parts), share(profile.tail.blame[part])]}</tr>`;
}

/** The composition of the slowest frames: those in time were slow without a visible reason. */
function tailCauses(reader: Reader, { tail }: FrameProfile, known: readonly Cause[]): Html {
  const { messages, format } = reader;
  const words = messages.blame;
  const causes = tail.causes.map(({ code, frames }) => {
    const share = format.percent(Math.round((frames / Math.max(1, tail.frames)) * 100) / 100);
    return `${share} ${causeName(reader, code, known)}`;
  });
  return html`<p class="muted small">${words.tailFrom(format.micros(tail.from_us), format.integer(tail.frames))}: ${causes.join(", ")}</p>`;
}

/** A cause with too small a share is not among the known ones. */
function causeName({ messages }: Reader, code: string, known: readonly Cause[]): string {
  if (code === "in_time") return messages.blame.inTime;
  if (!isCauseCode(code)) return messages.verdict.unexplained;
  return causeWords(messages.verdict, known.find((cause) => cause.code === code) ?? { code }).name;
}
