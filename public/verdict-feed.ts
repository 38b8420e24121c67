/**
 * The verdict behind the marks, fetched for the shown range: the rhythm is that of the whole
 * capture, runs and freezes those of the range.
 */
import { fetchJson } from "./fetch-json.ts";
import type { Range } from "./range.ts";
import type { Marked } from "./verdict-beats.ts";

/** The requested range. */
export type MarkedQuery = {
  /** `undefined` is the whole capture. */
  readonly range: Range | undefined;
  readonly session: number | undefined;
};

/** Keeps the newest answer; an older one that arrives late is ignored. */
export class VerdictFeed {
  marked: Marked | undefined;
  readonly #address: string;
  readonly #changed: () => void;
  #whole: Marked | undefined;
  #wholeOf: number | undefined;
  #loads = 0;

  constructor(address: string, changed: () => void) {
    this.#address = address;
    this.#changed = changed;
  }

  async load({ range, session }: MarkedQuery): Promise<void> {
    this.#loads += 1;
    const number = this.#loads;
    const isWholeKnown = this.#whole !== undefined && this.#wholeOf === session;
    if (range === undefined || !isWholeKnown) {
      const whole = await fetchMarked(this.#address, { range: undefined, session });
      if (number !== this.#loads) return;
      this.#whole = whole;
      this.#wholeOf = session;
    }
    const part =
      range === undefined ? this.#whole : await fetchMarked(this.#address, { range, session });
    if (number !== this.#loads) return;
    this.marked = joined(part, this.#whole);
    this.#changed();
  }
}

function joined(part: Marked | undefined, whole: Marked | undefined): Marked | undefined {
  if (part === undefined || whole === undefined) return part;
  const { rhythm, from_ms, to_ms } = whole;
  return { ...part, from_ms, to_ms, ...(rhythm === undefined ? {} : { rhythm }) };
}

/** `undefined` where no single frames are kept: charts are useful without. */
async function fetchMarked(
  address: string,
  { range, session }: MarkedQuery,
): Promise<Marked | undefined> {
  const query = new URLSearchParams();
  if (range !== undefined) {
    query.set("from", String(Math.floor(range.fromMs)));
    query.set("to", String(Math.ceil(range.toMs)));
  }
  if (session !== undefined) query.set("session", String(session));
  return await fetchJson<Marked>(`${address}?${query}`);
}
