/** Elements whose text changes by itself between two answers of the server. */
import { announce, onSample } from "./events.ts";
import { formatDuration, numberFormat } from "./format.ts";

/** Counts up from a number of milliseconds; a new answer of the server corrects it. */
abstract class Ticking extends HTMLElement {
  static readonly observedAttributes = ["data-ms"];
  #sinceMs = 0;
  #timer = 0;

  connectedCallback(): void {
    this.#sinceMs = performance.now();
    this.#timer = window.setInterval(() => this.tick(this.#nowMs()), 1000);
  }

  disconnectedCallback(): void {
    clearInterval(this.#timer);
  }

  attributeChangedCallback(): void {
    this.#sinceMs = performance.now();
  }

  #nowMs(): number {
    const passedMs = performance.now() - this.#sinceMs;
    return Number(this.dataset.ms) + passedMs * this.sign();
  }

  protected abstract sign(): number;
  protected abstract tick(ms: number): void;
}

export class ElapsedTime extends Ticking {
  protected override sign(): number {
    return 1;
  }

  protected override tick(ms: number): void {
    this.textContent = formatDuration(ms);
  }
}

/** Dispatches `data-event` when the time is up. */
export class TimeLeft extends Ticking {
  protected override sign(): number {
    return -1;
  }

  protected override tick(ms: number): void {
    this.textContent = formatDuration(Math.max(0, ms));
    const name = this.dataset.event;
    if (ms <= 0 && name !== undefined) announce(name);
  }
}

/** Samples of the capture, counted as they arrive. */
export class SampleCount extends HTMLElement {
  #off: AbortController | undefined;

  connectedCallback(): void {
    this.#off = new AbortController();
    onSample(({ index }) => {
      this.textContent = numberFormat(0).format(index + 1);
    }, this.#off.signal);
  }

  disconnectedCallback(): void {
    this.#off?.abort();
  }
}
