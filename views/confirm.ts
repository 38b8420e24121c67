/**
 * A confirmation before something is deleted: a page of its own, and a dialog if there is script.
 */
import { type Html, html } from "./html.ts";

export type Question = {
  readonly title: string;
  readonly text: string;
  /** Where "yes" is posted to, and where to go afterwards. */
  readonly action: string;
  readonly to: string;
  readonly confirm: string;
  readonly cancel: string;
};

/** Its form; `modal-dialog` opens the dialog as a modal one. */
export function confirmDialog(question: Question): Html {
  return html`<modal-dialog><dialog class="card" aria-labelledby="question">${inside(question)}</dialog></modal-dialog>`;
}

export function confirmPage(question: Question): Html {
  return html`<section class="card question">${inside(question)}</section>`;
}

function inside({ title, text, action, to, confirm, cancel }: Question): Html {
  return html`<h1 id="question">${title}</h1>
<p class="wrap">${text}</p>
<form method="post" action="${action}"><input type="hidden" name="to" value="${to}">
<div class="buttons"><a class="button" href="${to}" data-cancel>${cancel}</a><button class="danger">${confirm}</button></div></form>`;
}
