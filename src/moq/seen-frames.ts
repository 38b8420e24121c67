/**
 * Joins viewers' reports of single frames to their slots. A frame is identified by its capture
 * time, which is sent with it; of several viewers the last one counts, as for all figures of a
 * broadcast.
 */
import type { FramesSeen } from "../model/watch.ts";
import type { RowRecorder } from "../session/row-recorder.ts";
import type { ArrivedFrame } from "./viewer-links.ts";

/** Eight seconds at 240 frames a second. */
const frameCountMax = 2048;
/** A browser's media clock is a number of milliseconds. */
const roundingUs = 2;
/** A page's clock is estimated over the link: it may be ahead by at most this. */
const clockErrorUs = 500_000;

/** The last frames of one broadcast. */
export class SeenFrames {
  readonly #rows: Pick<RowRecorder, "addLate">;
  readonly #captureUs = new Float64Array(frameCountMax).fill(-1);
  readonly #slots = new Float64Array(frameCountMax);
  /** Capture minus due. */
  readonly #waitUs = new Float64Array(frameCountMax);
  /** The latest of all viewers so far; -1 = none. */
  readonly #completeUs = new Float64Array(frameCountMax);
  readonly #decodeUs = new Float64Array(frameCountMax);
  readonly #shownUs = new Float64Array(frameCountMax);
  readonly #arrivedUs = new Float64Array(frameCountMax);
  readonly #bytes = new Float64Array(frameCountMax);
  #count = 0;

  constructor(rows: Pick<RowRecorder, "addLate">) {
    this.#rows = rows;
  }

  /** Per frame: it is published. */
  add(frame: {
    readonly slot: number;
    readonly dueUs: number;
    readonly captureStartUs: number;
    readonly arrivedUs: number;
    readonly byteCount: number;
  }): void {
    const place = this.#count % frameCountMax;
    this.#captureUs[place] = frame.captureStartUs;
    this.#slots[place] = frame.slot;
    this.#waitUs[place] = Math.max(0, frame.captureStartUs - frame.dueUs);
    this.#arrivedUs[place] = frame.arrivedUs;
    this.#bytes[place] = frame.byteCount;
    this.#completeUs[place] = -1;
    this.#decodeUs[place] = -1;
    this.#shownUs[place] = -1;
    this.#count += 1;
  }

  /**
   * A viewer's report, checked against its shape; frames that are not ours are passed over, and such
   * that came before they left, or of which anything is still to happen.
   * @returns when each of the others had come
   */
  onReport(seen: FramesSeen, nowUs: number): ArrivedFrame[] {
    const arrived: ArrivedFrame[] = [];
    const { first_us, at_us, complete_us, decode_us, shown_us } = seen;
    const count = Math.min(at_us.length, complete_us.length, shown_us.length);
    let from = Math.max(0, this.#count - frameCountMax);
    for (let index = 0; index < count; index++) {
      const number = this.#find(first_us + (at_us[index] ?? 0), from);
      if (number === undefined) continue;
      from = number;
      const place = number % frameCountMax;
      const [leftUs = 0, byteCount = 0] = [this.#arrivedUs[place], this.#bytes[place]];
      const capturedUs = this.#captureUs[place] ?? 0;
      const completeUs = capturedUs + (complete_us[index] ?? 0);
      const steps = [complete_us[index], decode_us?.[index], shown_us[index]];
      const lastUs = capturedUs + Math.max(...steps.map((us) => us ?? 0));
      if (completeUs < leftUs - clockErrorUs || lastUs > nowUs + clockErrorUs) continue;
      this.#keepLatest(this.#completeUs, place, complete_us[index] ?? -1);
      this.#keepLatest(this.#decodeUs, place, decode_us?.[index] ?? -1);
      this.#keepLatest(this.#shownUs, place, shown_us[index] ?? -1);
      this.#join(place, nowUs);
      arrived.push({ leftUs, completeUs, byteCount });
    }
    return arrived;
  }

  /** Frames of a report are in order: the next one is searched for after the last. */
  #find(captureUs: number, from: number): number | undefined {
    for (let number = from; number < this.#count; number++) {
      const known = this.#captureUs[number % frameCountMax] ?? -1;
      if (Math.abs(known - captureUs) <= roundingUs) return number;
      if (known > captureUs + roundingUs) return undefined;
    }
    return undefined;
  }

  #keepLatest(values: Float64Array, place: number, value: number): void {
    values[place] = Math.max(values[place] ?? -1, value);
  }

  #join(place: number, nowUs: number): void {
    const waitUs = this.#waitUs[place] ?? 0;
    const [completeUs, decodeUs, shownUs] = [
      this.#completeUs[place] ?? -1,
      this.#decodeUs[place] ?? -1,
      this.#shownUs[place] ?? -1,
    ];
    const facts = {
      ...(completeUs < 0 ? {} : { complete_us: waitUs + completeUs }),
      ...(decodeUs < 0 ? {} : { decode_us: waitUs + decodeUs }),
      ...(shownUs < 0 ? {} : { shown_us: waitUs + shownUs }),
    };
    this.#rows.addLate(this.#slots[place] ?? 0, facts, nowUs);
  }
}
