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
  /** A picture is on the canvas. */
  onDrawn(timeUs: number): void;
};

/** Draws what a player decodes, until the player is gone. */
export class PictureCanvas {
  readonly #watch: MoqWatch;
  readonly #options: Options;
  readonly #context: CanvasRenderingContext2D | null;
  #waiting = 0;
  #drawnUs: number | undefined;

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
    if (this.#options.hasNewer()) this.#drawSoon();
    else this.#draw();
  }

  /** In the next refresh, should the newer one not come after all. */
  #drawSoon(): void {
    if (this.#waiting === 0) this.#waiting = requestAnimationFrame(() => this.#draw());
  }

  #draw(): void {
    cancelAnimationFrame(this.#waiting);
    this.#waiting = 0;
    const picture = this.#watch.video.out.frame.peek();
    if (picture === undefined || this.#context === null) return;
    const { width, height } = this.#options.canvas;
    Reflect.apply(drawImage, this.#context, [picture, 0, 0, width, height]);
    if (picture.timestamp !== this.#drawnUs) this.#options.onDrawn(picture.timestamp);
    this.#drawnUs = picture.timestamp;
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
