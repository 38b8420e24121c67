/**
 * Other hosts, one line each: the state and number of their sessions, and how busy the machine is.
 */
import { cutText } from "../src/base/cut-text.ts";
import type { HostStatus } from "../src/model/status.ts";
import type { Reader } from "./format.ts";
import { type Html, html } from "./html.ts";
import { numberHead, scrollTable } from "./scroll-table.ts";

/** The state of a host, or the error. */
export type FleetLine = { readonly name: string } & (
  | { readonly kind: "answered"; readonly url: string; readonly status: HostStatus }
  | {
      readonly kind: "fault";
      readonly fault: "silent" | "untrusted" | "refused" | "strange" | "unknown";
      readonly url?: string | undefined;
    }
);

/** Texts of another machine are cut to this length. */
const wordLengthMax = 64;

/**
 * Also served alone, at `/fleet/now`: it refreshes itself.
 * @param lines `undefined` while they are being requested
 */
export function fleetSection(reader: Reader, lines: readonly FleetLine[] | undefined): Html {
  const { fleet: words } = reader.messages;
  const trigger = lines === undefined ? "load" : "every 10s";
  return html`<section id="fleet" class="card" hx-get="/fleet/now" hx-trigger="${trigger}" hx-swap="outerMorph">
<p>${words.intro}</p>
${linesOf(reader, lines)}
</section>`;
}

function linesOf(reader: Reader, lines: readonly FleetLine[] | undefined): Html {
  const { asking, none } = reader.messages.fleet;
  if (lines === undefined) return html`<p class="empty" role="status">${asking}</p>`;
  return lines.length === 0 ? html`<p class="empty">${none}</p>` : table(reader, lines);
}

function table(reader: Reader, lines: readonly FleetLine[]): Html {
  const { host, state, sessions, load, capture, version, title } = reader.messages.fleet;
  return scrollTable({
    label: title,
    heads: [host, state, numberHead(sessions), numberHead(load), capture, version],
    rows: lines.map((line) => row(reader, line)),
  });
}

function row(reader: Reader, line: FleetLine): Html {
  const { fleet: words } = reader.messages;
  const name = cutText(line.name, wordLengthMax);
  const link =
    line.url === undefined ? name : html`<a href="${line.url}/" rel="noreferrer">${name}</a>`;
  const head = html`<th scope="row" data-label="${words.host}">${link}</th>`;
  if (line.kind === "fault") {
    return html`<tr>${head}<td data-label="${words.state}" colspan="5"><span><span class="badge bad">${words.faults[line.fault]}</span></span></td></tr>`;
  }
  const { status } = line;
  const { format } = reader;
  const load = status.load_per_core;
  return html`<tr>${head}<td data-label="${words.state}">${verdictOf(reader, status)}</td>
<td class="number" data-label="${words.sessions}">${format.integer(status.session_count)}</td>
<td class="number" data-label="${words.load}">${load === undefined ? words.notTold : format.decimal(load)}</td>
<td data-label="${words.capture}">${status.capture.armed ? html`<span><span class="badge on">${words.recording}</span></span>` : words.idle}</td>
<td data-label="${words.version}">${cutText(status.version, wordLengthMax)}</td></tr>`;
}

/** The worst first; a host of an earlier version does not report it. */
function verdictOf(reader: Reader, { verdicts, session_count: count }: HostStatus): Html | string {
  const { fleet: words } = reader.messages;
  if (count === 0) return words.nobody;
  if (verdicts === undefined) return words.notTold;
  const { bad, stutter, smooth } = verdicts;
  const badge = (look: string, number: number, say: (text: string) => string) =>
    number === 0
      ? ""
      : html`<span class="badge ${look}">${say(reader.format.integer(number))}</span> `;
  if (bad + stutter + smooth === 0) return words.notJudged;
  return html`<span>${badge("bad", bad, words.bad)}${badge("kind", stutter, words.stutter)}${badge("label", smooth, words.smooth)}</span>`;
}
