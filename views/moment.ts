/** The state at the requested moment, and the differences to a second earlier. */
import type { TimelineCheckpoint } from "../src/model/timeline.ts";
import { labelOf } from "./event-text.ts";
import type { Reader } from "./format.ts";
import { type Html, html } from "./html.ts";
import { changesTable, type StateChange } from "./timeline.ts";

export type Moment = {
  readonly atMs: number;
  /** The last one until then. */
  readonly checkpoint: TimelineCheckpoint | undefined;
  /** Compared with one second earlier. */
  readonly changes: readonly StateChange[];
};

export function momentSection(reader: Reader, { atMs, checkpoint, changes }: Moment): Html {
  const { moment: words } = reader.messages;
  return html`<section id="moment" class="card">
<div class="section-head"><h2>${words.title(timeText(atMs))}</h2><span class="muted">${words.against}</span></div>
${
  checkpoint === undefined
    ? html`<p class="empty">${words.none}</p>`
    : html`<p class="muted">${words.from(labelOf(reader, checkpoint), timeText(checkpoint.t_ms ?? 0))}</p>
${changes.length === 0 ? html`<p>${words.same}</p>` : changesTable(reader, changes)}`
}
</section>`;
}

/** As in the list of events. */
function timeText(ms: number): string {
  return `${(ms / 1000).toFixed(3)} s`;
}
