/**
 * `<click-meter>`: from a click to its picture. Makes inputs, finds the answer to each in what the canvas
 * shows, and says what each part of the way took. The test picture answers with a mark; on a desktop a
 * window of the host’s (`data-answer="window"`) answers a click on it.
 */

import { probeStates } from "../src/play/wire/layout.ts";
import { codeBox } from "../src/probe/patch.ts";
import { markPlace } from "../src/video/code-block.ts";
import { ClickFigures } from "./click-figures.ts";
import { CodeReader, findPatch } from "./click-patch.ts";
import { type PictureShown, pictureShown } from "./events.ts";
import { numberFormat } from "./format.ts";
import { InputLink } from "./input-link.ts";
import {
  buttonMessage,
  type HostAnswer,
  markMessage,
  pointerMessage,
  probeMessage,
  seenMessage,
  shownMessage,
} from "./input-wire.ts";

/** How many inputs are measured, and how far apart; not in step with the pictures. */
const clickCount = 40;
const gapMs = 250;
const jitterMs = 40;
/** A mark that has not been seen by then is dropped. */
const lostMs = 2000;
/** The page first measures the offset of the host's clock. */
const clockMs = 400;
/** By then the window is open and in the picture. */
const findMs = 8000;
const lookGapMs = 200;
/** A capture that has begun before an input may still see its answer: none takes longer. */
const captureUs = 20_000;
/** How long a button is held, about as long as by a finger. */
const pressMs = 30;

type Sent = { readonly mark: number; readonly atMs: number };
type Drawn = Extract<HostAnswer, { kind: "drawn" }>;
type Patch = NonNullable<ReturnType<typeof findPatch>>;

export class ClickMeter extends HTMLElement {
  #link: InputLink | undefined;
  #sent: Sent | undefined;
  #drawn: Drawn | undefined;
  #shownMs: number | undefined;
  #mark = 0;
  #leftCount = 0;
  #timer = 0;
  #patch: Patch["patch"] | undefined;
  #isFinding = false;
  #lookedMs = 0;
  #figures = new ClickFigures();
  readonly #reader = new CodeReader();

  connectedCallback(): void {
    this.querySelector("button")?.addEventListener("click", () => this.#start());
    this.#player()?.addEventListener(pictureShown, this.#look);
  }

  disconnectedCallback(): void {
    this.#player()?.removeEventListener(pictureShown, this.#look);
    this.#stop();
  }

  get #usesWindow(): boolean {
    return this.dataset.answer === "window";
  }

  #start(): void {
    if (this.#link !== undefined) return;
    this.#figures = new ClickFigures();
    this.#leftCount = clickCount;
    this.#patch = undefined;
    this.dataset.state = "measuring";
    this.#say("");
    this.#link = new InputLink({
      ...{ address: this.dataset.address ?? "", isForMarks: !this.#usesWindow },
      isHolding: () => false,
      onReady: () => this.#begin(),
      onEnd: () => this.#fail(),
      onRumble: () => undefined,
      onProbe: (state) => this.#followWindow(state),
      onDrawn: (drawn) => {
        this.#drawn = drawn;
        this.#finish();
      },
    });
  }

  #begin(): void {
    if (this.#usesWindow) this.#link?.send(probeMessage(performance.now(), true));
    else this.#timer = window.setTimeout(() => this.#click(), clockMs);
  }

  #followWindow(state: number): void {
    if (state !== probeStates.open) {
      this.#fail();
      return;
    }
    // Anything over the code would hide it, so the pointer waits below the middle.
    this.#link?.send(pointerMessage(performance.now(), 0.5, 0.95));
    this.#isFinding = true;
    this.#timer = window.setTimeout(() => this.#fail(), findMs);
  }

  #fail(): void {
    if (this.#link === undefined) return;
    this.#say(this.dataset.failed ?? "");
    this.#stop();
  }

  #stop(): void {
    clearTimeout(this.#timer);
    this.#sent = undefined;
    this.#isFinding = false;
    const link = this.#link;
    this.#link = undefined;
    link?.close();
    this.dataset.state = "done";
    this.dataset.clicks = JSON.stringify(this.#figures.clicks);
  }

  #click(): void {
    const link = this.#link;
    if (link === undefined) return;
    if (this.#leftCount === 0) {
      this.#stop();
      return;
    }
    this.#leftCount -= 1;
    this.#drawn = undefined;
    this.#shownMs = undefined;
    if (this.#usesWindow) this.#press(link);
    else this.#ask(link);
    this.#timer = window.setTimeout(() => this.#click(), lostMs);
  }

  #ask(link: InputLink): void {
    // Numbers that the previous run did not use recently: its mark may still be in the picture.
    this.#mark = this.#mark === 0 ? 1 + Math.floor(Math.random() * 60_000) : this.#mark + 1;
    this.#sent = { mark: this.#mark, atMs: performance.now() };
    link.send(markMessage(this.#sent.atMs, this.#mark));
  }

  #press(link: InputLink): void {
    this.#sent = { mark: this.#mark + 1, atMs: performance.now() };
    link.send(buttonMessage(this.#sent.atMs, 1, true));
    window.setTimeout(() => link.send(buttonMessage(performance.now(), 1, false)), pressMs);
  }

  /**
   * A new picture is on the canvas. Polling once per repaint would find it a repaint late: the
   * player draws after callbacks that have waited longer. Reading it back is not part of the
   * measured time.
   */
  readonly #look = (event: Event): void => {
    if (!(event instanceof CustomEvent)) return;
    if (this.#isFinding) this.#find();
    const shown: PictureShown = event.detail;
    const sent = this.#sent;
    if (sent === undefined || this.#shownMs !== undefined) return;
    if (!this.#mayAnswer(shown.timeUs, sent)) return;
    const code = this.#readCode();
    // A lost press is answered together with the next one.
    const isAnswer = this.#usesWindow
      ? (code?.frameNumber ?? 0) >= sent.mark
      : code?.frameNumber === sent.mark;
    if (code === undefined || !isAnswer) return;
    this.#mark = code.frameNumber;
    this.#shownMs = shown.nowMs;
    if (this.#usesWindow) this.#saySeen(sent, shown, code.captureStartUs);
    this.#finish();
  };

  /**
   * Reading a picture back takes so long that the pictures after it are late. Pictures already
   * received when the input was made are skipped, and so are those before the one the host has
   * named.
   */
  #mayAnswer(timeUs: number, sent: Sent): boolean {
    const [offsetUs, drawn] = [this.#link?.offsetUs, this.#drawn];
    if (drawn?.mark === sent.mark) return timeUs >= drawn.capturedUs;
    return offsetUs === undefined || timeUs >= sent.atMs * 1000 + offsetUs - captureUs;
  }

  #saySeen({ atMs }: Sent, { timeUs, nowMs }: PictureShown, windowUs: number): void {
    const [mark, capturedUs] = [this.#mark, timeUs];
    this.#sent = { mark, atMs };
    this.#link?.send(seenMessage(atMs, { mark, shownMs: nowMs, capturedUs, windowUs }));
  }

  #readCode() {
    const canvas = this.#canvas();
    if (canvas === undefined) return undefined;
    if (this.#patch !== undefined) return this.#reader.read(canvas, codeBox(this.#patch));
    const place = markPlace(canvas);
    if (place === undefined || this.#usesWindow) return undefined;
    const { left: x, top: y, width, height } = place;
    return this.#reader.read(canvas, { x, y, width, height });
  }

  /** A few times a second: the whole picture is searched. */
  #find(): void {
    const [canvas, nowMs] = [this.#canvas(), performance.now()];
    if (canvas === undefined || nowMs - this.#lookedMs < lookGapMs) return;
    this.#lookedMs = nowMs;
    const found = findPatch(canvas, this.#reader);
    if (found === undefined) return;
    const { patch, code } = found;
    this.#isFinding = false;
    this.#patch = patch;
    this.#mark = code.frameNumber;
    // In the lower right of the magenta, so that the pointer covers none of the code.
    const [x, y] = [patch.x + 0.97 * patch.width, patch.y + 0.95 * patch.height];
    this.#link?.send(pointerMessage(nowMs, x / canvas.width, y / canvas.height));
    clearTimeout(this.#timer);
    this.#timer = window.setTimeout(() => this.#click(), clockMs);
  }

  #canvas(): HTMLCanvasElement | undefined {
    return this.#player()?.querySelector("canvas") ?? undefined;
  }

  #player(): Element | null {
    return this.closest("watch-player");
  }

  /** Once both ends have reported. */
  #finish(): void {
    const [sent, drawn, shownMs] = [this.#sent, this.#drawn, this.#shownMs];
    const offsetUs = this.#link?.offsetUs;
    if (sent === undefined || drawn?.mark !== sent.mark || shownMs === undefined) return;
    if (offsetUs === undefined) return;
    this.#sent = undefined;
    if (!this.#usesWindow) this.#link?.send(shownMessage(sent.atMs, sent.mark, shownMs));
    const [sentUs, shownUs] = [sent.atMs * 1000 + offsetUs, shownMs * 1000 + offsetUs];
    this.#figures.add([sentUs, drawn.receivedUs, drawn.capturedUs, drawn.encodedUs, shownUs]);
    this.#show();
    clearTimeout(this.#timer);
    this.#timer = window.setTimeout(() => this.#click(), gapMs + Math.random() * jitterMs);
  }

  #say(text: string): void {
    const note = this.querySelector<HTMLElement>("[data-part=failed]");
    if (note === null) return;
    note.textContent = text;
    note.hidden = text === "";
  }

  #show(): void {
    const one = numberFormat(1);
    const text = (us: number | undefined) =>
      us === undefined ? "–" : `${one.format(us / 1000)} ms`;
    for (const [name, us] of Object.entries(this.#figures.summary())) {
      const figure = this.querySelector(`[data-figure="${name}"]`);
      if (figure !== null) figure.textContent = text(us);
    }
    const bars = [...this.querySelectorAll<HTMLElement>("[data-part=bars] > *")];
    const shares = this.#figures.histogram(bars.length);
    for (const [at, bar] of bars.entries()) bar.style.height = `${100 * (shares[at] ?? 0)}%`;
  }
}

customElements.define("click-meter", ClickMeter);
