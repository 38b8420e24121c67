/**
 * `<session-spark>`: selecting a range of a session's spark line, by dragging or by the arrow keys.
 * The form next to it then keeps that range, and its button names it.
 */
import { isPageKey } from "./keep-key.ts";

type Words = { readonly all: string; readonly range: string };
/** Columns of the line, both included. */
type Selection = { readonly from: number; readonly to: number };

export class SessionSpark extends HTMLElement {
  #off: AbortController | undefined;
  /** Where the selection began; it may extend to both sides. */
  #anchor = 0;
  #selection: Selection | undefined;

  connectedCallback(): void {
    this.#off = new AbortController();
    const { signal } = this.#off;
    this.addEventListener("pointerdown", (event) => this.#begin(event), { signal });
    this.addEventListener("pointermove", (event) => this.#extend(event), { signal });
    this.addEventListener("keydown", (event) => this.#press(event), { signal });
  }

  disconnectedCallback(): void {
    this.#off?.abort();
  }

  #begin(event: PointerEvent): void {
    const svg = this.querySelector("svg");
    if (svg === null || event.button !== 0) return;
    svg.setPointerCapture(event.pointerId);
    svg.focus({ preventScroll: true });
    event.preventDefault();
    this.#anchor = this.#columnAt(event);
    this.#select({ from: this.#anchor, to: this.#anchor });
  }

  #extend(event: PointerEvent): void {
    const svg = this.querySelector("svg");
    if (svg === null || !svg.hasPointerCapture(event.pointerId)) return;
    this.#select(between(this.#anchor, this.#columnAt(event)));
  }

  #press(event: KeyboardEvent): void {
    if (isPageKey(event, "Escape")) {
      this.#select(undefined);
      return;
    }
    const step = event.key === "ArrowLeft" ? -1 : Number(event.key === "ArrowRight");
    if (step === 0 || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    const { from, to } = this.#selection ?? { from: this.#count - 1, to: this.#count - 1 };
    if (this.#selection === undefined) this.#anchor = to;
    const isForward = to > this.#anchor || from === this.#anchor;
    const end = this.#within((isForward ? to : from) + (this.#selection === undefined ? 0 : step));
    if (!event.shiftKey) this.#anchor = end;
    this.#select(between(this.#anchor, end));
  }

  get #count(): number {
    return Math.max(1, Number(this.dataset.columns ?? 1));
  }

  #columnAt({ clientX }: PointerEvent): number {
    const { left, width } = (this.querySelector("svg") ?? this).getBoundingClientRect();
    return this.#within(Math.floor(((clientX - left) / Math.max(1, width)) * this.#count));
  }

  #within(column: number): number {
    return Math.max(0, Math.min(this.#count - 1, column));
  }

  #select(selection: Selection | undefined): void {
    this.#selection = selection;
    const rect = this.querySelector("rect");
    rect?.setAttribute("x", String(selection?.from ?? 0));
    rect?.setAttribute("width", String(selection ? selection.to - selection.from + 1 : 0));
    this.#fillForm(selection);
  }

  #fillForm(selection: Selection | undefined): void {
    const form = document.querySelector<HTMLFormElement>(`#${this.dataset.form}`);
    const button = form?.querySelector("button");
    if (form === null || !button) return;
    const durationMs = Number(this.dataset.duration ?? 0);
    const msAt = (column: number) => Math.round((durationMs * column) / this.#count);
    const [from, to] = selection ? [msAt(selection.from), msAt(selection.to + 1)] : ["", ""];
    setField(form, "from", String(from));
    setField(form, "to", String(to));
    const words: Words = JSON.parse(this.dataset.words ?? "{}");
    if (selection === undefined) button.textContent = words.all;
    else {
      const texts = [Number(from), Number(to)].map((ms) => this.#timeText(ms));
      const [begin = "", end = ""] = texts;
      button.textContent = words.range.replace("{from}", begin).replace("{to}", end);
    }
  }

  /** On the reader's clock, as in the list. */
  #timeText(ms: number): string {
    const at = Number(this.dataset.started ?? 0) + ms;
    return new Date(at).toLocaleTimeString(this.dataset.tag, {
      hour: "2-digit",
      minute: "2-digit",
    });
  }
}

function setField(form: HTMLFormElement, name: string, value: string): void {
  const field = form.querySelector<HTMLInputElement>(`input[name=${name}]`);
  if (field !== null) field.value = value;
}

function between(one: number, other: number): Selection {
  return { from: Math.min(one, other), to: Math.max(one, other) };
}
