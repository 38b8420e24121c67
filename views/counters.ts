/** Counts by path prefix, as a tree with a line for each kind of traffic. */
import { type CounterLevel, type CounterReport, roles, tiers } from "../src/model/counters.ts";
import type { Reader } from "./format.ts";
import { type Html, html } from "./html.ts";
import { numberHead, scrollTable } from "./scroll-table.ts";

/**
 * Also served alone, at `/counters/now`: it refreshes itself; rates are computed from two readings
 * and their times.
 */
export function countersSection(reader: Reader, report: CounterReport): Html {
  const { counters: words } = reader.messages;
  return html`<section id="counters" class="card" hx-get="/counters/now" hx-trigger="every 2s" hx-swap="outerMorph">
<p>${words.intro}</p>
${report.entries.length === 0 ? html`<p class="empty">${report.levels === 0 ? words.off : words.none}</p>` : table(reader, report)}
</section>`;
}

function table(reader: Reader, report: CounterReport): Html {
  const { entries } = report;
  const { counters: words } = reader.messages;
  const { level, open, traffic, now, bytes, frames, groups, subscriptions } = words;
  return scrollTable({
    label: words.title,
    heads: [
      level,
      numberHead(open),
      traffic,
      ...[now, bytes, frames, groups, subscriptions].map(numberHead),
    ],
    rows: entries.map((entry) => rows(reader, entry, report.at_us)),
  });
}

/** The sets with any counts; an empty level still has one line. */
function rows(reader: Reader, entry: CounterLevel, atUs: number): Html[] {
  const { counters: words } = reader.messages;
  const sets = tiers.flatMap((tier) => roles.map((role) => ({ tier, role })));
  const used = sets.filter(
    ({ tier, role }) => entry[tier][role].broadcasts + entry[tier][role].subscriptions > 0,
  );
  const { format } = reader;
  const depth = entry.level === "" ? 0 : entry.level.split("/").length;
  const name = entry.level === "" ? words.everything : entry.level.split("/").at(-1);
  return used.map(({ tier, role }, index) => {
    const set = entry[tier][role];
    const id = `count-${tier}-${role}-${entry.level}`;
    const cell = (label: string, value: number) =>
      html`<td class="number" data-label="${label}">${format.integer(value)}</td>`;
    return html`<tr id="${id}"><th scope="row" data-label="${words.level}" class="depth-${Math.min(depth, 4)}" title="${entry.level}">${index === 0 ? name : ""}</th>
${index === 0 ? cell(words.open, entry.open) : html`<td></td>`}
<td data-label="${words.traffic}">${words[tier][role]}</td>
<td class="number" data-label="${words.now}"><count-rate data-total="${set.bytes}" data-at-us="${atUs}" id="rate-${id}" hx-morph-skip-children></count-rate></td>
${cell(words.bytes, set.bytes)}${cell(words.frames, set.frames)}${cell(words.groups, set.groups)}${cell(words.subscriptions, set.subscriptions)}</tr>`;
  });
}
