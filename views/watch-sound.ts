/** The controls and figures of sound on the page of a stream; shown if the stream has sound. */

import type { Reader } from "./format.ts";
import { type Html, html } from "./html.ts";

/** The button and the volume. The page's script shows them when the catalogue has sound. */
export function soundControls(reader: Reader): Html {
  const { sound } = reader.messages.watch;
  return html`<div class="watch-sound" data-part="sound" hidden>
<button type="button" data-part="sound-button" data-on="${sound.on}" data-off="${sound.off}">${sound.on}</button>
<label>${sound.volume} <input type="range" data-part="volume" min="0" max="100" value="80"></label>
<span data-part="sound-note" role="status" data-lost="${sound.lost}" data-fault="${sound.fault}"></span>
</div>`;
}

/** Shown after sound was turned on once. */
export function soundFigures(reader: Reader): Html {
  const { sound } = reader.messages.watch;
  return html`<div data-sound hidden title="${sound.offsetHint}"><dt>${sound.offset}</dt><dd data-figure="sound-offset">–</dd></div>
<div data-sound hidden><dt>${sound.empty}</dt><dd data-figure="sound-empty">–</dd></div>`;
}
