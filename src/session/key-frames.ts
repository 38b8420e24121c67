/**
 * Requests for key frames of one stream: at most one at a time is on its way to the encoder, and
 * answers everybody who asked before it came. Each request is logged with who asked, once.
 */
import type { Clock } from "../base/clock.ts";
import type { Asker } from "../model/happening.ts";
import type { SessionLog } from "./session-log.ts";

/** An encoder answers within a few frames, or has lost the request. */
const answerUsMax = 1_000_000;

type State =
  | { readonly kind: "none" }
  /** To be asked for at that time, not earlier. */
  | { readonly kind: "wanted"; readonly dueUs: number }
  /** On its way; `isRegular` when nobody asked and it only begins a group. */
  | { readonly kind: "coming"; readonly untilUs: number; readonly isRegular: boolean };

/** The encoder that is asked, and how often at most. */
export type KeyFrameOptions = {
  readonly clock: Clock;
  readonly log: SessionLog;
  /** The encoder is not asked more often. */
  readonly intervalUs: number;
  /** Asks the encoder; false when it cannot be asked now. */
  ask(): boolean;
};

/** The throttle between those who need key frames and one encoder. */
export class KeyFrames {
  /** Requests of players that no earlier one had answered. */
  playerRequestCount = 0;
  readonly #options: KeyFrameOptions;
  #state: State = { kind: "none" };
  #askedUs = Number.NEGATIVE_INFINITY;
  #cameUs = Number.NEGATIVE_INFINITY;
  #heldUntilUs = Number.NEGATIVE_INFINITY;

  constructor(options: KeyFrameOptions) {
    this.#options = options;
  }

  /** The next key frame answers nobody: it only begins a group. */
  get isNextRegular(): boolean {
    return this.#state.kind === "coming" && this.#state.isRegular;
  }

  /**
   * Asks for one as soon as the throttle allows; `sinceLastUs` after the last one at the earliest.
   * False when one that was asked for before answers this too.
   */
  request(by: Asker, { sinceLastUs = 0 } = {}): boolean {
    const nowUs = this.#options.clock.nowUs();
    this.advance(nowUs);
    const state = this.#state;
    if (state.kind === "coming" && !state.isRegular) return false;
    if (state.kind === "coming") this.#state = { ...state, isRegular: false };
    else {
      const dueUs = Math.max(this.#cameUs + sinceLastUs, this.#askedUs + this.#options.intervalUs);
      const known = state.kind === "wanted" ? state.dueUs : dueUs;
      this.#state = { kind: "wanted", dueUs: Math.min(known, dueUs) };
    }
    const isNew = state.kind !== "wanted";
    if (isNew) this.#add(by, nowUs);
    this.advance(nowUs);
    return isNew;
  }

  /** Asks for one that begins a group when the last is older; not logged. */
  beginGroup(nowUs: number, groupUsMax: number): void {
    const isDue = this.#state.kind === "none" && nowUs - this.#cameUs >= groupUsMax;
    if (isDue) this.#ask(nowUs, true);
  }

  /** What is asked for is asked of the encoder then at the earliest: the link could not carry it now. */
  holdUntil(atUs: number): void {
    this.#heldUntilUs = atUs;
  }

  /** With every frame and every tick: asks for what has become due, again for what never came. */
  advance(nowUs: number): void {
    const state = this.#state;
    if (state.kind === "wanted" && nowUs >= Math.max(state.dueUs, this.#heldUntilUs))
      this.#ask(nowUs, false);
    else if (state.kind === "coming" && nowUs >= state.untilUs) this.#ask(nowUs, state.isRegular);
  }

  /** A key frame came out of the encoder: all that was asked is answered. */
  came(nowUs: number): void {
    this.#cameUs = nowUs;
    this.#state = { kind: "none" };
  }

  /** A new encoder takes over and begins with a key frame, which is worth a line in the log. */
  reset(): void {
    if (this.#state.kind === "coming") this.#state = { ...this.#state, isRegular: false };
  }

  #add(by: Asker, atUs: number): void {
    if (by === "player") this.playerRequestCount += 1;
    this.#options.log.add({ atUs, action: "idr_requested", by });
  }

  #ask(nowUs: number, isRegular: boolean): void {
    if (!this.#options.ask()) return;
    this.#askedUs = nowUs;
    this.#state = { kind: "coming", untilUs: nowUs + answerUsMax, isRegular };
  }
}
