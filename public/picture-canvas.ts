/**
 * The canvas of a player. The library draws in the browser's next refresh. Host and display stay as far
 * apart as they happen to be, so each picture of a stream waits equally long for it, up to a whole refresh.
 * Here a picture is drawn as soon as it is decoded, and the refresh only has to show it.
 */
import type MoqWatch from "@moq/watch/element";

type Options = {
  readonly canvas: HTMLCanvasElement;
  /** A newer picture is being decoded: drawing this one would hold it up. */
  hasNewer(): boolean;
  /**
   * A picture can be seen: called in the refresh after it was drawn, which a page that is out of sight does
   * not have. One that the next was drawn over before is not reported.
   */
  onShown(timeUs: number, drawnMs: number): void;
};

/** Draws what a player decodes, until the player is gone. */
export class PictureCanvas {
  readonly #watch: MoqWatch;
  readonly #options: Options;
  readonly #context: CanvasRenderingContext2D | null;
  #refresh = 0;
  /** To be drawn in the next refresh. */
  #isDue = false;
  #drawnUs: number | undefined;
  #unseen: { readonly timeUs: number; readonly drawnMs: number } | undefined;

  constructor(watch: MoqWatch, options: Options) {
    this.#watch = watch;
    this.#options = options;
    // Nothing shines through a picture: without alpha a browser composes it with half the work.
    this.#context = options.canvas.getContext("2d", { alpha: false });
    if (this.#context !== null) keepFromLibrary(this.#context);
    watch.video.out.frame.subscribe(() => this.#take());
    // Another size leaves the canvas blank.
    watch.video.out.display.subscribe(() => this.#drawSoon());
  }

  #take(): void {
    if (this.#options.hasNewer()) this.#isDue = true;
    else this.#draw();
    this.#waitForRefresh();
  }

  /** In the next refresh, should the newer one not come after all. */
  #drawSoon(): void {
    this.#isDue = true;
    this.#waitForRefresh();
  }

  #waitForRefresh(): void {
    if (this.#refresh === 0) this.#refresh = requestAnimationFrame(() => this.#onRefresh());
  }

  #onRefresh(): void {
    this.#refresh = 0;
    if (this.#isDue) this.#draw();
    const seen = this.#unseen;
    this.#unseen = undefined;
    if (seen !== undefined) this.#options.onShown(seen.timeUs, seen.drawnMs);
  }

  #draw(): void {
    this.#isDue = false;
    const picture = this.#watch.video.out.frame.peek();
    if (picture === undefined || this.#context === null) return;
    const { width, height } = this.#options.canvas;
    Reflect.apply(drawImage, this.#context, [picture, 0, 0, width, height]);
    const { timestamp: timeUs } = picture;
    if (timeUs !== this.#drawnUs) this.#unseen = { timeUs, drawnMs: performance.now() };
    this.#drawnUs = timeUs;
  }
}

const { drawImage } = CanvasRenderingContext2D.prototype;

/**
 * It blanks the canvas while it has no picture: whenever a page joins again. A person would rather see
 * the last one until the next.
 */
function keepFromLibrary(context: CanvasRenderingContext2D): void {
  context.fillRect = () => undefined;
  context.drawImage = () => undefined;
}
