/**
 * The keyboard while input is captured: keys by their positions, and text composed by an input
 * method or an on-screen keyboard. All of it goes through one text field, which an input method
 * needs.
 */
import { positionOfCode } from "./input-keys.ts";
import { type Bytes, keyMessage, releaseMessage, textMessages } from "./input-wire.ts";

type Options = {
  readonly field: HTMLTextAreaElement;
  send(message: Bytes): void;
  /** The keys for leaving were pressed. */
  onEscape(): void;
};

/** Follows the field's keys until `stop`. */
export class KeyboardInput {
  readonly #options: Options;
  readonly #following = new AbortController();
  /** By `code`: the host's number of each pressed key. */
  readonly #held = new Map<string, number>();

  constructor(options: Options) {
    this.#options = options;
    const { field } = options;
    const { signal } = this.#following;
    field.addEventListener("keydown", (event) => this.#down(event), { signal });
    field.addEventListener("keyup", (event) => this.#up(event), { signal });
    field.addEventListener("input", (event) => this.#written(event), { signal });
    field.addEventListener("compositionend", () => this.#sendText(), { signal });
    field.addEventListener("paste", (event) => event.preventDefault(), { signal });
    field.addEventListener("blur", () => this.release(), { signal });
    field.value = "";
  }

  get isHolding(): boolean {
    return this.#held.size > 0;
  }

  /** Held keys are released, here and at the host. */
  release(): void {
    if (this.#held.size === 0) return;
    this.#held.clear();
    this.#options.send(releaseMessage(performance.now()));
  }

  stop(): void {
    this.release();
    this.#following.abort();
    this.#options.field.value = "";
  }

  #down(event: KeyboardEvent): void {
    if (isComposing(event)) return;
    const position = positionOfCode(event.code);
    // An on-screen keyboard reports no key positions: what it writes arrives as text.
    if (position === undefined) return;
    event.preventDefault();
    // The page has shortcuts of its own.
    event.stopPropagation();
    if (isWayOut(event)) {
      this.release();
      this.#options.onEscape();
      return;
    }
    // The desktop repeats held keys itself.
    if (event.repeat || this.#held.has(event.code)) return;
    this.#held.set(event.code, position);
    this.#options.send(keyMessage(event.timeStamp, position, true));
  }

  #up(event: KeyboardEvent): void {
    const position = this.#held.get(event.code);
    if (position === undefined) return;
    event.preventDefault();
    this.#held.delete(event.code);
    this.#options.send(keyMessage(event.timeStamp, position, false));
    // On a Mac, keys held together with this one never report their release.
    if (event.code.startsWith("Meta")) this.release();
  }

  /** Nothing of a composition is sent before it is complete. */
  #written(event: Event): void {
    if (!(event instanceof InputEvent && event.isComposing)) this.#sendText();
  }

  #sendText(): void {
    const { field, send } = this.#options;
    const text = field.value;
    field.value = "";
    for (const message of textMessages(performance.now(), text)) send(message);
  }
}

/** Keys used by an input method are not forwarded: browsers report them as 229. */
function isComposing(event: KeyboardEvent): boolean {
  return event.isComposing || event.key === "Process" || event.key === "Unidentified";
}

/** Ctrl, Alt, Shift and Q leave, even if the browser has given every key to the page. */
export function isWayOut(event: KeyboardEvent): boolean {
  const isQ = event.code === "KeyQ" || event.key.toLowerCase() === "q";
  return isQ && event.ctrlKey && event.altKey && event.shiftKey;
}
