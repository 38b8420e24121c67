/** An error page with a link to continue, and the same as a line in a page. */
import { type Fault, failureText } from "./failure.ts";
import type { Reader } from "./format.ts";
import { type Html, html } from "./html.ts";

export function problemPage(
  { messages }: Reader,
  { title, text }: { readonly title: string; readonly text: string | Html },
): Html {
  return html`<section class="card question"><h1>${title}</h1><p class="wrap">${text}</p>
<div class="buttons"><a class="button" href="/">${messages.problem.home}</a></div></section>`;
}

export function failureNotice(reader: Reader, fault: Fault): Html {
  const { failed } = reader.messages.problem;
  return html`<p class="notice bad"><strong>${failed}.</strong> ${failureText(reader, fault)}</p>`;
}
