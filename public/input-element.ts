/**
 * `<picture-input>`: playing in the picture that it contains. A click into the picture captures the
 * input, Ctrl+Alt+Shift+Q or the button releases it, and the captured devices are shown all the
 * time.
 */
import { clipboardStates, copiedStates, padStates } from "../src/play/wire/layout.ts";
import { copiedBytesMax } from "../src/wayland/copied.ts";
import { KeyboardInput } from "./input-keyboard.ts";
import { type InputEnd, InputLink } from "./input-link.ts";
import { PadInput } from "./input-pads.ts";
import { PointerInput } from "./input-pointer.ts";
import { clipboardMessage, copiedMessage, releaseMessage, textMessages } from "./input-wire.ts";

/** Pasted text is typed: more than this would take too long. */
const pasteLengthMax = 8000;
/** Between the messages of a long text: the host accepts only so much at a time. */
const pasteGapMs = 450;

type Taken = {
  readonly link: InputLink;
  readonly keyboard: KeyboardInput;
  readonly pointer: PointerInput;
  readonly pads: PadInput;
};

export class InputElement extends HTMLElement {
  #taken: Taken | undefined;
  #opening: InputLink | undefined;
  /** The host sends this once. */
  #arePadsLeftOut = false;
  #following = new AbortController();

  connectedCallback(): void {
    this.#following = new AbortController();
    const { signal } = this.#following;
    const { canvas } = this;
    canvas?.addEventListener("click", () => this.take(), { signal });
    // A click into the picture takes the focus away from the field.
    canvas?.addEventListener("pointerup", () => this.#focusForMouse(), { signal });
    this.#on("take", () => this.take());
    this.#on("leave", () => this.leave());
    this.#on("lock", () => void this.#lockPointer());
    this.#on("paste", () => void this.#paste());
    this.#on("copy", () => this.#taken?.link.send(clipboardMessage(performance.now())));
    this.#on("give", () => void this.#give());
    this.#on("keyboard", () => this.#field?.focus());
    document.addEventListener("pointerlockchange", () => this.#show(), { signal });
    document.addEventListener("fullscreenchange", () => this.#lockKeyboard(), { signal });
    document.addEventListener("visibilitychange", () => this.#followVisibility(), { signal });
    window.addEventListener("pagehide", () => this.leave(), { signal });
    this.#show();
  }

  disconnectedCallback(): void {
    this.leave();
    this.#following.abort();
  }

  /** What the last input of this page is measured with. */
  get link(): InputLink | undefined {
    return this.#taken?.link;
  }

  get canvas(): HTMLCanvasElement | null {
    return this.closest("watch-player")?.querySelector<HTMLCanvasElement>("canvas") ?? null;
  }

  /** Asks the host; input is captured once it has answered. */
  take(): void {
    if (this.#taken !== undefined || this.#opening !== undefined) return;
    const link = new InputLink({
      address: this.dataset.address ?? "",
      onReady: () => this.#begin(link),
      onEnd: (why) => this.#end(why),
      onPads: (state) => this.#sayPads(state),
      onRumble: (rumble) => this.#taken?.pads.rumble(rumble),
      onCopied: (state) => this.#sayGiven(state),
      onClipboard: ({ state, text }) => void this.#copy(state, text),
      isHolding: () => this.#isHolding(),
    });
    this.#opening = link;
    this.#show();
  }

  /** Releases the input and everything that is held. */
  leave(): void {
    const { link, keyboard, pointer, pads } = this.#taken ?? {};
    this.#taken = undefined;
    this.#arePadsLeftOut = false;
    for (const part of [keyboard, pointer, pads]) part?.stop();
    this.#opening?.close();
    this.#opening = undefined;
    link?.close();
    if (document.pointerLockElement === this.canvas) document.exitPointerLock();
    unlockKeyboard();
    this.#field?.blur();
    this.#show();
  }

  #begin(link: InputLink): void {
    const { canvas } = this;
    const field = this.#field;
    if (canvas === null || field === null || this.#opening !== link) return;
    this.#opening = undefined;
    const send = (message: Parameters<InputLink["send"]>[0]) => link.send(message);
    const sendMove = (message: Parameters<InputLink["send"]>[0]) => link.sendMove(message);
    this.#taken = {
      link,
      keyboard: new KeyboardInput({ field, send, onEscape: () => this.leave() }),
      pointer: new PointerInput({ canvas, send, sendMove }),
      pads: new PadInput(send),
    };
    this.#focusForMouse();
    this.#lockKeyboard();
    this.#show();
  }

  /** A finger opens the on-screen keyboard only by its own button. */
  #focusForMouse(): void {
    if (this.#taken !== undefined && matchMedia("(pointer: fine)").matches) {
      this.#field?.focus({ preventScroll: true });
    }
  }

  #end(why: InputEnd): void {
    this.leave();
    this.#say(this.dataset[why] ?? "");
  }

  #isHolding(): boolean {
    const { keyboard, pointer, pads } = this.#taken ?? {};
    return [keyboard, pointer, pads].some((part) => part?.isHolding === true);
  }

  /** Another window has the keyboard from now on. */
  #followVisibility(): void {
    if (document.visibilityState !== "hidden") return;
    this.#taken?.keyboard.release();
    this.#taken?.link.send(releaseMessage(performance.now()));
  }

  /**
   * In full screen the page gets all keys, including Escape: held down it still leaves full screen.
   */
  #lockKeyboard(): void {
    const isWhole = document.fullscreenElement !== null && this.#taken !== undefined;
    if (isWhole)
      void lockableKeyboard()
        ?.lock()
        .catch(() => undefined);
    else unlockKeyboard();
  }

  async #lockPointer(): Promise<void> {
    // Refused when the person has just left it; the button is still available.
    await this.canvas?.requestPointerLock({ unadjustedMovement: true })?.catch(() => undefined);
    this.#focusForMouse();
  }

  /** The clipboard's content is typed at the host, because the button was pressed. */
  async #paste(): Promise<void> {
    const text = await clipboardText();
    const link = this.#taken?.link;
    if (text === undefined) this.#say(this.dataset.refused ?? "");
    if (text === undefined || link === undefined) return;
    for (const message of textMessages(performance.now(), text.slice(0, pasteLengthMax))) {
      link.send(message);
      await new Promise((resolve) => setTimeout(resolve, pasteGapMs));
    }
    this.#focusForMouse();
  }

  /** The clipboard's content becomes that of the host, because the button was pressed. */
  async #give(): Promise<void> {
    const text = await clipboardText();
    const bytes = new TextEncoder().encode(text);
    const { refused, giveNothing, giveTooLong } = this.dataset;
    if (text === undefined) this.#say(refused ?? "");
    else if (text === "") this.#say(giveNothing ?? "");
    else if (bytes.length > copiedBytesMax) this.#say(giveTooLong ?? "");
    else this.#taken?.link.send(copiedMessage(performance.now(), bytes));
    this.#focusForMouse();
  }

  #sayGiven(state: number): void {
    const { given, giveUnavailable } = this.dataset;
    this.#say((state === copiedStates.held ? given : giveUnavailable) ?? "");
  }

  /** Text copied at the host, because the button was pressed. */
  async #copy(state: number, text: string): Promise<void> {
    const { copied, copyNothing, copyTooLong, copyUnavailable, copyRefused } = this.dataset;
    const words: Readonly<Record<number, string | undefined>> = {
      [clipboardStates.text]: copied,
      [clipboardStates.nothing]: copyNothing,
      [clipboardStates.tooLong]: copyTooLong,
    };
    const isText = state === clipboardStates.text;
    const isWritten = !isText || (await isInClipboard(text));
    this.#say((isWritten ? (words[state] ?? copyUnavailable) : copyRefused) ?? "");
    this.#focusForMouse();
  }

  #show(): void {
    const isTaken = this.#taken !== undefined;
    this.dataset.state = isTaken ? "taken" : "free";
    const isLocked = document.pointerLockElement !== null;
    const words = isLocked ? this.dataset.locked : this.dataset.caught;
    this.#say((isTaken ? words : "") ?? "");
    for (const part of this.querySelectorAll<HTMLElement>("[data-when]")) {
      part.hidden = part.dataset.when !== this.dataset.state;
    }
  }

  #sayPads(state: number): void {
    this.#arePadsLeftOut = state === padStates.leftOut;
    this.#show();
  }

  /**
   * In addition to everything else: the host accepts keyboard and mouse although gamepads do not
   * arrive.
   */
  #say(text: string): void {
    const status = this.querySelector("[data-part=status]");
    const pads = this.#arePadsLeftOut ? (this.dataset.noPads ?? "") : "";
    if (status !== null) status.textContent = [text, pads].filter(Boolean).join(" · ");
  }

  #on(part: string, act: () => void): void {
    const { signal } = this.#following;
    this.querySelector(`[data-part="${part}"]`)?.addEventListener("click", act, { signal });
  }

  get #field(): HTMLTextAreaElement | null {
    return this.querySelector("textarea");
  }
}

/** `undefined` where the browser does not allow it, as without a secure context. */
async function clipboardText(): Promise<string | undefined> {
  try {
    return await navigator.clipboard.readText();
  } catch {
    return undefined;
  }
}

/** False where the browser does not allow it. */
async function isInClipboard(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false;
  }
}

type KeyboardLock = { lock(): Promise<void>; unlock(): void };

/** Only Chromium has it, and only in a secure context. */
function lockableKeyboard(): KeyboardLock | undefined {
  const { keyboard: found } = navigator as { keyboard?: KeyboardLock };
  return found;
}

function unlockKeyboard(): void {
  lockableKeyboard()?.unlock();
}

customElements.define("picture-input", InputElement);
