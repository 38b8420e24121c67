/** A page that says what is wrong and where to go on. */
import type { Reader } from "./format.ts";
import { type Html, html } from "./html.ts";

export function problemPage(
  { messages }: Reader,
  { title, text }: Record<"title" | "text", string>,
): Html {
  return html`<section class="card question"><h1>${title}</h1><p class="wrap">${text}</p>
<div class="buttons"><a class="button" href="/">${messages.problem.home}</a></div></section>`;
}
