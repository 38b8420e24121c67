/**
 * The display of a stream: full screen, where controls and figures fade while nobody moves, and the
 * key `s`, which toggles the figures. The whole page goes full screen, so that messages of the
 * console are visible there too.
 */
import { isPageKey } from "./keep-key.ts";
import { recall, remember } from "./remembered.ts";

/** How long controls stay after the last move. */
const idleMs = 2500;
/** While the picture has captured the mouse, only moves this close to the top show the controls. */
const nearPx = 80;
const figuresKey = "onglass.figures";
const sizeKey = "onglass.size";

/** For one `<watch-player>`. */
export class WatchStage {
  readonly #root: HTMLElement;
  #timer = 0;
  /** The focus was moved by the Tab key: a clicked button keeps the focus too. */
  #hasTabbed = false;

  constructor(root: HTMLElement) {
    this.#root = root;
  }

  /** Until the signal is aborted. */
  follow(signal: AbortSignal): void {
    const full = this.#root.querySelector("[data-part=full]");
    full?.addEventListener("click", () => void this.#toggleFull(), { signal });
    document.addEventListener("fullscreenchange", () => this.#followFull(), { signal });
    document.addEventListener("pointermove", (event) => this.#moved(event), { signal });
    document.addEventListener("pointerdown", (event) => this.#moved(event), { signal });
    document.addEventListener("keydown", (event) => this.#press(event), { signal });
    this.#root.addEventListener("focusin", () => this.#wake(), { signal });
    this.#showFigures(recall(figuresKey));
    this.#followSize(signal);
  }

  get #isFull(): boolean {
    return document.fullscreenElement !== null && this.#root.dataset.full === "yes";
  }

  async #toggleFull(): Promise<void> {
    if (this.#isFull) return await document.exitFullscreen();
    this.#root.dataset.full = "yes";
    try {
      await document.documentElement.requestFullscreen();
    } catch {
      // A phone without full screen shows the picture in the window's size.
      this.#wake();
    }
  }

  #followFull(): void {
    if (document.fullscreenElement === null) delete this.#root.dataset.full;
    const button = this.#root.querySelector<HTMLElement>("[data-part=full]");
    const { enter = "", leave = "" } = button?.dataset ?? {};
    if (button !== null) button.textContent = this.#isFull ? leave : enter;
    this.#wake();
  }

  #moved({ clientY, type }: PointerEvent): void {
    if (type === "pointerdown") this.#hasTabbed = false;
    const isTaken = this.#root.querySelector("picture-input[data-state=taken]") !== null;
    if (!isTaken || clientY < nearPx) this.#wake();
  }

  #press(event: KeyboardEvent): void {
    if (event.key === "Tab") this.#hasTabbed = true;
    // The result is shown among the controls.
    if (isPageKey(event, "m")) this.#wake();
    if (!isPageKey(event, "s")) return;
    const figures = this.#root.querySelector(".watch-figures");
    const isShown = figures !== null && getComputedStyle(figures).opacity !== "0";
    const isVisible = isShown && figures.checkVisibility();
    this.#showFigures(isVisible ? "hidden" : "shown");
    remember(figuresKey, this.#root.dataset.figures ?? "");
  }

  /** As large as fits, or as encoded; and the picture's aspect ratio. */
  #followSize(signal: AbortSignal): void {
    const select = this.#root.querySelector<HTMLSelectElement>("[data-part=size]");
    const canvas = this.#root.querySelector("canvas");
    const setRatio = () =>
      canvas?.style.setProperty("--ratio", String(canvas.width / Math.max(1, canvas.height)));
    const setSize = () => {
      if (select !== null) this.#root.dataset.size = select.value;
    };
    if (select !== null && recall(sizeKey) === "original") select.value = "original";
    const changed = () => {
      setSize();
      remember(sizeKey, select?.value ?? "");
    };
    select?.addEventListener("change", changed, { signal });
    setSize();
    setRatio();
    if (canvas === null) return;
    const observer = new MutationObserver(setRatio);
    observer.observe(canvas, { attributeFilter: ["width", "height"] });
    signal.addEventListener("abort", () => observer.disconnect());
  }

  #showFigures(state: string | undefined): void {
    if (state === "shown" || state === "hidden") this.#root.dataset.figures = state;
  }

  /** Shows the faded controls for a while. */
  #wake(): void {
    clearTimeout(this.#timer);
    delete this.#root.dataset.idle;
    this.#timer = window.setTimeout(() => {
      const hasFocus = this.#root.querySelector(".watch-over :focus") !== null;
      if (!(hasFocus && this.#hasTabbed)) this.#root.dataset.idle = "yes";
    }, idleMs);
  }
}
