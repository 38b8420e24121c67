/** A table in the console: it scrolls if it is wider than the page, also by keyboard. */
import { type Html, html } from "./html.ts";

type Table = {
  /** Its accessible name. */
  readonly label: string;
  /** A text becomes a heading, `numberHead` one above numbers. */
  readonly heads: readonly (string | Html)[];
  readonly rows: readonly (Html | readonly Html[])[];
  /** Its class. */
  readonly look?: "rows" | "figures" | "recordings rows" | "rows comparison";
};

export function scrollTable({ label, heads, rows, look = "rows" }: Table): Html {
  const cells = heads.map((head) =>
    typeof head === "string" ? html`<th scope="col">${head}</th>` : head,
  );
  return html`<div class="scroll" tabindex="0" role="region" aria-label="${label}"><table class="${look}">
${heads.length === 0 ? "" : html`<thead><tr>${cells}</tr></thead>`}
<tbody>${rows}</tbody>
</table></div>`;
}

/** The heading of a numeric column, right-aligned. */
export function numberHead(text: string): Html {
  return html`<th scope="col" class="number">${text}</th>`;
}
