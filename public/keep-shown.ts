/** The form that keeps what a session's page shows: it follows the range of the charts. */
import type { Range } from "./range.ts";

/** @param range absent is the whole session. */
export function fillKeepForm(range: Range | undefined): void {
  const form = document.querySelector<HTMLFormElement>("form[data-keeps-shown]");
  const button = form?.querySelector("button");
  if (form === null || !button) return;
  for (const [name, value] of [
    ["from", range?.fromMs],
    ["to", range?.toMs],
  ] as const) {
    const field = form.querySelector<HTMLInputElement>(`input[name=${name}]`);
    if (field !== null) field.value = value === undefined ? "" : String(value);
  }
  button.textContent = (range === undefined ? form.dataset.all : form.dataset.range) ?? "";
}
