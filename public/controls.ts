/**
 * The form above the charts: its values are put into the page's address, its buttons move the
 * range.
 */
import { type PageState, writeAddress } from "./address.ts";
import type { ZoomStep } from "./range.ts";

export type Controls = {
  readonly form: HTMLFormElement;
  page(): PageState;
  /** The address has changed. */
  changed(): void;
  zoomed(step: ZoomStep): void;
};

export function takeControls({ form, page, changed, zoomed }: Controls, signal: AbortSignal): void {
  const take = () => {
    writeAddress(readForm(form, page()));
    changed();
  };
  form.addEventListener("change", take, { signal });
  form.addEventListener("submit", (event) => event.preventDefault(), { signal });
  form.addEventListener(
    "click",
    (event) => {
      const step = event.target instanceof HTMLElement && event.target.dataset.zoom;
      // The server wrote the buttons: their names are the step names.
      if (step) zoomed(step as ZoomStep);
    },
    { signal },
  );
}

function readForm(form: HTMLFormElement, before: PageState): PageState {
  const data = new FormData(form);
  const number = (name: string) => (data.has(name) ? Number(data.get(name)) : undefined);
  const kindCount = form.querySelectorAll("input[name=marks]").length;
  const kinds = data.getAll("marks").map(String);
  return {
    range: before.range,
    session: number("session"),
    stack: data.get("stack") === "p50" ? "p50" : "mean",
    hasP99: !data.has("stack") || data.get("p99") === "yes",
    sides: [number("a"), number("b")],
    kinds: kinds.length === kindCount ? undefined : kinds,
  };
}
