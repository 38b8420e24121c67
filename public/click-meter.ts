/**
 * `<click-meter>`: from a click to its picture. Sends marked inputs, finds each mark in what the canvas
 * shows, and says what each part of the way took. The test picture draws the marks.
 */
import { markPlace, readCode } from "../src/video/code-block.ts";
import { ClickFigures } from "./click-figures.ts";
import { type PictureShown, pictureShown } from "./events.ts";
import { numberFormat } from "./format.ts";
import { InputLink } from "./input-link.ts";
import { type HostAnswer, markMessage, shownMessage } from "./input-wire.ts";

/** So many inputs are measured, so far apart; not in step with the pictures. */
const clickCount = 40;
const gapMs = 250;
const jitterMs = 40;
/** A mark that is not seen by then is given up. */
const lostMs = 2000;
/** Of the copy that a mark is read from: four pixels a cell. */
const [copyWidth, copyHeight] = [64, 28];
/** The page learns first how far the host’s clock is away. */
const clockMs = 400;

type Sent = { readonly mark: number; readonly atMs: number };
type Drawn = Extract<HostAnswer, { kind: "drawn" }>;

export class ClickMeter extends HTMLElement {
  #link: InputLink | undefined;
  #sent: Sent | undefined;
  #drawn: Drawn | undefined;
  #shownMs: number | undefined;
  #mark = 0;
  #leftCount = 0;
  #timer = 0;
  #figures = new ClickFigures();
  readonly #copy = new OffscreenCanvas(copyWidth, copyHeight).getContext("2d", {
    willReadFrequently: true,
  });

  connectedCallback(): void {
    this.querySelector("button")?.addEventListener("click", () => this.#start());
    this.#player()?.addEventListener(pictureShown, this.#look);
  }

  disconnectedCallback(): void {
    this.#player()?.removeEventListener(pictureShown, this.#look);
    this.#stop();
  }

  #start(): void {
    if (this.#link !== undefined) return;
    this.#figures = new ClickFigures();
    this.#leftCount = clickCount;
    this.dataset.state = "measuring";
    this.#link = new InputLink({
      ...{ address: this.dataset.address ?? "", isForMarks: true, isHolding: () => false },
      onReady: () => {
        this.#timer = window.setTimeout(() => this.#click(), clockMs);
      },
      onEnd: () => this.#stop(),
      onRumble: () => undefined,
      onDrawn: (drawn) => {
        this.#drawn = drawn;
        this.#finish();
      },
    });
  }

  #stop(): void {
    clearTimeout(this.#timer);
    this.#sent = undefined;
    this.#link?.close();
    this.#link = undefined;
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
    // Numbers that a run before did not have just now: its mark may still be in the picture.
    this.#mark = this.#mark === 0 ? 1 + Math.floor(Math.random() * 60_000) : this.#mark + 1;
    this.#sent = { mark: this.#mark, atMs: performance.now() };
    this.#drawn = undefined;
    this.#shownMs = undefined;
    link.send(markMessage(this.#sent.atMs, this.#mark));
    this.#timer = window.setTimeout(() => this.#click(), lostMs);
  }

  /**
   * A new picture is on the canvas. Looking once a repaint instead finds it a repaint late: the player
   * draws after callbacks that waited for longer. Reading it back is no part of the way.
   */
  readonly #look = (event: Event): void => {
    if (!(event instanceof CustomEvent)) return;
    const { nowMs }: PictureShown = event.detail;
    if (this.#sent === undefined || this.#shownMs !== undefined) return;
    if (this.#readMark() !== this.#sent.mark) return;
    this.#shownMs = nowMs;
    this.#finish();
  };

  #readMark(): number | undefined {
    const canvas = this.#player()?.querySelector("canvas");
    const place = canvas === null || canvas === undefined ? undefined : markPlace(canvas);
    if (canvas === null || canvas === undefined || place === undefined) return undefined;
    const { left, top, width, height } = place;
    this.#copy?.drawImage(canvas, left, top, width, height, 0, 0, copyWidth, copyHeight);
    const pixels = this.#copy?.getImageData(0, 0, copyWidth, copyHeight).data;
    if (pixels === undefined) return undefined;
    // Green alone is as good as luma for black and white.
    const data = Uint8Array.from(
      { length: copyWidth * copyHeight },
      (_, at) => pixels[4 * at + 1] ?? 0,
    );
    return readCode({ data, stride: copyWidth, width: copyWidth, height: copyHeight })?.frameNumber;
  }

  #player(): Element | null {
    return this.closest("watch-player");
  }

  /** Once both ends have said what they know. */
  #finish(): void {
    const [sent, drawn, shownMs] = [this.#sent, this.#drawn, this.#shownMs];
    const offsetUs = this.#link?.offsetUs;
    if (sent === undefined || drawn?.mark !== sent.mark || shownMs === undefined) return;
    if (offsetUs === undefined) return;
    this.#sent = undefined;
    this.#link?.send(shownMessage(sent.atMs, sent.mark, shownMs));
    const [sentUs, shownUs] = [sent.atMs * 1000 + offsetUs, shownMs * 1000 + offsetUs];
    this.#figures.add([sentUs, drawn.receivedUs, drawn.capturedUs, drawn.encodedUs, shownUs]);
    this.#show();
    clearTimeout(this.#timer);
    this.#timer = window.setTimeout(() => this.#click(), gapMs + Math.random() * jitterMs);
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
