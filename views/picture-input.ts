/** The overlay on the picture of a playable stream. */
import type { Reader } from "./format.ts";
import { type Html, html } from "./html.ts";

/** @param address of the socket that input goes over */
export function pictureInput(reader: Reader, address: string): Html {
  const { play: words } = reader.messages;
  const { caught, locked, noPads, refused, noTarget, over, gone, lost } = words;
  const { copied, copyNothing, copyTooLong, copyUnavailable, copyRefused } = words;
  const { given, giveNothing, giveTooLong, giveUnavailable } = words;
  return html`<picture-input data-address="${address}" data-state="free" data-caught="${caught}" data-locked="${locked}" data-no-pads="${noPads}" data-refused="${refused}" data-no-target="${noTarget}" data-over="${over}" data-gone="${gone}" data-lost="${lost}" data-copied="${copied}" data-copy-nothing="${copyNothing}" data-copy-too-long="${copyTooLong}" data-copy-unavailable="${copyUnavailable}" data-copy-refused="${copyRefused}" data-given="${given}" data-give-nothing="${giveNothing}" data-give-too-long="${giveTooLong}" data-give-unavailable="${giveUnavailable}">
<textarea class="input-field" aria-label="${words.field}" autocomplete="off" autocapitalize="off" autocorrect="off" spellcheck="false" tabindex="-1" rows="1"></textarea>
<div class="input-bar">
<span data-part="status" role="status"></span>
<button type="button" data-part="take" data-when="free" title="${words.hint}">${words.take}</button>
<button type="button" data-part="lock" data-when="taken" hidden>${words.lock}</button>
<button type="button" data-part="keyboard" data-when="taken" hidden>${words.keyboard}</button>
<button type="button" data-part="paste" data-when="taken" hidden>${words.paste}</button>
<button type="button" data-part="give" data-when="taken" hidden>${words.give}</button>
<button type="button" data-part="copy" data-when="taken" hidden>${words.copy}</button>
<button type="button" class="primary" data-part="leave" data-when="taken" hidden title="${words.keys}">${words.leave} <kbd>${words.keys}</kbd></button>
</div>
</picture-input>`;
}
