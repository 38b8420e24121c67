/** The marks of the events in the shown range, kept up to date. */
import type { EventMark } from "../src/model/marks.ts";
import { fetchMarks, followEvents, type Wanted } from "./mark-feed.ts";

export type Marking = {
  readonly address: string;
  readonly isLive: boolean;
  changed(): void;
};

/** The latest events are later than the last window. */
const aheadMs = 10_000;

export class EventMarking {
  marks: readonly EventMark[] = [];
  readonly #marking: Marking;
  #loads = 0;

  constructor(marking: Marking) {
    this.#marking = marking;
  }

  /** On the capture's clock; 0 without any. */
  get newestMs(): number {
    return this.marks.at(-1)?.to_ms ?? 0;
  }

  /** If several loads overlap, only the last one counts. */
  load({ range, ...wanted }: Wanted): void {
    this.#loads += 1;
    const number = this.#loads;
    const toMs = range.toMs + (this.#marking.isLive ? aheadMs : 0);
    void fetchMarks(this.#marking.address, { ...wanted, range: { ...range, toMs } }).then((got) => {
      if (number !== this.#loads || got === undefined) return;
      this.marks = got.marks;
      for (const place of document.querySelectorAll<HTMLElement>("[data-count-of]")) {
        const count = Object.entries(got.counts).find(([kind]) => kind === place.dataset.countOf);
        place.textContent = String(count?.[1] ?? 0);
      }
      this.#marking.changed();
    });
  }

  follow(wanted: () => Wanted, signal: AbortSignal): void {
    followEvents(() => this.load(wanted()), signal);
  }
}
